"""Journal: what was asked of a simulation and what happened in it, in order, so that it can be done again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
import tomli_w

from fairway.settings import Settings
from sim.custom.vessel import order_of
from sim.scenario.scenario import PlannedRoute, PlannedVessel, Scenario, ScenarioEvent

MOST_ENTRIES: Final = 10_000


class Journal:
    """Everything since the simulation began, as events of a scenario.

    Attributes:
        start: when the simulation began, Unix seconds. update_interval: seconds, as it was then.
        entries: the events, each with `at`, seconds after the start.
        lost: how many came after MOST_ENTRIES, and are not kept.

    """

    def __init__(self, start: float, update_interval: float) -> None:
        self.start, self.update_interval = start, update_interval
        self.entries: list[dict[str, Any]] = []
        self.lost = 0

    def note(self, now: float, kind: str, values: Mapping[str, Any], for_s: float = np.inf) -> None:
        """Something was done at `now`, Unix seconds."""
        if len(self.entries) >= MOST_ENTRIES:
            self.lost += 1
            return
        self.entries.append(_row(now - self.start, kind, values, for_s))

    def told(self) -> dict[str, Any]:
        """For JSON."""
        return {"complete": not self.lost, "lost": self.lost, "events": _told(self.entries)}

    def scenario(self, plan: Scenario, ahead: Iterable[ScenarioEvent], head: Mapping[str, Any]) -> str:
        """A scenario file that does the same again.

        Args:
            plan: the scenario that runs.
            ahead: its events that are still to come.
            head: the file's further keys: seed, fleet and what else makes the world.

        """
        lost = f" {self.lost} orders after the first {MOST_ENTRIES} are missing." if self.lost else ""
        table: dict[str, Any] = {
            "title": plan.title or "A recorded session",
            "about": f"{plan.about or 'What was asked of a running simulation, to be done again.'}{lost}",
            "start": datetime.fromtimestamp(self.start, UTC),
            "update_interval": self.update_interval,
            **head,
            "route": [_route(route) for route in plan.routes],
            "vessel": [_vessel(vessel) for vessel in plan.vessels],
            "event": [*self.entries, *(_row(event.at_s, event.kind, event.values, event.for_s) for event in ahead)],
        }
        return tomli_w.dumps({key: value for key, value in table.items() if value != []})


def file_head(settings: Settings, rate: float, plan: Scenario) -> dict[str, Any]:
    """The keys of a scenario file that make its world: seed, fleet and how that is heard."""
    usual = Settings()
    heard = {key: getattr(settings, key) for key in ("reporting", "coverage")}
    other = {key: value for key, value in heard.items() if value != getattr(usual, key)}
    shares = {"shares": dict(plan.shares)} if plan.shares else {}
    return {"seed": settings.seed, "rate": rate, **other, "fleet": {"size": settings.fleet_size, **shares}}


def _row(at_s: float, kind: str, values: Mapping[str, Any], for_s: float) -> dict[str, Any]:
    lasts = {"for": for_s} if np.isfinite(for_s) else {}
    return {"at": round(at_s, 3), "kind": kind, **_plain(values), **lasts}


def _plain(value: Any) -> Any:
    """The value without what TOML does not know; null is left out."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value if item is not None]
    return str(value) if isinstance(value, str) else value


def _told(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _told(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_told(item) for item in value]
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else value


def _route(route: PlannedRoute) -> dict[str, Any]:
    points = [{"lat": point.lat, "lon": point.lon, "name": point.name} for point in route.waypoints]
    return {"name": route.name, "waypoints": points, "vessel_types": list(route.vessel_types)}


def _vessel(planned: PlannedVessel) -> dict[str, Any]:
    on = {"route": planned.route, "route_progress": planned.route_progress} if planned.route else {}
    return order_of(planned.vessel) | on
