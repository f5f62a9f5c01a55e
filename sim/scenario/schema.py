"""Keys: what can stand in a scenario and in an order, and what makes a value of each.

A check gives the value, or raises a ValueError that says what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from sim.custom.vessel import RANGES, VesselType, Waypoint

Check = Callable[[object], Any]
_SPAN: Final = re.compile(r"(?:(\d+)d)? ?(?:(\d+)h)? ?(?:(\d+)m)? ?(?:(\d+)s)?")


def span_s(text: object) -> float:
    """Seconds of a span like '2h30m', or of a number_in.

    Raises:
        ValueError: It is none.

    """
    if isinstance(text, int | float) and not isinstance(text, bool) and text >= 0:
        return float(text)
    match = _SPAN.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None or not any(match.groups()):
        raise ValueError(f"{text!r:.60} is no span like '2h30m'")
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return float(((days * 24 + hours) * 60 + minutes) * 60 + seconds)


def number_in(low: float, high: float) -> Check:
    """The check of a number."""

    def check(value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise ValueError(f"{value!r:.60} is no number from {low:g} to {high:g}")
        return float(value)

    return check


def text_of(value: object) -> str:
    """The check of a text."""
    if not isinstance(value, str) or not value:
        raise ValueError(f"{value!r:.60} is no text")
    return value


def _ship(value: object) -> str:
    """A vessel by name, IMO number or MMSI."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else text_of(value)


def _two_ships(value: object) -> tuple[str, str]:
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError(f"{value!r:.60} are not two vessels")
    return _ship(value[0]), _ship(value[1])


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{value!r:.60} is neither true nor false")
    return value


def _mmsi(value: object) -> int:
    if not isinstance(value, int) or not 200_000_000 <= value < 780_000_000:
        raise ValueError(f"{value!r:.60} is no ship's MMSI")
    return value


FAULTS: Final[dict[str, Check]] = {
    "silence": _flag,
    "drop": number_in(0, 1),
    "duplicate": number_in(0, 1),
    "disorder": number_in(0, 1),
    "late": number_in(0, 1),
    "late_s": number_in(0, 3600),
}
"""Keys of fault injection: shares of the reports, whether all are withheld, and how late the late ones are."""
KINDS: Final[dict[str, tuple[dict[str, Check], dict[str, Check]]]] = {
    "dark": ({"vessel": _ship}, {}),
    "identity": ({"vessel": _ship}, {"mmsi": _mmsi, "imo_number": _ship, "name": text_of}),
    "false_position": ({"vessel": _ship}, {"north_nm": number_in(-3000, 3000), "east_nm": number_in(-3000, 3000)}),
    "meeting": ({"vessels": _two_ships}, {}),
    "drift": ({"vessel": _ship}, {"course": number_in(0, 359.999), "speed": number_in(0.1, 4)}),
    "close_port": ({"port": text_of}, {}),
    "close_suez": ({}, {}),
    "faults": ({}, FAULTS),
}
"""Kind of event -> its required and its other keys, beside `at`, `kind` and `for`."""
VESSEL: Final[dict[str, Check]] = {
    "vessel_name": text_of,
    "vessel_type": lambda value: VesselType(str(value)).value,
    "position": lambda value: _place(value, ("latitude", "longitude")),
    "destination": lambda value: _destination(value),
    **{name: number_in(low, high) for name, (low, high, _) in RANGES.items()},
    "imo_number": _ship,
    "mmsi": _mmsi,
    "flag": text_of,
    "route": text_of,
    "route_progress": number_in(0, 1),
}
"""Keys of a vessel, and what makes a value of each."""


def _place(value: object, names: tuple[str, str]) -> tuple[float, float]:
    if not isinstance(value, dict) or not set(names) <= value.keys():
        raise ValueError(f"{value!r:.60} has no {names[0]} and {names[1]}")
    return number_in(-90, 90)(value[names[0]]), number_in(-180, 180)(value[names[1]])


def _destination(value: object) -> Waypoint | str:
    """A port's name or locode, or a place."""
    if not isinstance(value, dict):
        return text_of(value)
    lat, lon = _place(value, ("latitude", "longitude"))
    return Waypoint(lat, lon, text_of(value.get("name") or f"{lat:g}, {lon:g}"))


def waypoint(value: object) -> Waypoint:
    """The check of a waypoint."""
    lat, lon = _place(value, ("lat", "lon"))
    name = value.get("name") if isinstance(value, dict) else None
    return Waypoint(lat, lon, text_of(name) if name is not None else f"{lat:g}, {lon:g}")


def time_of(value: object) -> datetime:
    """The check of a time."""
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise ValueError(f"{value!r:.60} is no time like 2026-01-31T12:00:00Z (without quotes)")
    return value.astimezone(UTC)


def _listed(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError(f"{value!r:.60} is no list")
    return value


CHANGES: Final = {name: VESSEL[name] for name in ("speed", "course", "destination", "route", "route_progress")}
"""What can be changed of a vessel."""
_NAMED: Final = ("vessel_name", "vessel_type")
ORDERS: Final[dict[str, tuple[dict[str, Check], dict[str, Check]]]] = {
    "add_vessel": (
        {name: VESSEL[name] for name in _NAMED},
        {name: check for name, check in VESSEL.items() if name not in _NAMED},
    ),
    "change_vessel": ({"vessel": _ship}, CHANGES),
    "assign": ({"vessel": _ship, "route": text_of}, {"route_progress": number_in(0, 1)}),
    "remove_vessel": ({"vessel": _ship}, {}),
    "add_route": ({"name": text_of, "waypoints": _listed}, {"vessel_types": _listed}),
    "remove_route": ({"name": text_of}, {}),
    "set_faults": ({}, FAULTS),
    "update_interval": ({"seconds": number_in(0.25, 3600)}, {}),
    "jump": ({"time": time_of}, {}),
}
"""What a person asks of a running simulation, as an event: required and other keys. Values stay as they were given."""
