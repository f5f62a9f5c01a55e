"""Scenario: what shall happen, from a TOML file. Every mistake is an error that names its line and key.

The format is described in docs/scenarios.md. Nothing is simulated here.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sim.custom import RANGES, Vessel, VesselType, Waypoint

_SPAN: Final = re.compile(r"(?:(\d+)d)? ?(?:(\d+)h)? ?(?:(\d+)m)? ?(?:(\d+)s)?")
_HEADER: Final = re.compile(r"\s*(\[\[?)\s*([\w.-]+)\s*\]\]?\s*(?:#.*)?")
_KEY: Final = re.compile(r"\s*([\w-]+)\s*=")


class ScenarioError(ValueError):
    """A scenario that can't be: the message names file, line and key."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens.

    Attributes:
        at_s: seconds after the start.
        kind: one of KINDS.
        for_s: how long it lasts; inf: for good.
        values: its further keys, checked.
        line: where it stands in its file; 0 where it comes from elsewhere.

    """

    at_s: float
    kind: str
    for_s: float
    values: Mapping[str, Any]
    line: int = 0


@dataclass(frozen=True, slots=True)
class PlannedVessel:
    """A vessel that is there from the start, the name of its route, and how much of that is done."""

    vessel: Vessel
    route: str | None
    route_progress: float
    line: int


@dataclass(frozen=True, slots=True)
class PlannedRoute:
    """A route by its waypoints."""

    name: str
    waypoints: tuple[Waypoint, ...]
    vessel_types: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Scenario:
    """A whole scenario.

    Attributes:
        name: its file's, without the ending. title, about: its own words.
        shares: type of vessel -> its share of the fleet; empty: as ever.
        routes, vessels, events: in the order of the file; events by time.

    """

    name: str
    title: str
    about: str = ""
    shares: Mapping[str, float] = field(default_factory=dict)
    routes: tuple[PlannedRoute, ...] = ()
    vessels: tuple[PlannedVessel, ...] = ()
    events: tuple[Event, ...] = ()


def load(path: Path) -> Scenario:
    """Read and check a file.

    Raises:
        ScenarioError: What is wrong, with line and key.

    """
    text = path.read_text(encoding="utf-8")
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(f"{path.name}: {error}") from error
    return _Reader(path, _lines(text)).scenario(table)


def event(row: dict[str, Any]) -> Event:
    """One event that comes from elsewhere than a file, and happens now; its keys are those of a file's.

    Raises:
        ScenarioError: What is wrong, with its key.

    """
    return _Reader(Path("event"), {}).event(0, {"at": 0} | row)


def span_s(text: object) -> float:
    """Seconds of a span like '2h30m', or of a number.

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


def _number(low: float, high: float) -> Callable[[object], float]:
    def check(value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise ValueError(f"{value!r:.60} is no number from {low:g} to {high:g}")
        return float(value)

    return check


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError(f"{value!r:.60} is no text")
    return value


def _ship(value: object) -> str:
    """A vessel by name, IMO number or MMSI."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else _text(value)


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


Check = Callable[[object], Any]
FAULTS: Final[dict[str, Check]] = {
    "silence": _flag,
    "drop": _number(0, 1),
    "duplicate": _number(0, 1),
    "disorder": _number(0, 1),
    "late": _number(0, 1),
    "late_s": _number(0, 3600),
}
"""Keys of fault injection: shares of the reports, whether all are withheld, and how late the late ones are."""
KINDS: Final[dict[str, tuple[dict[str, Check], dict[str, Check]]]] = {
    "dark": ({"vessel": _ship}, {}),
    "identity": ({"vessel": _ship}, {"mmsi": _mmsi, "imo_number": _ship, "name": _text}),
    "false_position": ({"vessel": _ship}, {"north_nm": _number(-3000, 3000), "east_nm": _number(-3000, 3000)}),
    "meeting": ({"vessels": _two_ships}, {}),
    "drift": ({"vessel": _ship}, {"course": _number(0, 359.999), "speed": _number(0.1, 4)}),
    "close_port": ({"port": _text}, {}),
    "close_suez": ({}, {}),
    "faults": ({}, FAULTS),
}
"""Kind of event -> its required and its other keys, beside `at`, `kind` and `for`."""
VESSEL: Final[dict[str, Check]] = {
    "vessel_name": _text,
    "vessel_type": lambda value: VesselType(str(value)).value,
    "position": lambda value: _place(value, ("latitude", "longitude")),
    "destination": lambda value: _destination(value),
    **{name: _number(low, high) for name, (low, high, _) in RANGES.items()},
    "imo_number": _ship,
    "mmsi": _mmsi,
    "flag": _text,
    "route": _text,
    "route_progress": _number(0, 1),
}
"""Keys of a vessel, and what makes a value of each."""


def _place(value: object, names: tuple[str, str]) -> tuple[float, float]:
    if not isinstance(value, dict) or not set(names) <= value.keys():
        raise ValueError(f"{value!r:.60} has no {names[0]} and {names[1]}")
    return _number(-90, 90)(value[names[0]]), _number(-180, 180)(value[names[1]])


def _destination(value: object) -> Waypoint | str:
    """A port's name or locode, or a place."""
    if not isinstance(value, dict):
        return _text(value)
    lat, lon = _place(value, ("latitude", "longitude"))
    return Waypoint(lat, lon, _text(value.get("name") or f"{lat:g}, {lon:g}"))


def _waypoint(value: object) -> Waypoint:
    lat, lon = _place(value, ("lat", "lon"))
    name = value.get("name") if isinstance(value, dict) else None
    return Waypoint(lat, lon, _text(name) if name is not None else f"{lat:g}, {lon:g}")


class _Reader:
    """Turns tables into records, and says where a mistake is."""

    def __init__(self, path: Path, lines: dict[tuple[str, int, str], int]) -> None:
        self._path, self._lines = path, lines

    def scenario(self, table: dict[str, Any]) -> Scenario:
        """The whole file."""
        top = {"title", "about", "seed", "start", "rate", "update_interval", "fleet", "route", "vessel", "event"}
        self._known("", 0, table, top)
        for key in ("route", "vessel", "event"):
            if not isinstance(table.get(key, []), list):
                raise self._error(key, 0, "", f"write [[{key}]], with two brackets")
        self._top(table)
        routes = tuple(self._route(at, row) for at, row in enumerate(table.get("route", [])))
        vessels = tuple(
            self._vessel(at, row, {route.name for route in routes}) for at, row in enumerate(table.get("vessel", []))
        )
        events = [self.event(at, row) for at, row in enumerate(table.get("event", []))]
        return Scenario(
            self._path.stem,
            table.get("title", self._path.stem),
            table.get("about", ""),
            self._shares(table.get("fleet", {})),
            routes,
            vessels,
            tuple(sorted(events, key=lambda event: event.at_s)),
        )

    def _top(self, table: dict[str, Any]) -> None:
        checks: dict[str, Check] = {
            "title": _text, "about": _text, "seed": _number(0, 2**32 - 1), "start": _time,
            "rate": _number(0.1, 1000), "update_interval": _number(0.25, 3600),
        }  # fmt: skip
        for key, check in checks.items():
            if key in table:
                self._checked("", 0, key, check, table[key])

    def _shares(self, fleet: object) -> dict[str, float]:
        if not isinstance(fleet, dict):
            raise self._error("", 0, "fleet", f"{fleet!r:.60} is no table")
        self._known("fleet", 0, fleet, {"size", "shares"})
        if "size" in fleet:
            self._checked("fleet", 0, "size", _number(1, 1_000_000), fleet["size"])
        shares = fleet.get("shares", {})
        if not isinstance(shares, dict) or not set(shares) <= {"container", "bulker", "general_cargo", "tanker"}:
            raise self._error("fleet", 0, "shares", "shares are of container, bulker, general_cargo, tanker")
        found = {kind: self._checked("fleet", 0, "shares", _number(0, 1e6), share) for kind, share in shares.items()}
        if found and not sum(found.values()) > 0:
            raise self._error("fleet", 0, "shares", "all shares are 0")
        return found

    def _route(self, at: int, row: dict[str, Any]) -> PlannedRoute:
        self._known("route", at, row, {"name", "waypoints", "vessel_types"})
        name = self._checked("route", at, "name", _text, row.get("name"))
        points = row.get("waypoints")
        if not isinstance(points, list) or len(points) < 2:
            raise self._error("route", at, "waypoints", "a route has at least two waypoints")
        waypoints = tuple(self._checked("route", at, "waypoints", _waypoint, point) for point in points)
        kinds = row.get("vessel_types", [])
        types = tuple(self._checked("route", at, "vessel_types", VESSEL["vessel_type"], kind) for kind in kinds)
        return PlannedRoute(name, waypoints, types, self._line("route", at, "name"))

    def _vessel(self, at: int, row: dict[str, Any], routes: set[str]) -> PlannedVessel:
        self._known("vessel", at, row, VESSEL.keys())
        found = {key: self._checked("vessel", at, key, VESSEL[key], value) for key, value in row.items()}
        for key in ("vessel_name", "vessel_type"):
            if key not in found:
                raise self._error("vessel", at, key, "is missing")
        if found.get("route") is not None and found["route"] not in routes:
            raise self._error("vessel", at, "route", f"no [[route]] is called {found['route']!r:.60}")
        if "route" not in found and "position" not in found:
            raise self._error("vessel", at, "position", "a vessel needs a position or a route")
        own = {item.name: found[item.name] for item in fields(Vessel) if item.name in found}
        progress = found.get("route_progress", 0.0)
        return PlannedVessel(Vessel(**own), found.get("route"), progress, self._line("vessel", at, "vessel_name"))

    def event(self, at: int, row: dict[str, Any]) -> Event:
        """One event of a file."""
        kind = row.get("kind")
        if not isinstance(kind, str) or kind not in KINDS:
            raise self._error("event", at, "kind", f"{kind!r:.60} is not one of {', '.join(KINDS)}")
        required, further = KINDS[kind]
        self._known("event", at, row, {"at", "kind", "for", *required, *further})
        for key in ("at", *required):
            if key not in row:
                raise self._error("event", at, key, "is missing")
        checks = required | further
        values = {key: self._checked("event", at, key, checks[key], row[key]) for key in row if key in checks}
        start = self._checked("event", at, "at", span_s, row["at"])
        lasts = self._checked("event", at, "for", span_s, row["for"]) if "for" in row else float("inf")
        return Event(start, kind, lasts, values, self._line("event", at, "kind"))

    def _known(self, table: str, at: int, row: object, known: Any) -> None:
        if not isinstance(row, dict):
            raise self._error(table, at, "", f"{row!r:.60} is no table")
        for key in row:
            if key not in known:
                raise self._error(table, at, key, f"is not one of {', '.join(sorted(known))}")

    def _checked(self, table: str, at: int, key: str, check: Check, value: object) -> Any:
        try:
            return check(value)
        except ValueError as error:
            raise self._error(table, at, key, str(error)) from error

    def _line(self, table: str, at: int, key: str) -> int:
        return self._lines.get((table, at, key), self._lines.get((table, at, ""), 1))

    def _error(self, table: str, at: int, key: str, text: str) -> ScenarioError:
        where = ".".join(part for part in (table, key) if part)
        return ScenarioError(f"{self._path.name} line {self._line(table, at, key)}: {where}: {text}")


def _time(value: object) -> datetime:
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise ValueError(f"{value!r:.60} is no time like 2026-01-31T12:00:00Z (without quotes)")
    return value.astimezone(UTC)


def _lines(text: str) -> dict[tuple[str, int, str], int]:
    """Where each key stands: (table, how many of its kind before it, key) -> line; the key '' is the header."""
    found: dict[tuple[str, int, str], int] = {}
    counts: dict[str, int] = {}
    table, at = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        header, key = _HEADER.fullmatch(line), _KEY.match(line)
        if header:
            table = header[2]
            at = counts.get(table, 0) if header[1] == "[[" else 0
            counts[table] = at + 1
            found[table, at, ""] = number
        elif key:
            found.setdefault((table, at, key[1]), number)
    return found
