"""JSON Schemas of every message, generated from the table of fields and the structs of requests.

The schemas allow unknown keys, since a later version may add keys. Dialect: draft 7, the base of AsyncAPI 3.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from fairway.protocol.requests import ENCODINGS, SUBSCRIPTIONS, Subscribe
from fairway.traffic import fields
from fairway.traffic.fields import Key
from fairway.traffic.removals import REASONS

Schema = dict[str, Any]
TIME: Final[Schema] = {
    "type": "string",
    "format": "date-time",
    "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$",
    "description": "UTC; whole seconds at level 1, milliseconds at level 2",
}
_KINDS: Final = {"string": "string", "number": "number", "integer": "integer", "boolean": "boolean"}


@dataclass(frozen=True, slots=True)
class Message:
    """One kind of message in the contract of the stream.

    Attributes:
        name: unique, also if two forms share a `type`.
        about: when it is sent or what it requests, in one sentence.
        schema: JSON Schema of its payload.

    """

    name: str
    about: str
    schema: Schema


def _object(required: Schema, optional: Schema | None = None, about: str = "") -> Schema:
    described = {"description": about} if about else {}
    properties = required | (optional or {})
    return {"type": "object", **described, "properties": properties, "required": list(required)}


def _text(about: str = "", values: Iterable[str] = ()) -> Schema:
    return {"type": "string"} | ({"description": about} if about else {}) | ({"enum": list(values)} if values else {})


def _count(about: str = "", minimum: int = 0) -> Schema:
    return {"type": "integer", "minimum": minimum} | ({"description": about} if about else {})


def _or_null(schema: Schema) -> Schema:
    return schema | {"type": [schema["type"], "null"]} | ({"enum": [*schema["enum"], None]} if "enum" in schema else {})


def of_key(key: Key) -> Schema:
    """Return the schema of one value of a vessel."""
    if key.keys:
        return _object({inner.name: of_key(inner) for inner in key.keys}, about=key.about)
    schema = TIME | {"description": key.about} if key.kind == "time" else _text(key.about) | {"type": _KINDS[key.kind]}
    for name, value in (("minimum", key.low), ("maximum", key.high)):
        if value is not None:
            schema[name] = value
    if key.pattern:
        schema["pattern"] = key.pattern
    if key.values:
        schema["enum"] = list(key.values)
    return _or_null(schema) if key.nullable else schema


def vessel(required: Iterable[str], without_position: bool = False) -> Schema:
    """Return the schema of an update; `without_position` allows null as the time of its position."""
    properties = {key.name: of_key(key) for key in fields.UPDATE}
    if without_position:
        properties["timestamp"] = _or_null(properties["timestamp"])
    return {"type": "object", "properties": properties, "required": list(required)}


def _columns(keys: Iterable[Key]) -> Schema:
    listed = {key.name: {"type": "array", "items": of_key(key)} for key in keys}
    about = "one list for each column, all of equal length; `fields` selects columns"
    return {"type": "object", "description": about, "properties": listed, "required": ["mmsi"]}


_EPOCH: Final = _text("identifies a run of seqs; changes when seqs restart")
_SEQ: Final = _count("state after this message")
_CLOCK: Final = _object(
    {
        "time": TIME,
        "rate": {"type": "number", "description": "clock seconds per second"},
        "rate_actual": {"type": "number", "description": "measured rate"},
        "paused": {"type": "boolean"},
        "mode": _text(values=("live", "mixed", "simulation", "replay")),
        "seed": {"type": ["integer", "null"], "description": "seed of the simulation"},
    }
)
_SUMMARY: Final = _object(
    {
        "total_vessels": _count(),
        "connected_clients": _count("over all transports"),
        "status_distribution": _object({status: _count() for status in fields.STATUSES}),
        "type_distribution": {
            "type": "object",
            "propertyNames": {"enum": list(fields.VESSEL_TYPES)},
            "additionalProperties": _count(minimum=1),
        },
        "vessels_with_routes": _count(),
        "timestamp": TIME,
    }
)
_PARTS: Final = {"part": _count("1 to `parts`; `seq` is reached with the last part", 1), "parts": _count(minimum=2)}
_REQUEST_ID: Final[Schema] = {"type": ["string", "integer"], "description": "`request_id` of the request"}
_SNAPSHOT: Final[Schema] = {"type": "boolean", "const": True, "description": "the message replaces everything"}
_LEVEL_2_UPDATES: Final = {
    "update_count": _count("vessels in this message"),
    "seq": _SEQ,
    "prev": _count("seq that the client must have; 0 in a snapshot"),
    "conflated": _count("number of skipped ticks that this message includes"),
    "removed": {
        "type": "array",
        "items": _object({"mmsi": _count(minimum=1), "reason": _text(values=REASONS)}),
    },
}
_EVENT_VESSEL: Final = _object(
    {"mmsi": _count(minimum=1)},
    {
        "imo_number": _or_null(_text()),
        "vessel_name": _or_null(_text()),
        "vessel_type": _text(values=fields.VESSEL_TYPES),
    },
)


def _message(name: str, about: str, required: Schema, optional: Schema | None = None, kind: str = "") -> Message:
    """Return a message of the server of type `kind`; the name is the type by default."""
    head = {"type": {"const": kind or name}, "timestamp": TIME}
    return Message(name, about, _object(head | required, optional))


def from_server() -> tuple[Message, ...]:
    """Return the text messages of the server."""
    return (*_start_messages(), *_update_messages(), *_answers(), *_stream_messages(), *_event_messages(), _error())


def _start_messages() -> tuple[Message, ...]:
    """Return the greeting and the confirmations of a subscription."""
    level_1 = {"subscription_type": _text(values=SUBSCRIPTIONS)}
    level_2 = level_1 | {
        "proto": {"const": 2},
        "encoding": _text(values=ENCODINGS),
        "period_ms": _count("period of the client, rounded up"),
        "matched_now": _count("number of vessels that pass the filter"),
        "resumed": {"type": "boolean", "description": "changes since the cursor follow instead of a snapshot"},
        "epoch": _EPOCH,
        "seq": _SEQ,
        "event_seq": _count("last event before the subscription"),
        "warnings": {"type": "array", "items": _text()},
    }
    name, echo = "subscription_confirmed", {"request_id": _REQUEST_ID}
    return (
        _message("connection_established", "On connect.", _greeting()),
        _message(name, "Answers subscribe, level 1.", level_1, echo),
        _message(f"{name}_2", "Answers subscribe, level 2.", level_2, echo, name),
    )


def _greeting() -> Schema:
    names = {"type": "array", "items": _text()}
    codes = "values of the codes in the binary encoding, by index"
    return {
        "message": _text(),
        "fleet_summary": _SUMMARY,
        "protocol": _count("highest protocol level of the server", 1),
        "server": _object({"name": _text(), "version": _text()}),
        "epoch": _EPOCH,
        "seq": _SEQ,
        "clock": _CLOCK,
        "features": names,
        "codes": _object({"vessel_type": names, "status": names}, about=codes),
        "limits": {"type": "object", "additionalProperties": {"type": "integer"}},
    }


def _update_messages() -> tuple[Message, ...]:
    """Return the messages with changed vessels, in every text encoding."""
    name, changed = "vessel_updates", "changed and removed vessels"
    keys = [key.name for key in fields.UPDATE]
    optional = {"snapshot": _SNAPSHOT, **_PARTS}
    level_1 = {"update_count": _count(), "seq": _SEQ, "updates": {"type": "array", "items": vessel(keys)}}
    objects = _LEVEL_2_UPDATES | {"updates": {"type": "array", "items": vessel(["mmsi"])}}
    columns = _LEVEL_2_UPDATES | {"columns": _columns(fields.COLUMNS)}
    static = {
        "static_seq": _count("seq at which static data last changed"),
        "columns": _columns(fields.STATIC_COLUMNS),
    }
    before = "Level 2, columns and binary: static and voyage data, before the update of their vessels."
    return (
        _message(name, "Level 1: changed vessels, on the global tick.", level_1, optional),
        _message(f"{name}_objects", f"Level 2, encoding objects: {changed}.", objects, optional, name),
        _message(f"{name}_columns", f"Level 2, encoding columns: {changed}.", columns, optional, name),
        _message("vessel_static", before, static, _PARTS),
    )


def _answers() -> tuple[Message, ...]:
    """Return the summary, on a tick and on request, and the answer with one vessel."""
    keys = [key.name for key in fields.UPDATE]
    found = {"vessel": vessel(keys, without_position=True)}
    warning = _text("the correction of a wrong IMO check digit")
    summary, due = {"summary": _SUMMARY}, "Level 1: on each tick; level 2: when it has changed."
    return (
        _message("fleet_summary_update", due, summary),
        _message("fleet_summary", "Answers get_fleet_summary.", summary, {"request_id": _REQUEST_ID}),
        _message("vessel_data", "Answers get_vessel.", found, {"warning": warning, "request_id": _REQUEST_ID}),
    )


def _stream_messages() -> tuple[Message, ...]:
    """Return the messages about the stream and its clock."""
    age = {"type": ["number", "null"], "description": "seconds since its last report; null before the first"}
    state = _text("silent: connected, without data", ("ok", "silent", "down"))
    feeds = {"type": "array", "items": _object({"name": _text(), "state": state, "age_s": age})}
    beat = {"epoch": _EPOCH, "seq": _count("seq that the client has"), "clock": _CLOCK, "feeds": feeds}
    restart = "Level 2: the clock was set back and seqs restart; a snapshot follows."
    return (
        _message("heartbeat", "Level 2: every 15 s; it does not change the client's seq.", beat),
        _message("epoch", restart, {"epoch": _EPOCH, "clock": _CLOCK}),
    )


def _event_messages() -> tuple[Message, ...]:
    """Return the messages about alerts."""
    event = {
        "event_seq": _count("increases by one with each event", 1),
        "event_id": _text("identifies the alert, raised and cleared"),
        "kind": _text(),
        "state": _text(values=("raised", "cleared")),
        "vessel": _EVENT_VESSEL,
        "evidence": {"type": "object"},
    }
    missed = {"missed": _count(minimum=1), "event_seq": _count("last missed event")}
    lost = "Level 2: the server no longer has events that the client missed."
    sent = "Level 2: an alert was raised or cleared; every event is sent."
    return (
        _message("event", sent, event, {"zone": _text("port or area")}),
        _message("events_missed", lost, missed),
    )


def _error() -> Message:
    required = {"code": _text("for programs"), "message": _text("for people: the fault and the value")}
    optional = {"field": _text("key at fault"), "request_id": _REQUEST_ID, "retry_after_ms": _count()}
    return _message("error", "The request is wrong or was refused; the connection stays open.", required, optional)


def from_client() -> tuple[Message, ...]:
    """Return the messages of clients; `subscribe` of level 2 refers to the schemas of `request_components`."""
    number = {"type": ["string", "integer"], "description": "IMO7000009, 7000009, or an MMSI of nine digits"}
    subscribe = _object(
        {"type": {"const": "subscribe"}},
        {"subscription_type": _text(values=SUBSCRIPTIONS), "proto": {"const": 1}, "request_id": _REQUEST_ID},
    )
    get_vessel = _object(
        {"type": {"const": "get_vessel"}}, {"imo_number": number, "mmsi": number, "request_id": _REQUEST_ID}
    )
    get_vessel["anyOf"] = [{"required": ["imo_number"]}, {"required": ["mmsi"]}]
    get_summary = _object({"type": {"const": "get_fleet_summary"}}, {"request_id": _REQUEST_ID})
    level_2 = {"$ref": "#/components/schemas/Subscribe"}
    return (
        Message("subscribe", "Level 1: selects vessels, summary, all (default) or none.", subscribe),
        Message("subscribe_2", 'Level 2, with "proto": 2: selects vessels, encoding and period.', level_2),
        Message("get_vessel", "Requests one vessel.", get_vessel),
        Message("get_fleet_summary", "Requests the fleet summary.", get_summary),
    )


def request_components() -> dict[str, Schema]:
    """Return the schemas of a `subscribe` of level 2, by the name of their struct."""
    _, components = msgspec.json.schema_components([Subscribe], ref_template="#/components/schemas/{name}")
    return components
