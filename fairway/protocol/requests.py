"""Decode and check the requests of clients. Errors name the key and the value at fault."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from fairway.commands.validation import fault_of, shown
from fairway.errors import RequestError
from fairway.traffic import fields
from fairway.traffic.filter import MAX_SPEED_KN

SUBSCRIPTIONS: Final = ("all", "vessels", "summary", "none")
REQUESTS: Final = ("subscribe", "get_vessel", "get_fleet_summary")
LEVELS: Final = (1, 2)
ENCODINGS: Final = ("objects", "columns", "binary")
PERIODS_MS: Final = (250, 500, 1000, 2000, 5000, 10_000, 30_000)
LEVEL_2_KEYS: Final = ("filter", "fields", "period_ms", "encoding", "resume")
LIMITS: Final = {"min_period_ms": PERIODS_MS[0], "max_period_ms": PERIODS_MS[-1]}
"""Limits of level 2; the greeting publishes them with those of the transport."""
MAX_REQUEST_ID: Final = 64
SAFE_INTEGER: Final = 2**53 - 1
"""The largest integer that every JSON reader represents exactly."""


def _listed(values: Sequence[object]) -> Meta:
    """Return an `enum` for the schema only: `index_of` checks the value, since its error lists the known ones."""
    return Meta(extra_json_schema={"enum": list(values)})


Latitude = Annotated[float, Meta(ge=-90, le=90)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]
Knots = Annotated[float, Meta(ge=0, le=MAX_SPEED_KN)]
Cursor = Annotated[int, Meta(ge=0, le=SAFE_INTEGER)]
Sides = Annotated[list[float], Meta(min_length=4, max_length=4, description="west, south, east, north in degrees")]
VesselType = Annotated[str, _listed(fields.VESSEL_TYPES)]
Status = Annotated[str, _listed(fields.STATUSES)]


class Near(msgspec.Struct, forbid_unknown_fields=True):
    """A circle: all places within `nm` nautical miles of a point in degrees."""

    latitude: Latitude
    longitude: Longitude
    nm: Annotated[float, Meta(gt=0, le=10_800)]


class VesselFilter(msgspec.Struct, forbid_unknown_fields=True):
    """Selects the vessels that pass every condition. An empty list restricts nothing. A box may cross the antimeridian.

    Degrees in `bbox` and `near`, knots in `min_speed` and `max_speed`.
    """

    bbox: Sides | None = None
    mmsi: list[int | str] = []
    imo_number: list[int | str] = []
    vessel_type: list[VesselType] = []
    status: list[Status] = []
    min_speed: Knots | None = None
    max_speed: Knots | None = None
    near: Near | None = None


class Resume(msgspec.Struct, forbid_unknown_fields=True):
    """Cursor of a client that reconnects; `event_seq` is that of the last `event` it received."""

    epoch: str
    seq: Cursor
    event_seq: Cursor | None = None


class Subscribe(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A subscription of level 2."""

    type: Annotated[str, _listed(["subscribe"])]
    subscription_type: Annotated[str, _listed(SUBSCRIPTIONS)] = "all"
    proto: Annotated[int, _listed([2])] = 2
    request_id: str | int | None = None
    filter: VesselFilter | None = None
    fields: list[str] | None = None
    period_ms: Annotated[int, Meta(ge=PERIODS_MS[0], le=PERIODS_MS[-1], description="rounded up")] | None = None
    encoding: Annotated[str, _listed(ENCODINGS)] = "objects"
    resume: Resume | None = None


_STRUCTS: Final[dict[str, type[msgspec.Struct]]] = {
    "": Subscribe, "filter": VesselFilter, "filter.near": Near, "resume": Resume,
}  # fmt: skip
"""Path of an object inside a `subscribe` -> its keys."""


def decode(text: str | bytes) -> dict[str, Any]:
    """Return the request as a dict.

    Raises:
        RequestError: If the message is binary, not JSON, or not an object.

    """
    if isinstance(text, bytes):
        raise RequestError("bad_request", "requests are JSON text; this message is binary")
    try:
        request = msgspec.json.decode(text)
    except msgspec.ValidationError as error:
        raise RequestError("bad_request", f"JSON with a number out of range: {error}") from error
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError) as error:
        raise RequestError("bad_json", f"not JSON: {error}") from error
    if not isinstance(request, dict):
        raise RequestError("bad_request", f"a request is a JSON object, not {shown(request)}")
    return request


def level_of(request: Mapping[str, Any], current: int) -> int:
    """Return the protocol level of a `subscribe`: its `proto`, else the `current` level of the session.

    Raises:
        RequestError: If the level is unknown, or is 1 and the request has a key of level 2.

    """
    level = request.get("proto", current)
    if isinstance(level, bool) or level not in LEVELS:
        raise RequestError("bad_request", f"proto {shown(level)} is not one of 1, 2", "proto")
    # level 1 ignores unknown keys, but a client that sends a filter must not get every vessel instead
    misplaced = [key for key in LEVEL_2_KEYS if key in request]
    if level == 1 and misplaced:
        raise RequestError("bad_request", f'{misplaced[0]} needs "proto": 2', misplaced[0])
    return int(level)


def subscribe(request: dict[str, Any]) -> Subscribe:
    """Return the checked subscription of level 2; `filter_of` checks the values of its filter.

    Raises:
        RequestError: If a key is unknown or a value is wrong; the error has the path of the first fault.

    """
    # before msgspec: its message holds the client's key unquoted, which could imitate a path
    for path, struct in _STRUCTS.items():
        _refuse_unknown_keys(request, path, struct)
    wanted = _convert(request)
    index_of("subscription_type", wanted.subscription_type, SUBSCRIPTIONS)
    index_of("encoding", wanted.encoding, ENCODINGS)
    for name in wanted.fields or ():
        index_of("fields", name, fields.selectable(wanted.encoding))
    if wanted.request_id is not None and not is_request_id(wanted.request_id):
        limits = f"at most {MAX_REQUEST_ID} characters or an integer of at most 53 bits"
        text = f"request_id: expected {limits}, not {shown(wanted.request_id)}"
        raise RequestError("bad_request", text, "request_id")
    return wanted


def index_of(name: str, value: object, known: Sequence[str]) -> int:
    """Return the index of `value` in `known`; `name` is the key that the error names.

    Raises:
        RequestError: If `value` is not in `known`; the error lists all of them.

    """
    if value not in known:
        raise RequestError("bad_request", f"{name} {shown(value)} is not one of {', '.join(known)}", name)
    return known.index(str(value))


def is_request_id(value: object) -> bool:
    """Return whether `value` can be echoed as a `request_id`: a short text or an integer of at most 53 bits."""
    if isinstance(value, str):
        return len(value) <= MAX_REQUEST_ID
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= SAFE_INTEGER


def _convert(request: dict[str, Any]) -> Subscribe:
    try:
        return msgspec.convert(request, Subscribe)
    except msgspec.ValidationError as error:
        fault = fault_of(error, request, Subscribe)
        place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in fault.path)
        raise RequestError("bad_request", str(fault), place.removeprefix(".") or None) from error


def _refuse_unknown_keys(request: object, path: str, struct: type[msgspec.Struct]) -> None:
    inner: object = request
    for step in filter(None, path.split(".")):
        inner = inner.get(step) if isinstance(inner, dict) else None
    known = struct.__struct_fields__
    for key in inner if isinstance(inner, dict) else ():
        if key not in known:
            text = f"{path or 'request'}: unknown key {shown(key)}; known are {', '.join(known)}"
            raise RequestError("bad_request", text, path or None)
