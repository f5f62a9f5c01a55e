"""Level 1: the protocol of the guide. All clients get the same messages on one global tick."""

from __future__ import annotations

from typing import Any

from fairway.protocol import encode_json
from fairway.protocol.context import Context
from fairway.protocol.requests import SUBSCRIPTIONS, index_of
from fairway.traffic.snapshot import Snapshot


class Level1:
    """Level 1 of one client: its subscription and its cursor. A client that never subscribes gets everything."""

    level = 1

    def __init__(self, context: Context, snapshot: Snapshot) -> None:
        self._context = context
        self.subscription = "all"
        self._epoch, self._seq = snapshot.epoch, snapshot.seq

    @property
    def period_s(self) -> float:
        """The update interval of the server, wall seconds."""
        return self._context.update_interval_s()

    def subscribe(self, request: dict[str, Any], echo: dict[str, Any], snapshot: Snapshot) -> list[bytes]:
        """Return the confirmation, with the keys of `echo`, then the current vessels if subscribed.

        Raises:
            RequestError: If `subscription_type` is unknown.

        """
        wanted = request.get("subscription_type", "all")
        index_of("subscription_type", wanted, SUBSCRIPTIONS)
        self.subscription = str(wanted)
        now = self._context.clock.now()
        messages = [encode_json.message("subscription_confirmed", now, subscription_type=wanted, **echo)]
        if wanted in ("all", "vessels"):
            messages += encode_json.vessel_updates(snapshot, 0, full=True)
            self._epoch, self._seq = snapshot.epoch, snapshot.seq
        return messages

    def tick(self, skipped: int) -> list[bytes]:  # noqa: ARG002 - level 1 does not report conflation
        """Return the changes since the last tick, and the summary, as subscribed."""
        snapshot = self._context.snapshot()
        # a new epoch restarts the seqs: send every vessel
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
        """Return nothing: the guide has no heartbeat."""
        return []
