"""Session: the protocol of one client without I/O. Received text goes in, messages to send come out."""

from __future__ import annotations

from typing import Any, Final

from fairway import __version__
from fairway.commands.validation import shown
from fairway.errors import RequestError
from fairway.protocol import encode_json, requests
from fairway.protocol.context import Context
from fairway.protocol.encode_json import LEVEL_1, ObjectForm
from fairway.protocol.level1 import Level1
from fairway.protocol.level2 import Level2
from fairway.protocol.lookup import find_vessel
from fairway.protocol.requests import REQUESTS, is_request_id
from fairway.traffic import fields
from fairway.traffic.snapshot import Snapshot

PROTOCOL: Final = 2
"""The highest level that the server supports."""
FEATURES: Final = (*REQUESTS, "filter", "fields", "columns", "binary", "resume", "heartbeat", "events")
"""Requests and options that the greeting lists."""


class Session:
    """The server's side of one connection.

    Every method returns the messages to send, in order: an `encode_json.Binary` becomes a binary frame, other bytes a
    text frame. Clients at the same seq get the same bytes objects, so the hub builds each frame once.

    Args:
        context: components that all sessions share.
        proto: the initial protocol level; a `subscribe` with `proto` changes it.

    """

    def __init__(self, context: Context, proto: int = 1) -> None:
        self._context = context
        self._stream = self._default_stream(proto, context.snapshot())

    @property
    def subscription(self) -> str:
        """The subscription type: all, vessels, summary or none."""
        return self._stream.subscription

    @property
    def period_s(self) -> float:
        """Wall seconds between two ticks. Clients of one period tick together, so they share messages."""
        return self._stream.period_s

    def open(self) -> list[bytes]:
        """Return the greeting. The stream starts at the current Snapshot."""
        snapshot = self._context.snapshot()
        self._stream = self._default_stream(self._stream.level, snapshot)
        greeting = self._message(
            "connection_established",
            message="Connected to real-time AIS stream",
            fleet_summary=self._context.summary(self._ms),
            protocol=PROTOCOL,
            server={"name": "Fairway", "version": __version__},
            epoch=snapshot.epoch,
            seq=snapshot.seq,
            clock=self._context.clock_state(self._ms),
            features=FEATURES,
            codes={"vessel_type": fields.VESSEL_TYPES, "status": fields.STATUSES},
            limits=self._context.limits | requests.LIMITS,
        )
        return [greeting]

    def receive(self, text: str | bytes) -> list[bytes]:
        """Return the answer to one message of the client; to a wrong request, an `error` that names the fault."""
        echo: dict[str, Any] = {}
        try:
            request = requests.decode(text)
            if is_request_id(request.get("request_id")):
                echo = {"request_id": request["request_id"]}
            return self._answer(request, echo)
        except RequestError as error:
            field = {"field": error.field} if error.field else {}
            return [self._message("error", code=error.code, message=str(error), **field, **echo)]

    def refuse(self, code: str, text: str, retry_after_ms: int | None = None) -> list[bytes]:
        """Return an `error` on behalf of the transport, for example for too many requests."""
        retry = {} if retry_after_ms is None else {"retry_after_ms": retry_after_ms}
        return [self._message("error", code=code, message=text, **retry)]

    def heartbeat(self) -> list[bytes]:
        """Return the `heartbeat` of level 2, due every 15 wall seconds; nothing at level 1."""
        return self._stream.heartbeat()

    def tick(self, skipped: int = 0) -> list[bytes]:
        """Return the changes since this client's cursor, and the summary, as subscribed; due every `period_s`.

        Args:
            skipped: ticks dropped before this one because the client's output was pending.

        """
        return self._stream.tick(skipped)

    @property
    def _ms(self) -> bool:
        return self._stream.level > 1

    def _default_stream(self, level: int, snapshot: Snapshot) -> Level1 | Level2:
        if level == 1:
            return Level1(self._context, snapshot)
        return Level2(self._context, requests.Subscribe(type="subscribe"), snapshot)

    def _answer(self, request: dict[str, Any], echo: dict[str, Any]) -> list[bytes]:
        kind = request.get("type")
        if kind == "subscribe":
            return self._subscribe(request, echo)
        if kind == "get_vessel":
            return self._get_vessel(request, echo)
        if kind == "get_fleet_summary":
            return [self._message("fleet_summary", summary=self._context.summary(self._ms), **echo)]
        raise RequestError("unknown_type", f"type {shown(kind)} is not one of {', '.join(REQUESTS)}", "type")

    def _subscribe(self, request: dict[str, Any], echo: dict[str, Any]) -> list[bytes]:
        level, snapshot = requests.level_of(request, self._stream.level), self._context.snapshot()
        if level == 1:
            level_1 = Level1(self._context, snapshot)
            # a wrong request raises here and leaves the previous subscription in place
            messages = level_1.subscribe(request, echo, snapshot)
            self._stream = level_1
            return messages
        level_2 = Level2(self._context, requests.subscribe(request), snapshot)
        self._stream = level_2
        return level_2.start(snapshot)

    def _get_vessel(self, request: dict[str, Any], echo: dict[str, Any]) -> list[bytes]:
        field = "imo_number" if "imo_number" in request else "mmsi"
        if field not in request:
            raise RequestError("bad_request", "get_vessel needs imo_number or mmsi", "imo_number")
        snapshot = self._context.snapshot()
        row, warning = find_vessel(snapshot, request[field], field)
        vessel = encode_json.vessel(snapshot, row, ObjectForm(ms=True) if self._ms else LEVEL_1)
        return [self._message("vessel_data", vessel=vessel, **({"warning": warning} if warning else {}), **echo)]

    def _message(self, kind: str, **body: object) -> bytes:
        return encode_json.message(kind, self._context.clock.now(), self._ms, **body)
