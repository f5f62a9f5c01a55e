"""What clients ask: JSON -> checked requests, or an error that names what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from fairway.commands.validation import fault_of, shown
from fairway.errors import RequestError
from fairway.traffic import fields
from fairway.traffic.filter import MAX_SPEED_KN, Filter, Test, coded, in_box, near, one_of, speed
from fairway.traffic.snapshot import Snapshot

SUBSCRIPTIONS: Final = ("all", "vessels", "summary", "none")
REQUESTS: Final = ("subscribe", "get_vessel", "get_fleet_summary")
LEVELS: Final = (1, 2)
ENCODINGS: Final = ("objects", "columns", "binary")
PERIODS_MS: Final = (250, 500, 1000, 2000, 5000, 10_000, 30_000)
LEVEL_2_KEYS: Final = ("filter", "fields", "period_ms", "encoding", "resume")
LIMITS: Final = {"min_period_ms": PERIODS_MS[0], "max_period_ms": PERIODS_MS[-1]}
"""Published with the transport's own limits."""
MAX_REQUEST_ID: Final = 64
SAFE_INTEGER: Final = 2**53 - 1
"""The largest integer that every JSON reader gets right."""


def _listed(values: Sequence[object]) -> Meta:
    """For the schema only: the check names the wrong value and lists the right ones."""
    return Meta(extra_json_schema={"enum": list(values)})


Latitude = Annotated[float, Meta(ge=-90, le=90)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]
Knots = Annotated[float, Meta(ge=0, le=MAX_SPEED_KN)]
Cursor = Annotated[int, Meta(ge=0, le=SAFE_INTEGER)]
Sides = Annotated[list[float], Meta(min_length=4, max_length=4, description="west, south, east, north in degrees")]
VesselType = Annotated[str, _listed(fields.VESSEL_TYPES)]
Status = Annotated[str, _listed(fields.STATUSES)]


class Near(msgspec.Struct, forbid_unknown_fields=True):
    """A circle on the sea: nautical miles around a point."""

    latitude: Latitude
    longitude: Longitude
    nm: Annotated[float, Meta(gt=0, le=10_800)]


class Wanted(msgspec.Struct, forbid_unknown_fields=True):
    """Which vessels: those that pass all of it. An empty list is no restriction. A box may cross the antimeridian."""

    bbox: Sides | None = None
    mmsi: list[int | str] = []
    imo_number: list[int | str] = []
    vessel_type: list[VesselType] = []
    status: list[Status] = []
    min_speed: Knots | None = None
    max_speed: Knots | None = None
    near: Near | None = None


class Resume(msgspec.Struct, forbid_unknown_fields=True):
    """Where a client was; `event_seq` is that of the last `event` it saw."""

    epoch: str
    seq: Cursor
    event_seq: Cursor | None = None


class Subscribe(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A subscription of level 2."""

    type: Annotated[str, _listed(["subscribe"])]
    subscription_type: Annotated[str, _listed(SUBSCRIPTIONS)] = "all"
    proto: Annotated[int, _listed([2])] = 2
    request_id: str | int | None = None
    filter: Wanted | None = None
    fields: list[str] | None = None
    period_ms: Annotated[int, Meta(ge=PERIODS_MS[0], le=PERIODS_MS[-1], description="rounded up")] | None = None
    encoding: Annotated[str, _listed(ENCODINGS)] = "objects"
    resume: Resume | None = None


_AT: Final[dict[str, type[msgspec.Struct]]] = {
    "": Subscribe, "filter": Wanted, "filter.near": Near, "resume": Resume,
}  # fmt: skip


def decode(text: str | bytes) -> dict[str, Any]:
    """The request as an object.

    Raises:
        RequestError: It is binary, not JSON, or no object.

    """
    if isinstance(text, bytes):
        raise RequestError("bad_request", "requests are JSON text; this message is binary")
    try:
        request = msgspec.json.decode(text)
    except msgspec.ValidationError as error:
        raise RequestError("bad_request", f"JSON with a number that nobody can mean: {error}") from error
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError) as error:
        raise RequestError("bad_json", f"not JSON: {error}") from error
    if not isinstance(request, dict):
        raise RequestError("bad_request", f"a request is a JSON object, not {shown(request)}")
    return request


def level_of(request: Mapping[str, Any], spoken: int) -> int:
    """The protocol level that a `subscribe` asks for, or the one that is spoken.

    Raises:
        RequestError: No such level, or level 1 with keys of level 2: who sends them believes in a filter.

    """
    level = request.get("proto", spoken)
    if isinstance(level, bool) or level not in LEVELS:
        raise RequestError("bad_request", f"proto {shown(level)} is not one of 1, 2", "proto")
    alien = [key for key in LEVEL_2_KEYS if key in request]
    if level == 1 and alien:
        raise RequestError("bad_request", f'{alien[0]} needs "proto": 2', alien[0])
    return int(level)


def subscribe(request: dict[str, Any]) -> Subscribe:
    """A checked subscription of level 2.

    Raises:
        RequestError: with the path of what is wrong in it.

    """
    # before msgspec: its message holds the client's key unquoted, which could imitate a path
    for path, struct in _AT.items():
        _refuse_unknown_keys(request, path, struct)
    try:
        wanted = msgspec.convert(request, Subscribe)
    except msgspec.ValidationError as error:
        fault = fault_of(error, request, Subscribe)
        place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in fault.path)
        raise RequestError("bad_request", str(fault), place.removeprefix(".") or None) from error
    one_of_these("subscription_type", wanted.subscription_type, SUBSCRIPTIONS)
    one_of_these("encoding", wanted.encoding, ENCODINGS)
    for name in wanted.fields or ():
        one_of_these("fields", name, fields.selectable(wanted.encoding))
    if wanted.request_id is not None and not is_request_id(wanted.request_id):
        limits = f"at most {MAX_REQUEST_ID} characters or an integer of at most 53 bits"
        text = f"request_id: expected {limits}, not {shown(wanted.request_id)}"
        raise RequestError("bad_request", text, "request_id")
    return wanted


def filter_of(wanted: Wanted) -> tuple[Filter | None, list[str]]:
    """The filter, None where nothing is restricted; and warnings about IMO numbers that were mended.

    Raises:
        RequestError: names the key and the value that can't be.

    """
    tests: list[Test] = []
    warnings: list[str] = []
    if wanted.bbox is not None:
        tests.append(in_box(*box_of(wanted.bbox)))
    if wanted.near is not None:
        tests.append(near(wanted.near.latitude, wanted.near.longitude, wanted.near.nm))
    if wanted.mmsi:
        tests.append(one_of("mmsi", [_mmsi(at, value) for at, value in enumerate(wanted.mmsi)]))
    if wanted.imo_number:
        tests.append(one_of("imo", [_imo(at, value, warnings) for at, value in enumerate(wanted.imo_number)]))
    for name, known in (("vessel_type", fields.VESSEL_TYPES), ("status", fields.STATUSES)):
        if values := getattr(wanted, name):
            tests.append(coded(name, [one_of_these(f"filter.{name}", value, known) for value in values]))
    if wanted.min_speed is not None or wanted.max_speed is not None:
        tests.append(_speed(wanted.min_speed, wanted.max_speed))
    return (Filter(tuple(tests)) if tests else None), warnings


def box_of(sides: Sequence[float], name: str = "filter.bbox") -> tuple[float, float, float, float]:
    """West, south, east, north in degrees, checked.

    Raises:
        RequestError: names the side that is out of range, and says if the order looks swapped.

    """
    west, south, east, north = sides
    fault = _fault_of_box(west, south, east, north)
    if fault:
        swapped = "; it looks like latitude, longitude swapped" if swapped_box(sides) else ""
        order = "expected west, south, east, north in degrees"
        raise RequestError("bad_request", f"{name} {shown(list(sides))}: {fault}; {order}{swapped}", name)
    return west, south, east, north


def _fault_of_box(west: float, south: float, east: float, north: float) -> str:
    for side, value, limit in (("west", west, 180), ("south", south, 90), ("east", east, 180), ("north", north, 90)):
        if not -limit <= value <= limit:
            return f"{side} {value:g} is outside -{limit} to {limit}"
    return f"south {south:g} is north of north {north:g}" if south > north else ""


def swapped_box(sides: Sequence[float]) -> Test | None:
    """The test of the same numbers read as latitude, longitude; None where they can't be that."""
    south, west, north, east = sides
    return None if _fault_of_box(west, south, east, north) else in_box(west, south, east, north)


def _speed(least: float | None, most: float | None) -> Test:
    if least is not None and most is not None and least > most:
        raise RequestError("bad_request", f"filter.min_speed {least:g} is over max_speed {most:g}", "filter.min_speed")
    return speed(least, most)


def _mmsi(at: int, value: int | str) -> int:
    if not re.fullmatch(r"\d{1,9}", shown(value, "{}"), re.ASCII) or int(value) == 0:
        raise RequestError("bad_request", f"filter.mmsi[{at}]: {shown(value)} is no MMSI", "filter.mmsi")
    return int(value)


def _imo(at: int, value: int | str, warnings: list[str]) -> int:
    match = re.fullmatch(r"(?:IMO\s?)?([1-9]\d{6})", shown(value, "{}"), re.ASCII | re.IGNORECASE)
    if match is None:
        text = f"filter.imo_number[{at}]: {shown(value)} is no IMO number"
        raise RequestError("bad_request", text, "filter.imo_number")
    imo = int(match[1])
    if fields.imo_is_valid(imo):
        return imo
    warnings.append(wrong_digit(imo))
    return mended(imo)


def mended(imo: int) -> int:
    """The number with the check digit that its serial has."""
    return imo // 10 * 10 + int(fields.imo_check_digit(imo // 10))


def wrong_digit(imo: int) -> str:
    """The warning for a number whose check digit was mended."""
    return f"IMO{imo} has a wrong check digit; this is IMO{mended(imo)}"


def one_of_these(name: str, value: object, known: Sequence[str]) -> int:
    """The place of `value` among the known ones.

    Raises:
        RequestError: It is none of them; they are listed.

    """
    if value not in known:
        raise RequestError("bad_request", f"{name} {shown(value)} is not one of {', '.join(known)}", name)
    return known.index(str(value))


def is_request_id(value: object) -> bool:
    """Whether a client's number for its request can be given back to it."""
    if isinstance(value, str):
        return len(value) <= MAX_REQUEST_ID
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= SAFE_INTEGER


def _refuse_unknown_keys(request: object, path: str, struct: type[msgspec.Struct]) -> None:
    inner: object = request
    for step in filter(None, path.split(".")):
        inner = inner.get(step) if isinstance(inner, dict) else None
    known = struct.__struct_fields__
    for key in inner if isinstance(inner, dict) else ():
        if key not in known:
            text = f"{path or 'request'}: unknown key {shown(key)}; known are {', '.join(known)}"
            raise RequestError("bad_request", text, path or None)


def find_vessel(snapshot: Snapshot, number: object, field: str = "id") -> tuple[int, str | None]:
    """The row of `IMO7000009`, `7000009` or an MMSI, and a warning where the IMO check digit was mended.

    Raises:
        RequestError: `bad_request` for what is no such number, `not_found` for an unknown vessel.

    """
    text = str(number) if isinstance(number, int | str) and not isinstance(number, bool) else ""
    match = re.fullmatch(r"(?:IMO\s?)?(\d{7})|(\d{9})", text, re.ASCII | re.IGNORECASE)
    if match is None:
        raise RequestError("bad_request", f"{field} {shown(number)} is no IMO number and no MMSI", field)
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
    return snapshot.find(imo=mended(imo)), wrong_digit(imo)
