"""Execution of commands: one match from a command to what it does, and the note of it in the journal."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, get_args

from msgspec import UNSET

from fairway.commands.clock import ChangeClock, Jump, SetUpdateInterval, Step
from fairway.commands.events import SetFaults
from fairway.commands.queries import GetLog, GetScenario, GetTruth
from fairway.commands.routes import AddRoute, GetRoutes, PlanRoute, RemoveRoute
from fairway.commands.union import BeginEvent, JournalCommand, SimulatorCommand
from fairway.commands.vessels import AddVessel, AssignRoute, ChangeVessel, GetVessels, RemoveVessel
from fairway.errors import RequestError
from fairway.runtime.clock import Clock
from fairway.settings import Settings
from fairway.traffic.traffic import Traffic
from sim.commands import routes, truth, vessels
from sim.engine.loop import LONGEST_JUMP_S, STEP_S, Publish, SimulationLoop
from sim.scenario.events import faults_of
from sim.scenario.journal import file_head
from sim.scenario.lookup import find_vessel
from sim.scenario.scenario import Scenario, ScenarioEvent

_NOTED = get_args(JournalCommand)


class Executor:
    """Executes commands on a SimulationLoop, in the thread that runs it.

    Attributes:
        loop: the simulation at the clock's time.

    """

    def __init__(
        self, publish: Publish, clock: Clock, settings: Settings, traffic: Traffic | None, scenario: Scenario
    ) -> None:
        self.loop = SimulationLoop(publish, clock, settings, traffic, scenario, self._as_event)

    def execute(self, command: SimulatorCommand) -> Any:
        """Execute a command and note it; a command that is refused has changed nothing, and is not noted.

        Raises:
            CustomError, LookupError, routing.UnsailableError, RequestError: The command is impossible.

        """
        journal, now = self.loop.journal, self.loop.simulation.now
        reply = self._perform(command)
        if isinstance(command, _NOTED):
            journal.note(now, command)
        return reply

    # one case for each command: a table of functions would hide which keys each of them has
    def _perform(self, command: SimulatorCommand) -> Any:  # noqa: C901, PLR0911, PLR0912 - one case for each command
        loop, simulation = self.loop, self.loop.simulation
        match command:
            case ChangeClock():
                return self._change_clock(command)
            case Step():
                self._refuse_utc()
                return loop.step_by_hand(command.seconds)
            case SetUpdateInterval():
                return loop.set_interval(command.seconds)
            case Jump():
                return loop.jump(command.time.timestamp())
            case AddVessel():
                return self._reported(vessels.add(simulation, command))
            case ChangeVessel():
                return self._reported(vessels.change(simulation, find_vessel(simulation, command.vessel), command))
            case AssignRoute():
                return vessels.assign(simulation, find_vessel(simulation, command.vessel), command)
            case RemoveVessel():
                return self._remove(find_vessel(simulation, command.vessel))
            case AddRoute():
                return routes.reply(routes.add(simulation, command))
            case RemoveRoute():
                return simulation.remove_route(command.name)
            case SetFaults():
                loop.line.faults = faults_of(command)
                return loop.line.state()
            case BeginEvent():
                return truth.begin(loop.events, ScenarioEvent(0.0, command.event))
            case PlanRoute():
                return routes.plan(simulation, command)
            case GetRoutes():
                return [routes.reply(route) for route in list(simulation.routes.values())]
            case GetVessels():
                return vessels.custom_vessels(simulation)
            case GetTruth():
                return truth.truth(simulation, loop.events, command.everyone)
            case GetScenario():
                return self._scenario()
            case GetLog():
                return loop.journal.reply() | {"scenario": self.recorded()}

    def recorded(self) -> str:
        """Return a scenario file that repeats the session."""
        loop = self.loop
        head = file_head(loop.settings, loop.clock.rate, loop.scenario)
        return loop.journal.scenario(loop.scenario, loop.events.ahead, head)

    def _as_event(self, command: Any) -> tuple[int, ...]:
        """Execute a command among a scenario's events, which note it; return the vessel that it concerned."""
        reply = self._perform(command)
        return (int(reply["mmsi"]),) if isinstance(reply, dict) and "mmsi" in reply else ()

    def _change_clock(self, command: ChangeClock) -> None:
        clock = self.loop.clock
        if not (command.paused is UNSET and command.rate is UNSET and command.time is UNSET):
            self._refuse_utc()
        if command.time is not UNSET:
            self._go_to(command.time.timestamp())
        if command.update_interval is not UNSET:
            self.execute(SetUpdateInterval(seconds=command.update_interval))
        if command.rate is not UNSET:
            clock.set_rate(command.rate)
        if command.paused is not UNSET:
            clock.pause(command.paused)
            self.loop.catch_up()

    def _go_to(self, time: float) -> None:
        now = self.loop.simulation.now
        if time - now > LONGEST_JUMP_S:
            raise RequestError("bad_request", f"time is more than {LONGEST_JUMP_S / 86400:.0f} days ahead", "time")
        if time < now - STEP_S:
            self.loop.restart_at(time)
        else:
            self.execute(Jump(time=datetime.fromtimestamp(time, UTC)))

    def _refuse_utc(self) -> None:
        if self.loop.is_utc:
            mode = self.loop.clock.mode
            raise RequestError("not_steerable", f"the clock is UTC (mode {mode}) and can't be controlled")

    def _reported(self, row: int) -> dict[str, Any]:
        """Report a vessel at once, and return it as the reply."""
        batches = self.loop.simulation.report_of(row)
        self.loop.report(batches)
        return vessels.reply(self.loop.simulation, row, batches)

    def _remove(self, mmsi: int) -> int:
        self.loop.simulation.leave(mmsi)
        if self.loop.traffic:
            self.loop.traffic.delete([mmsi])
        return mmsi

    def _scenario(self) -> dict[str, Any]:
        plan = self.loop.scenario
        about = {"name": plan.name or None, "title": plan.title, "about": plan.about}
        return about | {"events": truth.all_events(self.loop.events)}
