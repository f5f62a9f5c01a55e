"""Cluster: several web processes behind one ingest process and Redis."""

from __future__ import annotations

import re
from dataclasses import dataclass

from fairway.errors import SettingsError
from fairway.settings.fields import secret, setting


@dataclass(frozen=True)
class ClusterSettings:
    """Part of this process in a cluster."""

    redis_url: str = secret(
        "Redis, redis://HOST[:PORT][/DB]: serve the vessels that an ingest process publishes there."
    )
    ingest: bool = setting(False, "Be the ingest process: publish every step to --redis-url.")

    def check_cluster(self, reads_redis: bool) -> None:
        """Check the address of Redis; `reads_redis` says whether the feed redis runs.

        Raises:
            SettingsError: If it is missing or has another form, or if the ingest process reads it.

        """
        if not self.redis_url and (self.ingest or reads_redis):
            raise SettingsError("--redis-url", "missing; --ingest and the feed redis need it")
        if self.redis_url and not re.match(r"(redis|rediss|unix)://", self.redis_url):
            # the message leaves the value out: it may hold a password
            raise SettingsError("--redis-url", "must be redis://, rediss:// or unix://...")
        if self.ingest and reads_redis:
            raise SettingsError("--feeds", "redis: the ingest process cannot read what it publishes")
