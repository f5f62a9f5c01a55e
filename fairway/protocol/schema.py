"""JSON Schemas of every message, made from the table of fields and from the checked requests.

They are open: further keys may come, as the protocol allows. Dialect: draft 7, which AsyncAPI 3 builds on.
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
    """One kind of message.

    Attributes:
        name: unique, also where two forms share a `type`.
        about: when it is sent, in one sentence.
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


def _count(about: str = "", least: int = 0) -> Schema:
    return {"type": "integer", "minimum": least} | ({"description": about} if about else {})


def _or_null(schema: Schema) -> Schema:
    return schema | {"type": [schema["type"], "null"]} | ({"enum": [*schema["enum"], None]} if "enum" in schema else {})


def of_key(key: Key) -> Schema:
    """The schema of one value of a vessel."""
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


def vessel(required: Iterable[str], unplaced: bool = False) -> Schema:
    """An update; `unplaced`: the time of its position may be null."""
    properties = {key.name: of_key(key) for key in fields.UPDATE}
    if unplaced:
        properties["timestamp"] = _or_null(properties["timestamp"])
    return {"type": "object", "properties": properties, "required": list(required)}


def _columns(keys: Iterable[Key]) -> Schema:
    listed = {key.name: {"type": "array", "items": of_key(key)} for key in keys}
    about = "one list for each column, of equal length; `fields` chooses among them"
    return {"type": "object", "description": about, "properties": listed, "required": ["mmsi"]}


_EPOCH: Final = _text("changes when seqs start again")
_SEQ: Final = _count("the state after this message")
_CLOCK: Final = _object(
    {
        "time": TIME,
        "rate": {"type": "number", "description": "clock seconds per second"},
        "rate_actual": {"type": "number", "description": "as measured"},
        "paused": {"type": "boolean"},
        "mode": _text(values=("live", "mixed", "simulation", "replay")),
        "seed": {"type": ["integer", "null"], "description": "of the simulated world"},
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
            "additionalProperties": _count(least=1),
        },
        "vessels_with_routes": _count(),
        "timestamp": TIME,
    }
)
_PARTS: Final = {"part": _count("1 to `parts`; seq holds when the last part is there", 1), "parts": _count(least=2)}
_REQUEST_ID: Final[Schema] = {"type": ["string", "integer"], "description": "the request's own"}
_WHOLE: Final[Schema] = {"type": "boolean", "const": True, "description": "replaces everything"}
_LEVEL_2_UPDATES: Final = {
    "update_count": _count("vessels in this message"),
    "seq": _SEQ,
    "prev": _count("the seq that the receiver must have; 0 in a snapshot"),
    "conflated": _count("ticks that this message makes up for"),
    "removed": {
        "type": "array",
        "items": _object({"mmsi": _count(least=1), "reason": _text(values=REASONS)}),
    },
}
_WHERE: Final = _object(
    {"mmsi": _count(least=1)},
    {
        "imo_number": _or_null(_text()),
        "vessel_name": _or_null(_text()),
        "vessel_type": _text(values=fields.VESSEL_TYPES),
    },
)


def _message(kind: str, required: Schema, optional: Schema | None = None) -> Schema:
    return _object({"type": {"const": kind}, "timestamp": TIME} | required, optional)


def from_server() -> tuple[Message, ...]:
    """What the server sends as text."""
    every = [key.name for key in fields.UPDATE]
    return (
        Message("connection_established", "At once on connect.", _greeting()),
        Message("subscription_confirmed", "Answers subscribe, level 1.", _message(
            "subscription_confirmed", {"subscription_type": _text(values=SUBSCRIPTIONS)}, {"request_id": _REQUEST_ID},
        )),
        Message("subscription_confirmed_2", "Answers subscribe, level 2.", _confirmation()),
        Message("vessel_updates", "Level 1: what changed, on the global tick.", _message(
            "vessel_updates",
            {"update_count": _count(), "seq": _SEQ, "updates": {"type": "array", "items": vessel(every)}},
            {"snapshot": _WHOLE, **_PARTS},
        )),
        Message("vessel_updates_objects", "Level 2, encoding objects.", _message(
            "vessel_updates",
            _LEVEL_2_UPDATES | {"updates": {"type": "array", "items": vessel(["mmsi"])}},
            {"snapshot": _WHOLE, **_PARTS},
        )),
        Message("vessel_updates_columns", "Level 2, encoding columns.", _message(
            "vessel_updates", _LEVEL_2_UPDATES | {"columns": _columns(fields.COLUMNS)}, {"snapshot": _WHOLE, **_PARTS},
        )),
        Message("vessel_static", "Level 2, columns and binary: text and voyage data, before their update.", _message(
            "vessel_static",
            {"static_seq": _count("when static data last changed"), "columns": _columns(fields.STATIC_COLUMNS)},
            _PARTS,
        )),
        Message("fleet_summary_update", "Once per interval; at level 2 when it changed.", _message(
            "fleet_summary_update", {"summary": _SUMMARY},
        )),
        Message("fleet_summary", "Answers get_fleet_summary.", _message(
            "fleet_summary", {"summary": _SUMMARY}, {"request_id": _REQUEST_ID},
        )),
        Message("vessel_data", "Answers get_vessel.", _message(
            "vessel_data",
            {"vessel": vessel(every, unplaced=True)},
            {"warning": _text("what was mended in the request"), "request_id": _REQUEST_ID},
        )),
        *_stream_messages(),
    )  # fmt: skip


def _greeting() -> Schema:
    names = {"type": "array", "items": _text()}
    return _message(
        "connection_established",
        {
            "message": _text(),
            "fleet_summary": _SUMMARY,
            "protocol": _count("the highest level that is spoken", 1),
            "server": _object({"name": _text(), "version": _text()}),
            "epoch": _EPOCH,
            "seq": _SEQ,
            "clock": _CLOCK,
            "features": names,
            "codes": _object({"vessel_type": names, "status": names}, about="what the codes of the binary form mean"),
            "limits": {"type": "object", "additionalProperties": {"type": "integer"}},
        },
    )


def _confirmation() -> Schema:
    return _message(
        "subscription_confirmed",
        {
            "subscription_type": _text(values=SUBSCRIPTIONS),
            "proto": {"const": 2},
            "encoding": _text(values=ENCODINGS),
            "period_ms": _count("as rounded up"),
            "matched_now": _count("vessels that pass the filter now"),
            "resumed": {"type": "boolean", "description": "only what changed follows, no snapshot"},
            "epoch": _EPOCH,
            "seq": _SEQ,
            "event_seq": _count("the last event before"),
            "warnings": {"type": "array", "items": _text()},
        },
        {"request_id": _REQUEST_ID},
    )


def _stream_messages() -> tuple[Message, ...]:
    """Messages about the stream itself."""
    feed = _object(
        {
            "name": _text(),
            "state": _text("silent: connected but no data", ("ok", "silent", "down")),
            "age_s": {"type": ["number", "null"], "description": "since its last report; null before the first"},
        }
    )
    return (
        Message("heartbeat", "Level 2, every 15 s; it does not move the chain.", _message(
            "heartbeat",
            {"epoch": _EPOCH, "seq": _count("what the client has"), "clock": _CLOCK,
             "feeds": {"type": "array", "items": feed}},
        )),
        Message("epoch", "Level 2: the clock was set back; a snapshot follows.", _message(
            "epoch", {"epoch": _EPOCH, "clock": _CLOCK},
        )),
        Message("event", "Level 2: an alert was raised or cleared; never conflated.", _message(
            "event",
            {"event_seq": _count("rises by one", 1), "event_id": _text("the same when it is cleared"), "kind": _text(),
             "state": _text(values=("raised", "cleared")), "vessel": _WHERE, "evidence": {"type": "object"}},
            {"zone": _text("the port or area")},
        )),
        Message("events_missed", "Level 2: the client fell behind the ring of events.", _message(
            "events_missed", {"missed": _count(least=1), "event_seq": _count("the last that was missed")},
        )),
        Message("error", "Answers what can't be done; the connection stays open.", _message(
            "error",
            {"code": _text("for programs"), "message": _text("for people: names the fault and the value")},
            {"field": _text("the key at fault"), "request_id": _REQUEST_ID, "retry_after_ms": _count()},
        )),
    )  # fmt: skip


def from_client() -> tuple[Message, ...]:
    """What clients send; a `subscribe` of level 2 refers to the components of `request_components`."""
    number = {"type": ["string", "integer"], "description": "IMO7000009, 7000009, or an MMSI of nine digits"}
    kind = {"type": {"const": "get_vessel"}}
    either = _object(kind, {"imo_number": number, "mmsi": number, "request_id": _REQUEST_ID})
    either["anyOf"] = [{"required": ["imo_number"]}, {"required": ["mmsi"]}]
    plain = {"subscription_type": _text(values=SUBSCRIPTIONS), "proto": {"const": 1}, "request_id": _REQUEST_ID}
    summary = _object({"type": {"const": "get_fleet_summary"}}, {"request_id": _REQUEST_ID})
    return (
        Message("subscribe", "Level 1; all is the default.", _object({"type": {"const": "subscribe"}}, plain)),
        Message("subscribe_2", 'Level 2, with "proto": 2.', {"$ref": "#/components/schemas/Subscribe"}),
        Message("get_vessel", "Asks for one vessel.", either),
        Message("get_fleet_summary", "Asks for the summary.", summary),
    )


def request_components() -> dict[str, Schema]:
    """The schemas that a `subscribe` of level 2 is checked with."""
    _, components = msgspec.json.schema_components([Subscribe], ref_template="#/components/schemas/{name}")
    return components
