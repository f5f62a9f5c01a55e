"""Scenario: what shall happen, from a TOML file. Every mistake is an error that names its line and key.

The format is described in docs/guide/scenarios.md. Nothing is simulated here.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final

from sim.custom.vessel import Vessel, Waypoint
from sim.scenario.schema import KINDS, ORDERS, VESSEL, Check, number_in, span_s, text_of, time_of, waypoint

_HEADER: Final = re.compile(r"\s*(\[\[?)\s*([\w.-]+)\s*\]\]?\s*(?:#.*)?")
_KEY: Final = re.compile(r"\s*([\w-]+)\s*=")


class ScenarioError(ValueError):
    """A scenario that can't be: the message names file, line and key."""


@dataclass(frozen=True, slots=True)
class ScenarioEvent:
    """Something that happens.

    Attributes:
        at_s: seconds after the start.
        kind: one of KINDS or ORDERS.
        for_s: how long it lasts; inf: for good.
        values: its further keys, checked; those of an order as they were given.
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
    events: tuple[ScenarioEvent, ...] = ()


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


def event(row: dict[str, Any]) -> ScenarioEvent:
    """One event that comes from elsewhere than a file, and happens now; its keys are those of a file's.

    Raises:
        ScenarioError: What is wrong, with its key.

    """
    return _Reader(Path("event"), {}).event(0, {"at": 0} | row)


_TOP: Final[dict[str, Check]] = {
    "title": text_of, "about": text_of, "seed": number_in(0, 2**32 - 1), "start": time_of, "rate": number_in(0.1, 1000),
    "update_interval": number_in(0.25, 3600), "reporting": text_of, "coverage": text_of,
}  # fmt: skip


class _Reader:
    """Turns tables into records, and says where a mistake is."""

    def __init__(self, path: Path, lines: dict[tuple[str, int, str], int]) -> None:
        self._path, self._lines = path, lines

    def scenario(self, table: dict[str, Any]) -> Scenario:
        """The whole file."""
        top = {*_TOP, "fleet", "route", "vessel", "event"}
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
        for key, check in _TOP.items():
            if key in table:
                self._checked("", 0, key, check, table[key])

    def _shares(self, fleet: object) -> dict[str, float]:
        if not isinstance(fleet, dict):
            raise self._error("", 0, "fleet", f"{fleet!r:.60} is no table")
        self._known("fleet", 0, fleet, {"size", "shares"})
        if "size" in fleet:
            self._checked("fleet", 0, "size", number_in(1, 1_000_000), fleet["size"])
        shares = fleet.get("shares", {})
        if not isinstance(shares, dict) or not set(shares) <= {"container", "bulker", "general_cargo", "tanker"}:
            raise self._error("fleet", 0, "shares", "shares are of container, bulker, general_cargo, tanker")
        found = {kind: self._checked("fleet", 0, "shares", number_in(0, 1e6), share) for kind, share in shares.items()}
        if found and not sum(found.values()) > 0:
            raise self._error("fleet", 0, "shares", "all shares are 0")
        return found

    def _route(self, at: int, row: dict[str, Any]) -> PlannedRoute:
        self._known("route", at, row, {"name", "waypoints", "vessel_types"})
        name = self._checked("route", at, "name", text_of, row.get("name"))
        points = row.get("waypoints")
        if not isinstance(points, list) or len(points) < 2:
            raise self._error("route", at, "waypoints", "a route has at least two waypoints")
        waypoints = tuple(self._checked("route", at, "waypoints", waypoint, point) for point in points)
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

    def event(self, at: int, row: dict[str, Any]) -> ScenarioEvent:
        """One event of a file."""
        kind = row.get("kind")
        known = KINDS | ORDERS
        if not isinstance(kind, str) or kind not in known:
            raise self._error("event", at, "kind", f"{kind!r:.60} is not one of {', '.join(known)}")
        required, further = known[kind]
        self._known("event", at, row, {"at", "kind", "for", *required, *further})
        for key in ("at", *required):
            if key not in row:
                raise self._error("event", at, key, "is missing")
        checks = required | further
        values = {key: self._checked("event", at, key, checks[key], row[key]) for key in row if key in checks}
        if kind in ORDERS:
            values = {key: row[key] for key in values}
        start = self._checked("event", at, "at", span_s, row["at"])
        lasts = self._checked("event", at, "for", span_s, row["for"]) if "for" in row else float("inf")
        return ScenarioEvent(start, kind, lasts, values, self._line("event", at, "kind"))

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
