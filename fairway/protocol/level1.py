"""Broadcast: level 1, the guide's server, which sends to all on one global tick."""

from __future__ import annotations

from typing import Any

from fairway.protocol import encode_json
from fairway.protocol.context import Context
from fairway.protocol.requests import SUBSCRIPTIONS, one_of_these
from fairway.traffic.snapshot import Snapshot


class Level1:
    """What a level-1 client is told, and how far it has got. A client that never subscribed gets everything."""

    level = 1

    def __init__(self, context: Context, snapshot: Snapshot) -> None:
        self._context = context
        self.subscription = "all"
        self._epoch, self._seq = snapshot.epoch, snapshot.seq

    @property
    def period_s(self) -> float:
        """The server's update interval."""
        return self._context.update_interval_s()

    def subscribe(self, request: dict[str, Any], echo: dict[str, Any], snapshot: Snapshot) -> list[bytes]:
        """The confirmation with `echo`, then the current state of all that was asked for.

        Raises:
            RequestError: names what is wrong.

        """
        wanted = request.get("subscription_type", "all")
        one_of_these("subscription_type", wanted, SUBSCRIPTIONS)
        self.subscription = str(wanted)
        now = self._context.clock.now()
        messages = [encode_json.message("subscription_confirmed", now, subscription_type=wanted, **echo)]
        if wanted in ("all", "vessels"):
            messages += encode_json.vessel_updates(snapshot, 0, whole=True)
            self._epoch, self._seq = snapshot.epoch, snapshot.seq
        return messages

    def tick(self, skipped: int) -> list[bytes]:  # noqa: ARG002 - level 1 does not tell of conflation
        """What changed since the last tick, and the summary, as subscribed."""
        snapshot = self._context.snapshot()
        since = self._seq if snapshot.epoch == self._epoch else 0
        messages: list[bytes] = []
        if self.subscription in ("all", "vessels"):
            messages += encode_json.vessel_updates(snapshot, since)
        if self.subscription in ("all", "summary"):
            clients, now_s = self._context.connected_clients(), int(self._context.clock.now())
            messages.append(encode_json.fleet_summary_update(snapshot, clients, now_s))
        self._epoch, self._seq = snapshot.epoch, snapshot.seq
        return messages

    def heartbeat(self) -> list[bytes]:
        """The guide knows no heartbeat."""
        return []
