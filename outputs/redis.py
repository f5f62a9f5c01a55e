"""Redis: each step of Traffic once, as an Entry of a stream, and every few seconds the whole, for the web processes.

Only one process publishes: it holds a lease that lapses soon after the process dies. Whoever takes the lease next
publishes with a higher fence, and readers leave what an older fence still writes.
"""

from __future__ import annotations

import contextlib
import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any, Final

import redis

from config import SettingsError
from traffic.clock import Clock
from traffic.entry import AFTER, ENTRY, STATE, STREAM, pack
from traffic.events import Event, Events
from traffic.snapshot import Snapshot
from traffic.table import Traffic

log = logging.getLogger(__name__)
STEP_S: Final = 0.25
IDLE_ROUNDS: Final = 4
"""Without a change, every so many steps an entry tells the clock."""
WHOLE_ROUNDS: Final = 20
LEASE: Final = "fairway:ingest"
LEASE_MS: Final = 3000
TRY_MS: Final = 200
EVENTS_KEPT: Final = 100
STREAM_ENTRIES: Final = 1200
"""Five minutes of steps: longer than a web process takes to come back, or the whole to be written again."""
_KEEP: Final = (
    "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('pexpire', KEYS[1], ARGV[2]) end return 0"
)
_FREE: Final = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0"


def run(publisher: Publisher, stop: threading.Event) -> None:
    """Publish until `stop`, then give the lease back. A Redis that is away is tried again at every step.

    Raises:
        LeaseHeldError: Another process has taken over.

    """
    while not stop.wait(STEP_S):
        publisher.attempt()
    publisher.release()


class LeaseHeldError(SettingsError):
    """Another process publishes into this Redis: this one can't be the ingest process."""


class Publisher:
    """Publishes the steps of one Traffic.

    Args:
        url: of the Redis server.
        traffic: what is published.
        clock: the time that goes with it.
        events: the alerts.
        feeds: the states of the feeds.

    """

    def __init__(
        self, url: str, traffic: Traffic, clock: Clock, events: Events, feeds: Callable[[], list[dict[str, Any]]] = list
    ) -> None:
        self._client = redis.Redis.from_url(url, socket_timeout=5, socket_connect_timeout=5)
        self._traffic, self._clock, self._events, self._feeds = traffic, clock, events, feeds
        self._token, self._fence = secrets.token_hex(8), 0
        self._before: Snapshot | None = None
        self._rounds = self._idle = 0
        self._last_id: Any = b"0"
        self._event_seq = 0
        self.problem = ""

    def begin(self) -> None:
        """Take the lease, before anything is started.

        Raises:
            SettingsError: There is an ingest process already, or Redis can't be reached.

        """
        try:
            self.acquire()
        except redis.RedisError as error:
            raise SettingsError(f"redis_url: {error}") from error

    def acquire(self) -> None:
        """Take the lease; one that a dead process left is waited for.

        Raises:
            LeaseHeldError: Another process holds it, and lives.
            redis.RedisError: Redis can't be reached.

        """
        for _ in range(LEASE_MS // TRY_MS + 2):
            if self._client.set(LEASE, self._token, nx=True, px=LEASE_MS):
                # the server's time, not a counter: that would begin anew in a Redis that has lost everything
                seconds, microseconds = self._client.time()
                self._fence = seconds * 1000 + microseconds // 1000
                return
            time.sleep(TRY_MS / 1000)
        raise LeaseHeldError("ingest: another ingest process publishes into this Redis; there can be only one")

    def attempt(self) -> None:
        """A step; where Redis is away, `problem` says so.

        Raises:
            LeaseHeldError: Another process has taken over.

        """
        try:
            self.step()
        except redis.RedisError as error:
            # what it has lost meanwhile is not known: it gets the whole
            self._before = None
            self._tell(str(error))
        else:
            self._tell("")

    def release(self) -> None:
        """Let another process publish at once."""
        with contextlib.suppress(redis.RedisError):
            self._client.eval(_FREE, 1, LEASE, self._token)

    def step(self) -> None:
        """Publish what has changed since the last step.

        Raises:
            LeaseHeldError: Another process has taken over.
            redis.RedisError: It could not be published, or nobody knows whether it was.

        """
        if not self._client.eval(_KEEP, 1, LEASE, self._token, LEASE_MS):
            self._fence = 0
            self.acquire()
            self._before = None
        snapshot, before = self._traffic.snapshot(), self._before
        self._rounds += 1
        self._idle += 1
        whole = before is None or before.epoch != snapshot.epoch or self._rounds >= WHOLE_ROUNDS
        events, _ = self._events.since(self._event_seq)
        if before is not snapshot or events or self._idle >= IDLE_ROUNDS:
            self._last_id = self._add(self._packed(before, snapshot, events))
            self._event_seq, self._idle = events[-1].seq if events else self._event_seq, 0
        if whole:
            newest, _ = self._events.since(self._event_seq - EVENTS_KEPT)
            state: Any = {ENTRY: self._packed(None, snapshot, newest), AFTER: self._last_id}
            self._client.hset(STATE, mapping=state)
            self._rounds = 0
        self._before = snapshot

    def _packed(self, before: Snapshot | None, snapshot: Snapshot, events: Iterable[Event]) -> bytes:
        return pack(self._fence, before, snapshot, self._clock, self._feeds(), events)

    def _add(self, entry: bytes) -> Any:
        fields: Any = {ENTRY: entry}
        return self._client.xadd(STREAM, fields, maxlen=STREAM_ENTRIES, approximate=True)

    def _tell(self, problem: str) -> None:
        if problem != self.problem:
            log.warning("redis: %s", problem or "published again")
            self.problem = problem
