"""Events of a scenario: begin and end them at their second, and label the truth."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from msgspec import structs

from fairway.chart.network import SUEZ
from fairway.commands.base import Command
from fairway.commands.events import (
    ClosePortEvent,
    CloseSuezEvent,
    DarkEvent,
    DriftEvent,
    Event,
    FalsePositionEvent,
    FaultsEvent,
    IdentityEvent,
    MeetingEvent,
    SetFaults,
)
from fairway.commands.union import values_of
from fairway.errors import RequestError
from sim.reports.faults import Faults, FaultyLine
from sim.reports.spoofing import Spoofing
from sim.scenario.canal import turn_next
from sim.scenario.lookup import find_vessel
from sim.scenario.maneuvers import drift, hold_at_port, meet
from sim.scenario.scenario import Scenario, ScenarioEvent
from sim.simulation import Simulation

log = logging.getLogger(__name__)
Execute = Callable[[Any], tuple[int, ...]]
"""Executes a command of a journal, and returns the vessels concerned."""
Note = Callable[[float, Command], None]
_SAME_S: Final = 0.0005
"""Scenario files hold times to the millisecond."""
SWEEP_S: Final = 60.0
"""Interval at which one more vessel turns away from what is closed."""
MEETING_S: Final = 3600.0
MAX_DRIFT_H: Final = 48.0


@dataclass(slots=True)
class Running:
    """An event that has started: its times, and the true MMSIs of the vessels concerned."""

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
        scenario: the events, by time.
        simulation: the vessels that they concern.
        line: the feed's line, which makes the faults.
        start: time of the scenario's start, Unix seconds.
        execute: executes commands of a journal among the events; each is over at once.
        note: takes the time and the command of each event that begins.

    """

    def __init__(
        self,
        scenario: Scenario,
        simulation: Simulation,
        line: FaultyLine,
        start: float,
        execute: Execute = lambda _command: (),
        note: Note = lambda *_: None,
    ) -> None:
        self.scenario, self.start = scenario, start
        self._execute, self._note = execute, note
        self.running: list[Running] = []
        self.over: list[Running] = []
        self._simulation, self._line = simulation, line
        self._next_sweep = start
        self._unable: set[int] = set()
        self._ahead = list(scenario.events)

    def spoofing(self) -> list[Spoofing]:
        """Return the spoofing that goes on."""
        return [
            Spoofing(run.vessels[0], run.event.kind, values_of(run.event.command))
            for run in self.running
            if run.vessels and isinstance(run.event.command, DarkEvent | IdentityEvent | FalsePositionEvent)
        ]

    @property
    def ahead(self) -> list[ScenarioEvent]:
        """Events of the scenario that have not started."""
        return list(self._ahead)

    def step(self) -> None:
        """Begin and end what is due at the simulation's time, before it steps on."""
        while self._ahead and self.start + self._ahead[0].at_s <= self._simulation.now + _SAME_S:
            self.begin(self._ahead.pop(0))
        now = self._simulation.now
        for run in [run for run in self.running if run.until <= now]:
            self._end(run)
        if now >= self._next_sweep:
            self._next_sweep = now + SWEEP_S
            self._sweep()

    def begin(self, event: ScenarioEvent) -> Running:
        """Begin an event now. One that is impossible is logged, and the truth gives the reason."""
        now, lasts = self._simulation.now, isinstance(event.command, Event)
        run = Running(event, now, now + event.for_s if lasts else now)
        self._note(now, event.command)
        try:
            run.vessels = self._start(event.command)
            (self.running if lasts else self.over).append(run)
        except (LookupError, ValueError, RequestError) as error:
            run.failed = str(error.args[0])
            self.over.append(run)
            log.warning("scenario %s line %d: %s: %s", self.scenario.name, event.line, event.kind, run.failed)
        return run

    def _start(self, command: Any) -> tuple[int, ...]:  # noqa: PLR0911 - one case for each kind
        """Make it happen; return the vessels concerned."""
        match command:
            case MeetingEvent():
                return self._meeting(command)
            case DriftEvent():
                mmsi = find_vessel(self._simulation, command.vessel)
                hours = min(command.for_s / 3600, MAX_DRIFT_H)
                drift(self._simulation, mmsi, command.course, command.speed, hours)
                return (mmsi,)
            case ClosePortEvent():
                return hold_at_port(self._simulation, command.port, self._simulation.now + command.for_s, check=True)
            case CloseSuezEvent():
                self._simulation.closed.add(SUEZ)
                return ()
            case FaultsEvent():
                self._line.faults = faults_of(command)
                return ()
            case DarkEvent() | IdentityEvent() | FalsePositionEvent():
                return (find_vessel(self._simulation, command.vessel),)
        return self._execute(command)

    def _end(self, run: Running) -> None:
        self.running.remove(run)
        self.over.append(run)
        command = run.event.command
        others = [other.event.command for other in self.running if type(other.event.command) is type(command)]
        if isinstance(command, CloseSuezEvent) and not others:
            self._simulation.closed.discard(SUEZ)
        if isinstance(command, FaultsEvent):
            self._line.faults = faults_of(others[-1]) if others else Faults()

    def _meeting(self, command: MeetingEvent) -> tuple[int, ...]:
        first, second = (find_vessel(self._simulation, vessel) for vessel in command.vessels)
        meet(self._simulation, first, second, command.for_s if np.isfinite(command.for_s) else MEETING_S)
        return first, second

    def _sweep(self) -> None:
        """Turn one more vessel away from what is closed: the news reaches masters one after another."""
        for run in self.running:
            if isinstance(run.event.command, CloseSuezEvent):
                run.vessels += turn_next(self._simulation, run.etas, self._unable)
            elif isinstance(run.event.command, ClosePortEvent):
                run.vessels += hold_at_port(self._simulation, run.event.command.port, run.until, unable=self._unable)

    def truth(self) -> list[dict[str, Any]]:
        """Return every event with its times and vessels, those ahead included; times are Unix seconds."""
        start = self.start
        ahead = [
            _described(Running(event, start + event.at_s, start + event.at_s + event.for_s), "ahead")
            for event in self._ahead
        ]
        return [*(self.truth_of(run) for run in (*self.over, *self.running)), *ahead]

    def truth_of(self, run: Running) -> dict[str, Any]:
        """Return one event that has started, as `truth` lists it."""
        state = "failed" if run.failed else "running" if run in self.running else "over"
        return _described(run, state) | ({"reason": run.failed} if run.failed else {})


def faults_of(command: FaultsEvent | SetFaults) -> Faults:
    """Return the faults that a command sets."""
    values = structs.asdict(command)
    return Faults(**{key: value for key, value in values.items() if key != "lasts"})


def _described(run: Running, state: str) -> dict[str, Any]:
    event = run.event
    values = values_of(event.command)
    return {
        "kind": event.kind,
        "state": state,
        "began": run.began,
        "until": run.until,
        "vessels": list(run.vessels),
        "values": {key: value for key, value in values.items() if key != "for"},
        "line": event.line,
        "changes": [{"mmsi": mmsi, "eta_before": old, "eta_after": new} for mmsi, (old, new) in run.etas.items()],
    }
