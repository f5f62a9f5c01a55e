"""The journal of a simulation: its commands and events, in order, as a scenario that repeats them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import tomli_w

from fairway.commands.base import Command
from fairway.commands.union import kind_of, values_of
from fairway.settings import Settings
from sim.scenario.scenario import Scenario, ScenarioEvent

MAX_ENTRIES: Final = 10_000


class Journal:
    """Everything since the simulation started, as events of a scenario.

    Attributes:
        start: start of the simulation, Unix seconds. update_interval: seconds, as it was then.
        entries: the events, each with `at`, seconds after the start.
        lost: number of commands after MAX_ENTRIES, which are missing.

    """

    def __init__(self, start: float, update_interval: float) -> None:
        self.start, self.update_interval = start, update_interval
        self.entries: list[dict[str, Any]] = []
        self.lost = 0

    def note(self, now: float, command: Command) -> None:
        """Add a command that took effect at `now`, Unix seconds."""
        if len(self.entries) >= MAX_ENTRIES:
            self.lost += 1
            return
        self.entries.append(_row(now - self.start, command))

    def reply(self) -> dict[str, Any]:
        """Return the journal for JSON: `complete`, `lost`, `events`."""
        return {"complete": not self.lost, "lost": self.lost, "events": _for_json(self.entries)}

    def scenario(self, plan: Scenario, ahead: Iterable[ScenarioEvent], head: Mapping[str, Any]) -> str:
        """Return a scenario file that repeats the session.

        Args:
            plan: the scenario that runs.
            ahead: its events that are still to come.
            head: the file's further keys: seed, fleet and what else makes the world.

        """
        lost = f" {self.lost} commands after the first {MAX_ENTRIES} are missing." if self.lost else ""
        table: dict[str, Any] = {
            "title": plan.title or "A recorded session",
            "about": f"{plan.about or 'The commands of a simulation, to be repeated.'}{lost}",
            "start": datetime.fromtimestamp(self.start, UTC),
            "update_interval": self.update_interval,
            **head,
            "route": [values_of(route.command) for route in plan.routes],
            "vessel": [values_of(vessel.command) for vessel in plan.vessels],
            "event": [*self.entries, *(_row(event.at_s, event.command) for event in ahead)],
        }
        return tomli_w.dumps({key: value for key, value in table.items() if value != []})


def file_head(settings: Settings, rate: float, plan: Scenario) -> dict[str, Any]:
    """Return the keys of a scenario file that make its world: seed, fleet and the way its reports are received."""
    usual = Settings()
    received = {key: getattr(settings, key) for key in ("reporting", "coverage")}
    other = {key: value for key, value in received.items() if value != getattr(usual, key)}
    shares = {"shares": dict(plan.shares)} if plan.shares else {}
    return {"seed": settings.seed, "rate": rate, **other, "fleet": {"size": settings.fleet_size, **shares}}


def _row(at_s: float, command: Command) -> dict[str, Any]:
    return {"at": round(at_s, 3), "kind": kind_of(command), **values_of(command)}


def _for_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _for_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_for_json(item) for item in value]
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else value
