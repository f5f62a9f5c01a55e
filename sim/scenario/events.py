"""Events: makes happen what a scenario says, at its second, and labels the truth."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from fairway.chart.network import SUEZ
from fairway.chart.routing import UnsailableError
from fairway.errors import RequestError
from sim.reports.faults import Faults, FaultyLine
from sim.reports.spoofing import Spoofing
from sim.scenario.maneuvers import drift, hold_at_port, meet
from sim.scenario.scenario import Scenario, ScenarioEvent
from sim.simulation import Simulation

log = logging.getLogger(__name__)
Order = Callable[[Mapping[str, Any]], tuple[int, ...]]
"""Values of an event -> the vessels concerned."""
Note = Callable[[float, str, Mapping[str, Any], float], None]
_SAME_S: Final = 0.0005
"""Times of events are kept to the millisecond."""
SWEEP_S: Final = 60.0
"""How often the next vessel is looked for that must turn away from what is closed."""


@dataclass(slots=True)
class Running:
    """An event that has begun: until when, which vessels it concerns (true MMSIs), and how to end it."""

    event: ScenarioEvent
    began: float
    until: float
    vessels: tuple[int, ...] = ()
    failed: str = ""
    etas: dict[int, tuple[float, float]] = field(default_factory=dict)
    """By MMSI: ETA before and after, of those that had to change it."""


class ScenarioEvents:
    """The events of a scenario, in the order of their times.

    Args:
        scenario: what shall happen.
        sea: whom it happens to.
        line: where the faults are made.
        start: time of the scenario's start, Unix seconds.
        orders: what carries out events that are a person's orders, by kind; each is over at once.
        note: told of each event that begins: time, kind, values and seconds that it lasts.

    """

    def __init__(
        self,
        scenario: Scenario,
        simulation: Simulation,
        line: FaultyLine,
        start: float,
        orders: Mapping[str, Order] | None = None,
        note: Note = lambda *_: None,
    ) -> None:
        self.scenario, self.start = scenario, start
        self._orders, self._note = orders or {}, note
        self.running: list[Running] = []
        self.over: list[Running] = []
        self._simulation, self._line = simulation, line
        self._next_sweep = start
        self._kept: set[int] = set()
        self._ahead = list(scenario.events)
        self._begin: dict[str, Callable[[ScenarioEvent], tuple[int, ...]]] = {
            "meeting": self._meeting,
            "drift": self._drift,
            "close_port": self._close_port,
            "close_suez": self._close_suez,
            "faults": self._faults,
        }

    def spoofing(self) -> list[Spoofing]:
        """Those that are going on."""
        return [
            Spoofing(run.vessels[0], run.event.kind, run.event.values)
            for run in self.running
            if run.vessels and run.event.kind in ("dark", "identity", "false_position")
        ]

    @property
    def ahead(self) -> list[ScenarioEvent]:
        """Those of the scenario that have not begun."""
        return list(self._ahead)

    def step(self) -> None:
        """Begin and end what is due at the sea's time. Orders come between two steps as well, and before this."""
        while self._ahead and self.start + self._ahead[0].at_s <= self._simulation.now + _SAME_S:
            self.begin(self._ahead.pop(0))
        now = self._simulation.now
        for run in [run for run in self.running if run.until <= now]:
            self._end(run)
        if now >= self._next_sweep:
            self._next_sweep = now + SWEEP_S
            self._sweep()

    def begin(self, event: ScenarioEvent) -> Running:
        """Let an event happen now. One that can't happen is logged, and says why in the truth."""
        now, order = self._simulation.now, self._orders.get(event.kind)
        run = Running(event, now, now if order else now + event.for_s)
        self._note(now, event.kind, event.values, event.for_s)
        try:
            if order:
                run.vessels = order(event.values)
                self.over.append(run)
            else:
                run.vessels = self._begin.get(event.kind, self._ship)(event)
                self.running.append(run)
        except (LookupError, ValueError, RequestError) as error:
            run.failed = str(error.args[0])
            self.over.append(run)
            log.warning("scenario %s line %d: %s: %s", self.scenario.name, event.line, event.kind, run.failed)
        return run

    def _end(self, run: Running) -> None:
        self.running.remove(run)
        self.over.append(run)
        if run.event.kind == "close_suez" and not self._is_running("close_suez"):
            self._simulation.closed.discard(SUEZ)
        if run.event.kind == "faults":
            others = [other for other in self.running if other.event.kind == "faults"]
            self._line.faults = Faults(**others[-1].event.values) if others else Faults()

    def _is_running(self, kind: str) -> bool:
        return any(run.event.kind == kind for run in self.running)

    def _ship(self, event: ScenarioEvent) -> tuple[int, ...]:
        return (self.find(event.values["vessel"]),)

    def _meeting(self, event: ScenarioEvent) -> tuple[int, ...]:
        first, second = (self.find(name) for name in event.values["vessels"])
        meet(self._simulation, first, second, event.for_s if np.isfinite(event.for_s) else 3600.0)
        return first, second

    def _drift(self, event: ScenarioEvent) -> tuple[int, ...]:
        mmsi = self.find(event.values["vessel"])
        values, hours = event.values, min(event.for_s / 3600, 48.0)
        drift(self._simulation, mmsi, values.get("course", 120.0), values.get("speed", 1.2), hours)
        return (mmsi,)

    def _close_port(self, event: ScenarioEvent) -> tuple[int, ...]:
        until = self._simulation.now + event.for_s
        return hold_at_port(self._simulation, event.values["port"], until, check=True)

    def _close_suez(self, _event: ScenarioEvent) -> tuple[int, ...]:
        self._simulation.closed.add(SUEZ)
        return ()

    def _faults(self, event: ScenarioEvent) -> tuple[int, ...]:
        self._line.faults = Faults(**event.values)
        return ()

    def _sweep(self) -> None:
        """One vessel more turns away from what is closed: masters hear of it one after another."""
        for run in self.running:
            if run.event.kind == "close_suez":
                run.vessels += self._turned(run.etas)
            elif run.event.kind == "close_port":
                run.vessels += hold_at_port(self._simulation, run.event.values["port"], run.until, kept=self._kept)

    def _turned(self, etas: dict[int, tuple[float, float]]) -> tuple[int, ...]:
        """The next vessel bound for the canal, which now goes round; a vessel that finds no other way keeps its own."""
        independent = self._simulation.independent
        for mmsi, eta, turn in self._bound_for_canal():
            if mmsi in self._kept:
                continue
            try:
                row = turn()
            except UnsailableError as error:
                self._kept.add(mmsi)
                log.warning("vessel %d keeps its way: %s", mmsi, error)
            else:
                etas[mmsi] = eta, float(independent.fleet.eta[row])
                return (mmsi,)
        return ()

    def _bound_for_canal(self) -> Iterator[tuple[int, float, Callable[[], int]]]:
        """MMSI and ETA of those that have the canal before them, and what lets one turn: it gives its row."""
        simulation, independent = self._simulation, self._simulation.independent
        world, fleet = simulation.world, simulation.world.fleet
        begins = np.where(world.lanes.passage == "suez", world.lanes.canal[:, 0], np.nan)[fleet.leg]
        out = world.lanes.entrance_out_nm[fleet.leg] + 3.0
        before = (fleet.along_nm < begins - 2.0) & (fleet.along_nm > out) & (fleet.mmsi > 0)
        for row in np.flatnonzero(before).tolist():
            yield int(fleet.mmsi[row]), float(fleet.eta[row]), functools.partial(simulation.take_over, row)
        for row, sail in enumerate(independent.sails):
            canal = sail.path.canal_nm if sail else None
            if canal and independent.fleet.along_nm[row] < canal[0] - 2.0:
                turn = functools.partial(simulation.detour, row)
                yield int(independent.fleet.mmsi[row]), float(independent.fleet.eta[row]), turn

    def find(self, name: str) -> int:
        """The true MMSI of a vessel by its name, IMO number or MMSI.

        Raises:
            LookupError: There is none.

        """
        digits = name.upper().removeprefix("IMO").strip()
        for truth in (self._simulation.independent, self._simulation.world):
            fleet = truth.fleet
            if digits.isdecimal():
                rows = np.flatnonzero((fleet.mmsi == int(digits)) | (fleet.imo == int(digits)))
            else:
                rows = np.array([row for row, text in enumerate(fleet.name) if text == name], np.intp)
            rows = rows[fleet.mmsi[rows] > 0] if len(rows) else rows
            if len(rows):
                return int(fleet.mmsi[rows[0]])
        raise LookupError(f"no vessel {name!r:.60}")

    def truth(self) -> list[dict[str, Any]]:
        """Every event with its times and vessels, those ahead included; Unix seconds."""
        start = self.start
        ahead = [
            _told(Running(event, start + event.at_s, start + event.at_s + event.for_s), "ahead")
            for event in self._ahead
        ]
        return [*(self.truth_of(run) for run in (*self.over, *self.running)), *ahead]

    def truth_of(self, run: Running) -> dict[str, Any]:
        """One event that has begun."""
        state = "failed" if run.failed else "running" if run in self.running else "over"
        return _told(run, state) | ({"reason": run.failed} if run.failed else {})


def _told(run: Running, state: str) -> dict[str, Any]:
    event = run.event
    return {
        "kind": event.kind,
        "state": state,
        "began": run.began,
        "until": run.until,
        "vessels": list(run.vessels),
        "values": dict(event.values),
        "line": event.line,
        "changes": [{"mmsi": mmsi, "eta_before": old, "eta_after": new} for mmsi, (old, new) in run.etas.items()],
    }
