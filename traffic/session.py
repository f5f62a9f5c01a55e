"""Session: one client's conversation. Sans I/O: what arrived goes in, what to send comes out."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from traffic import fields, wire
from traffic.clock import Clock
from traffic.snapshot import Snapshot

SUBSCRIPTIONS = ("all", "vessels", "summary", "none")
REQUESTS = ("subscribe", "get_vessel", "get_fleet_summary")
VERSION = "0.1.0"


class RequestError(ValueError):
    """A request that can't be answered: `code`, the message, and the field at fault if one is."""

    def __init__(self, code: str, text: str, field: str | None = None) -> None:
        super().__init__(text)
        self.code, self.field = code, field


@dataclass(frozen=True, slots=True)
class Context:
    """What every session of a server shares.

    Attributes:
        clock: the process's time.
        snapshot: the newest Snapshot.
        connected_clients: over all transports.
        seed: the simulator's, None without one.
        limits: what the greeting publishes.
        update_interval_s: wall seconds between two ticks of level 1.

    """

    clock: Clock
    snapshot: Callable[[], Snapshot]
    connected_clients: Callable[[], int]
    seed: int | None
    limits: dict[str, int]
    update_interval_s: Callable[[], float] = lambda: 30.0


class Session:
    """The server's side of one connection.

    Every method returns the messages to send, in order: `wire.Binary` goes out as a binary frame, other bytes as text.
    Clients in step get the very same objects, so that a frame can be built once.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self.subscription = "all"
        self._epoch, self._seq = "", 0

    @property
    def period_s(self) -> float:
        """Wall seconds between two ticks, on the grid that all clients share."""
        return self._context.update_interval_s()

    def open(self) -> list[bytes]:
        """The greeting."""
        snapshot = self._context.snapshot()
        self._epoch, self._seq = snapshot.epoch, snapshot.seq
        clock = self._context.clock
        clock_now = clock.now()
        greeting = wire.message(
            "connection_established",
            clock_now,
            message="Connected to real-time AIS stream",
            fleet_summary=self._summary(snapshot, clock_now),
            protocol=1,
            server={"name": "Fairway", "version": VERSION},
            epoch=snapshot.epoch,
            seq=snapshot.seq,
            clock=wire.clock_state(clock, self._context.seed),
            features=list(REQUESTS),
            limits=self._context.limits,
        )
        return [greeting]

    def receive(self, text: str | bytes) -> list[bytes]:
        """Answer one message of the client; a bad one gets an `error` that names its fault."""
        request_id: object = None
        try:
            request = _decode(text)
            request_id = request.get("request_id")
            return self._answer(request)
        except RequestError as error:
            body: dict[str, Any] = {"code": error.code, "message": str(error)}
            if error.field:
                body["field"] = error.field
            if isinstance(request_id, str | int):
                body["request_id"] = request_id
            return [wire.message("error", self._context.clock.now(), **body)]

    def refuse(self, code: str, text: str, retry_after_ms: int | None = None) -> list[bytes]:
        """An `error` of the transport's own, for example for too many requests."""
        more = {} if retry_after_ms is None else {"retry_after_ms": retry_after_ms}
        return [wire.message("error", self._context.clock.now(), code=code, message=text, **more)]

    def heartbeat(self) -> list[bytes]:
        """Every 15 wall seconds. Level 1 knows no heartbeat: nothing."""
        return []

    def tick(self, skipped: int = 0) -> list[bytes]:  # noqa: ARG002 - only level 2 tells of conflation
        """When `period_s` has gone by: what changed since this client's cursor, and the summary, as subscribed.

        `skipped` ticks before this one were left out because the client's output was pending.
        """
        snapshot = self._context.snapshot()
        since = self._seq if snapshot.epoch == self._epoch else 0
        messages: list[bytes] = []
        if self.subscription in ("all", "vessels"):
            messages += wire.vessel_updates(snapshot, since)
        if self.subscription in ("all", "summary"):
            clients, now_s = self._context.connected_clients(), int(self._context.clock.now())
            messages.append(wire.fleet_summary_update(snapshot, clients, now_s))
        self._epoch, self._seq = snapshot.epoch, snapshot.seq
        return messages

    def _answer(self, request: dict[str, Any]) -> list[bytes]:
        kind = request.get("type")
        if kind == "subscribe":
            return self._subscribe(request)
        if kind == "get_vessel":
            return self._get_vessel(request)
        if kind == "get_fleet_summary":
            now = self._context.clock.now()
            return [wire.message("fleet_summary", now, summary=self._summary(self._context.snapshot(), now))]
        known = ", ".join(REQUESTS)
        raise RequestError("unknown_type", f"type {_shown(kind)} is not one of {known}", "type")

    def _subscribe(self, request: dict[str, Any]) -> list[bytes]:
        wanted = request.get("subscription_type", "all")
        if wanted not in SUBSCRIPTIONS:
            known = ", ".join(SUBSCRIPTIONS)
            text = f"subscription_type {_shown(wanted)} is not one of {known}"
            raise RequestError("bad_request", text, "subscription_type")
        self.subscription = str(wanted)
        now = self._context.clock.now()
        messages = [wire.message("subscription_confirmed", now, subscription_type=wanted)]
        snapshot = self._context.snapshot()
        if wanted in ("all", "vessels"):
            messages += wire.vessel_updates(snapshot, 0, whole=True)
            self._epoch, self._seq = snapshot.epoch, snapshot.seq
        return messages

    def _get_vessel(self, request: dict[str, Any]) -> list[bytes]:
        field = "imo_number" if "imo_number" in request else "mmsi"
        if field not in request:
            raise RequestError("bad_request", "get_vessel needs imo_number or mmsi", "imo_number")
        snapshot = self._context.snapshot()
        row, warning = find_vessel(snapshot, request[field], field)
        body = {"vessel": wire.vessel(snapshot, row)} | ({"warning": warning} if warning else {})
        return [wire.message("vessel_data", self._context.clock.now(), **body)]

    def _summary(self, snapshot: Snapshot, now: float) -> dict[str, Any]:
        return wire.summary(snapshot, self._context.connected_clients(), now)


def find_vessel(snapshot: Snapshot, number: object, field: str = "id") -> tuple[int, str | None]:
    """The row of `IMO7000009`, `7000009` or an MMSI, and a warning where the IMO check digit was mended.

    Raises:
        RequestError: `bad_request` for what is no such number, `not_found` for an unknown vessel.

    """
    text = str(number) if isinstance(number, int | str) and not isinstance(number, bool) else ""
    match = re.fullmatch(r"(?:IMO\s?)?(\d{7})|(\d{9})", text, re.ASCII | re.IGNORECASE)
    if match is None:
        raise RequestError("bad_request", f"{field} {_shown(number)} is no IMO number and no MMSI", field)
    if match[2]:
        row, warning = snapshot.find(mmsi=int(match[2])), None
    else:
        row, warning = _by_imo(snapshot, int(match[1]))
    if row is None:
        raise RequestError("not_found", f"no vessel with {field} {text}", field)
    return row, warning


def _by_imo(snapshot: Snapshot, imo: int) -> tuple[int | None, str | None]:
    row = snapshot.find(imo=imo)
    if row is not None or imo < 1_000_000 or fields.imo_is_valid(imo):
        return row, None
    true = imo // 10 * 10 + int(fields.imo_check_digit(imo // 10))
    return snapshot.find(imo=true), f"IMO{imo} has a wrong check digit; this is IMO{true}"


def _decode(text: str | bytes) -> dict[str, Any]:
    if isinstance(text, bytes):
        raise RequestError("bad_request", "requests are JSON text; this message is binary")
    try:
        request = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        raise RequestError("bad_json", f"not JSON: {error}") from error
    if not isinstance(request, dict):
        raise RequestError("bad_request", f"a request is a JSON object, not {_shown(request)}")
    return request


def _shown(value: object) -> str:
    """A client's value as it may stand in an error: quoted, and short."""
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
