"""Turn the `filter` of a subscription into a `Filter`: boxes, circles, numbers, types, statuses and speeds."""

from __future__ import annotations

import re
from collections.abc import Sequence

from fairway.commands.validation import shown
from fairway.errors import RequestError
from fairway.protocol.lookup import check_digit_warning, corrected_imo
from fairway.protocol.requests import VesselFilter, index_of
from fairway.traffic import fields
from fairway.traffic.filter import Filter, Test, coded, in_box, near, one_of, speed


def filter_of(wanted: VesselFilter) -> tuple[Filter | None, list[str]]:
    """Return the filter, None if it restricts nothing, and a warning for each corrected IMO number.

    Raises:
        RequestError: If a value is out of range or contradicts another; the error names key and value.

    """
    tests: list[Test] = []
    warnings: list[str] = []
    if wanted.bbox is not None:
        tests.append(in_box(*box_of(wanted.bbox)))
    if wanted.near is not None:
        tests.append(near(wanted.near.latitude, wanted.near.longitude, wanted.near.nm))
    if wanted.mmsi:
        tests.append(one_of("mmsi", [_mmsi(index, value) for index, value in enumerate(wanted.mmsi)]))
    if wanted.imo_number:
        tests.append(one_of("imo", [_imo(index, value, warnings) for index, value in enumerate(wanted.imo_number)]))
    for name, known in (("vessel_type", fields.VESSEL_TYPES), ("status", fields.STATUSES)):
        if values := getattr(wanted, name):
            tests.append(coded(name, [index_of(f"filter.{name}", value, known) for value in values]))
    if wanted.min_speed is not None or wanted.max_speed is not None:
        tests.append(_speed(wanted.min_speed, wanted.max_speed))
    return (Filter(tuple(tests)) if tests else None), warnings


def box_of(sides: Sequence[float], name: str = "filter.bbox") -> tuple[float, float, float, float]:
    """Return the checked sides of a box: west, south, east, north in degrees.

    Raises:
        RequestError: If a side is out of range or south is north of north; the error says if the order looks swapped.

    """
    west, south, east, north = sides
    fault = _box_fault(west, south, east, north)
    if fault:
        swapped = "; it looks like latitude, longitude swapped" if swapped_box(sides) else ""
        order = "expected west, south, east, north in degrees"
        raise RequestError("bad_request", f"{name} {shown(list(sides))}: {fault}; {order}{swapped}", name)
    return west, south, east, north


def swapped_box(sides: Sequence[float]) -> Test | None:
    """Return the test of the same box read as latitude, longitude; None if its sides are out of range then."""
    south, west, north, east = sides
    return None if _box_fault(west, south, east, north) else in_box(west, south, east, north)


def _box_fault(west: float, south: float, east: float, north: float) -> str:
    for side, value, limit in (("west", west, 180), ("south", south, 90), ("east", east, 180), ("north", north, 90)):
        if not -limit <= value <= limit:
            return f"{side} {value:g} is outside -{limit} to {limit}"
    return f"south {south:g} is north of north {north:g}" if south > north else ""


def _speed(low: float | None, high: float | None) -> Test:
    if low is not None and high is not None and low > high:
        raise RequestError("bad_request", f"filter.min_speed {low:g} is over max_speed {high:g}", "filter.min_speed")
    return speed(low, high)


def _mmsi(index: int, value: int | str) -> int:
    if not re.fullmatch(r"\d{1,9}", shown(value, "{}"), re.ASCII) or int(value) == 0:
        raise RequestError("bad_request", f"filter.mmsi[{index}]: {shown(value)} is not an MMSI", "filter.mmsi")
    return int(value)


def _imo(index: int, value: int | str, warnings: list[str]) -> int:
    match = re.fullmatch(r"(?:IMO\s?)?([1-9]\d{6})", shown(value, "{}"), re.ASCII | re.IGNORECASE)
    if match is None:
        text = f"filter.imo_number[{index}]: {shown(value)} is not an IMO number"
        raise RequestError("bad_request", text, "filter.imo_number")
    imo = int(match[1])
    if fields.imo_is_valid(imo):
        return imo
    warnings.append(check_digit_warning(imo))
    return corrected_imo(imo)
