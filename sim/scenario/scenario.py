"""Scenarios, read from TOML files. Every mistake is an error that names its line and key.

docs/guide/scenarios.md describes the format. Nothing is simulated here.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

import msgspec
from msgspec import UNSET

from fairway.commands.base import Command
from fairway.commands.body import command_of
from fairway.commands.events import Event, span_s
from fairway.commands.routes import AddRoute
from fairway.commands.union import ScenarioCommand, kind_of
from fairway.commands.validation import Fault, fault_of
from fairway.commands.vessels import AddVessel
from sim.scenario.schema import EventTime, FleetTable, ScenarioFile

_HEADER: Final = re.compile(r"\s*(\[\[?)\s*([\w.-]+)\s*\]\]?\s*(?:#.*)?")
_KEY: Final = re.compile(r"\s*([\w-]+)\s*=")
_LISTS: Final = ("route", "vessel", "event")
C = TypeVar("C", bound=Command)
T = TypeVar("T")


class ScenarioError(ValueError):
    """A scenario file is wrong: the message names file, line and key."""


@dataclass(frozen=True, slots=True)
class ScenarioEvent:
    """An event of a scenario.

    Attributes:
        at_s: seconds after the start.
        command: what happens; a command of a journal is over at once.
        line: line in its file; 0 for an event from elsewhere.

    """

    at_s: float
    command: Any
    line: int = 0

    @property
    def kind(self) -> str:
        """The `kind` in its file."""
        return kind_of(self.command)

    @property
    def for_s(self) -> float:
        """Seconds that it lasts; infinite without `for`."""
        return self.command.for_s if isinstance(self.command, Event) else float("inf")


@dataclass(frozen=True, slots=True)
class Planned(Generic[C]):
    """A vessel or route that exists from the start, and its line in the file."""

    command: C
    line: int


@dataclass(frozen=True, slots=True)
class Scenario:
    """A whole scenario.

    Attributes:
        name: the file's name without its ending. title, about: the file's own words.
        shares: type of vessel -> its share of the fleet; empty for the usual shares.
        routes, vessels: in the order of the file. events: by time.

    """

    name: str
    title: str
    about: str = ""
    shares: Mapping[str, float] = field(default_factory=dict)
    routes: tuple[Planned[AddRoute], ...] = ()
    vessels: tuple[Planned[AddVessel], ...] = ()
    events: tuple[ScenarioEvent, ...] = ()


def load(path: Path) -> Scenario:
    """Read and check a file.

    Raises:
        ScenarioError: The file has a mistake; the message names line and key.

    """
    text = path.read_text(encoding="utf-8")
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(f"{path.name}: {error}") from error
    return _Reader(path, _lines(text)).scenario(table)


class _Reader:
    """Turns tables into commands, and names the place of a mistake."""

    def __init__(self, path: Path, lines: dict[tuple[str, int, str], int]) -> None:
        self._path, self._lines = path, lines

    def scenario(self, table: dict[str, Any]) -> Scenario:
        """Return the whole file."""
        for name in _LISTS:
            if not isinstance(table.get(name, []), list):
                raise self._error(name, 0, "", f"write [[{name}]], with two brackets")
        read = self._checked(table, ScenarioFile)
        routes = tuple(
            Planned(command_of(AddRoute, row), self._line("route", at, "name")) for at, row in enumerate(read.route)
        )
        names = {route.command.name for route in routes}
        return Scenario(
            self._path.stem,
            self._path.stem if read.title is UNSET else read.title,
            "" if read.about is UNSET else read.about,
            {} if read.fleet is UNSET else self._shares(read.fleet),
            routes,
            tuple(self._vessel(at, command_of(AddVessel, row), names) for at, row in enumerate(read.vessel)),
            tuple(sorted(map(self._event, range(len(read.event)), read.event), key=lambda event: event.at_s)),
        )

    def _shares(self, fleet: FleetTable) -> dict[str, float]:
        if fleet.shares is UNSET:
            return {}
        found = {kind: share for kind, share in msgspec.structs.asdict(fleet.shares).items() if share > 0}
        if not found:
            raise self._error("fleet", 0, "shares", "all shares are 0")
        return found

    def _vessel(self, at: int, vessel: AddVessel, routes: set[str]) -> Planned[AddVessel]:
        if vessel.route is not UNSET and vessel.route not in routes:
            raise self._error("vessel", at, "route", f"no [[route]] is called {vessel.route!r:.60}")
        if vessel.route is UNSET and vessel.position is UNSET:
            raise self._error("vessel", at, "position", "a vessel needs a position or a route")
        return Planned(vessel, self._line("vessel", at, "vessel_name"))

    def _event(self, at: int, row: dict[str, Any]) -> ScenarioEvent:
        start = self._checked(row, EventTime, ("event", at))
        command = self._checked({key: row[key] for key in row if key != "at"}, ScenarioCommand, ("event", at))
        return ScenarioEvent(span_s(start.at), command, self._line("event", at, "kind"))

    def _checked(self, value: object, kind: Any, within: tuple[str | int, ...] = ()) -> Any:
        try:
            return msgspec.convert(value, kind)
        except msgspec.ValidationError as error:
            fault = fault_of(error, value, kind)
            raise self._located(within + fault.path, fault) from error

    def _located(self, path: tuple[str | int, ...], fault: Fault) -> ScenarioError:
        """The error at a path such as ("vessel", 2, "position", "latitude")."""
        table, at, rest = "", 0, path
        if path and path[0] == "fleet" and (len(path) > 1 or fault.key):
            table, rest = "fleet", path[1:]
        elif len(path) > 1 and path[0] in _LISTS:
            table, at, rest = str(path[0]), int(path[1]), path[2:]
        names = [*rest, *([fault.key] if fault.key else [])]
        key = str(names[0]) if names else ""
        inner = Fault(tuple(rest[1:]), fault.key if rest else None, fault.text)
        return self._error(table, at, key, fault.text if not rest else str(inner))

    def _line(self, table: str, at: int, key: str) -> int:
        return self._lines.get((table, at, key), self._lines.get((table, at, ""), 1))

    def _error(self, table: str, at: int, key: str, text: str) -> ScenarioError:
        where = ".".join(part for part in (table, key) if part)
        return ScenarioError(f"{self._path.name} line {self._line(table, at, key)}: {where}: {text}")


def _lines(text: str) -> dict[tuple[str, int, str], int]:
    """Lines of keys: (table, number of tables of its kind before it, key) -> line; the key '' is the header."""
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
