"""The loop that keeps a Simulation at the clock's time, step by step, and publishes its reports."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from fairway.commands.base import Command
from fairway.protocol import encode_json
from fairway.runtime.clock import Clock
from fairway.settings import Settings
from fairway.traffic.batch import Batch
from fairway.traffic.traffic import Traffic
from sim.commands.start import start_scenario
from sim.reports.faults import FaultyLine
from sim.reports.spoofing import apply_spoofing
from sim.scenario.events import Execute, ScenarioEvents
from sim.scenario.journal import Journal
from sim.scenario.scenario import Scenario
from sim.simulation import Simulation
from sim.world.world import MAX_STEP_S

STEP_S: Final = 1.0
EXACT_JUMP_S: Final = 6 * 3600.0
"""Up to this length a jump runs in ordinary steps, so that it equals waiting; a longer one in longer steps."""
LONGEST_JUMP_S: Final = 31 * 86400.0
_SLACK_S: Final = 0.5
"""Wall seconds by which the clock may run ahead of the simulation before it waits for it."""
_STEPS_BEHIND: Final = 50
"""Behind UTC by more steps than this, steps grow longer: UTC does not wait."""
EMPTY: Final = Scenario("", "")

Publish = Callable[[Batch], None]


class SimulationLoop:
    """A Simulation at the clock's time, with its events, faults and journal. One thread at a time may touch it.

    Args:
        publish: takes the reports.
        clock: the process's time; in mode simulation the simulation leads it, otherwise the simulation follows it.
        settings: seed, size and reporting of the fleet.
        traffic: the destination of the reports, for what no report can say; None where it is in another process.
        scenario: vessels, routes and events beside the fleet.
        execute: executes commands of a journal among the scenario's events.

    Attributes:
        update_interval: seconds between a vessel's reports.
        line: carries the reports, with the faults that commands have set.
        unreported: whether the next advance reports every vessel first.

    """

    def __init__(
        self,
        publish: Publish,
        clock: Clock,
        settings: Settings,
        traffic: Traffic | None,
        scenario: Scenario,
        execute: Execute,
    ) -> None:
        self.update_interval = settings.update_interval
        self.scenario, self.line = scenario, FaultyLine(settings.seed)
        self.clock, self.settings, self.traffic = clock, settings, traffic
        self._publish, self._execute = publish, execute
        self._simulation: Simulation | None = None
        self._events: ScenarioEvents
        self._journal: Journal
        self.unreported = True

    @property
    def is_started(self) -> bool:
        """Whether the simulation exists."""
        return self._simulation is not None

    @property
    def simulation(self) -> Simulation:
        """The truth; the first use starts it at the clock's time."""
        return self._simulation or self.start(self.clock.now())

    @property
    def journal(self) -> Journal:
        """The commands since the simulation started."""
        _ = self.simulation
        return self._journal

    @property
    def events(self) -> ScenarioEvents:
        """The scenario's events, and those that commands have started."""
        _ = self.simulation
        return self._events

    @property
    def due_in_s(self) -> float:
        """Seconds of the clock until the next step."""
        return self.simulation.now + self.step_s - self.clock.now()

    @property
    def is_utc(self) -> bool:
        """Whether the clock is UTC, which no command changes."""
        return self.clock.mode in ("live", "mixed")

    @property
    def step_s(self) -> float:
        """Seconds of an ordinary step."""
        return min(STEP_S, self.update_interval)

    def start(self, time: float) -> Simulation:
        """Start a new simulation at `time`, Unix seconds, in place of any other.

        Raises:
            sim.scenario.scenario.ScenarioError: A vessel or route of the scenario is impossible.

        """
        # scenario files hold milliseconds
        time = round(time, 3)
        simulation = self.adopt(time)
        self.line.begin()
        start_scenario(simulation, self.scenario)
        return simulation

    def adopt(self, time: float) -> Simulation:
        """Replace simulation, events and journal by new ones at `time`, without the scenario's vessels."""
        simulation = Simulation(self.settings, time, self.update_interval, self.scenario.shares)
        self._simulation, self.unreported = simulation, True
        self._journal = Journal(time, self.update_interval)
        self._events = ScenarioEvents(self.scenario, simulation, self.line, time, self._execute, self._note)
        return simulation

    def advance(self) -> bool:
        """Take one step and publish the reports due, if a step is due at the clock's time; return whether it was."""
        now = self.clock.now()
        if now < self.simulation.now - STEP_S:
            self.start(now)
        simulation = self.simulation
        if self.unreported:
            self.unreported = False
            self.report(simulation.everything())
        due_s = now - simulation.now
        if due_s < self.step_s:
            self.lead()
            return False
        self._events.step()
        # an event may have jumped, or made steps longer: then no step is due yet
        if simulation.now + self.step_s <= self.clock.now():
            longest = min(due_s // _STEPS_BEHIND, MAX_STEP_S) if self.is_utc else 0.0
            self._step_on(max(self.step_s, longest))
        self.lead()
        return True

    def catch_up(self) -> None:
        """Take every step that a paused clock has left due, so that nothing moves after the reply to a command."""
        while self.clock.paused and self.advance():
            pass

    def step_by_hand(self, seconds: float) -> None:
        """Pause, and advance by some simulated seconds at once."""
        self.clock.pause()
        self.catch_up()
        self.clock.set(self.clock.now() + seconds)
        self.catch_up()

    def restart_at(self, time: float) -> None:
        """Start a new simulation of the same seed at a time in the past, and set the clock there."""
        self.start(time)
        self.clock.set(time)
        self.lead()

    def jump(self, time: float) -> None:
        """Advance to `time` without reports on the way; there every vessel reports.

        Raises:
            LookupError: `time` is in the past.

        """
        if time < self.simulation.now - STEP_S:
            raise LookupError(f"jump to {encode_json.rfc3339(time)}, which is over")
        self.line.forget()
        self.sail(time)
        if self.traffic:
            self.traffic.suspend_expiry()
        self.report(self.simulation.everything())
        self.clock.set(time)
        self.lead()

    def sail(self, time: float, exact_s: float = EXACT_JUMP_S) -> None:
        """Take steps without reports to `time`; longer than usual where that is more than `exact_s` ahead."""
        simulation = self.simulation
        whole = self.step_s if time - simulation.now <= exact_s else MAX_STEP_S
        for dt in (whole, self.step_s):
            for _ in range(int((time - simulation.now) // dt)):
                self._events.step()
                simulation.step(dt)
        simulation.set_interval(self.update_interval)

    def replay_to(self, time: float) -> None:
        """Take ordinary steps to `time`, with their reports."""
        while time - self.simulation.now >= self.step_s:
            self._events.step()
            self._step_on(self.step_s)

    def set_interval(self, seconds: float) -> None:
        """Change the interval between a vessel's reports."""
        self.update_interval = seconds
        self.simulation.set_interval(seconds)

    def lead(self) -> None:
        """Let a clock that waits for its simulation run on."""
        if not self.is_utc and not self.clock.paused:
            self.clock.lead(self.simulation.now + self.step_s + _SLACK_S * max(self.clock.rate, 1.0))

    def report(self, batches: list[Batch]) -> None:
        """Publish reports, with the spoofing and faults that go on."""
        spoofing = self._events.spoofing()
        if spoofing:
            batches = [apply_spoofing(batch, spoofing) for batch in batches]
        for batch in self.line.passed(batches, self.simulation.now):
            if len(batch.mmsi):
                self._publish(batch)

    def _step_on(self, dt: float) -> None:
        self.simulation.step(dt)
        self.report(self.simulation.due())

    def _note(self, now: float, command: Command) -> None:
        # the journal of the moment: a restored one replaces the contents, never the object
        self._journal.note(now, command)
