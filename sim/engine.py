"""Engine: a Simulation kept at the clock's time, step by step; what a person asks of it is done, noted, and can be kept."""

from __future__ import annotations

import functools
import zlib
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from fairway.errors import RequestError
from fairway.protocol import encode_json
from fairway.runtime.clock import Clock
from fairway.settings import Settings
from fairway.traffic.batch import Batch
from fairway.traffic.traffic import Traffic
from sim import commands, saved
from sim.reports.faults import FaultyLine
from sim.reports.spoofing import apply_spoofing
from sim.scenario.events import ScenarioEvents
from sim.scenario.journal import Journal, file_head
from sim.scenario.scenario import Scenario
from sim.scenario.schema import ORDERS
from sim.simulation import Simulation
from sim.world.world import MAX_STEP_S

STEP_S: Final = 1.0
EXACT_JUMP_S: Final = 6 * 3600.0
"""A jump up to here is sailed in ordinary steps, so that it is the same as waiting; farther in longer ones."""
LONGEST_JUMP_S: Final = 31 * 86400.0
CAUGHT_UP_S: Final = 600.0
"""So much of a time in which nobody ran it a simulation of today makes up report by report; of more, the end."""
_IS_UTC_WITHIN_S: Final = 5.0
_SLACK_S: Final = 0.5
"""Wall seconds by which the clock may run ahead of the Simulation before it waits for it."""
_STEPS_BEHIND: Final = 50
"""Behind UTC by more steps than this, steps grow longer: that clock does not wait."""
NOTHING: Final = Scenario("", "")

Publish = Callable[[Batch], None]


class SimulationLoop:
    """A Simulation at the clock's time, with its events, faults and journal. One thread at a time may touch it.

    Args:
        publish: takes the reports.
        clock: the process's time; of mode simulation it is led by the Simulation, otherwise the Simulation follows it.
        settings: seed, size and reporting of the fleet.
        traffic: where the reports go, to be told of what no report can say; None where that is elsewhere.
        scenario: what shall happen.

    Attributes:
        update_interval: seconds between a vessel's reports.
        line: over which the reports go, with the faults that were asked for.

    """

    def __init__(
        self, publish: Publish, clock: Clock, settings: Settings, traffic: Traffic | None, scenario: Scenario
    ) -> None:
        self.update_interval = settings.update_interval
        self._scenario, self.line = scenario, FaultyLine(settings.seed)
        self._publish, self._clock, self._settings, self._traffic = publish, clock, settings, traffic
        self._simulation: Simulation | None = None
        self._events: ScenarioEvents
        self._journal: Journal
        self._untold = True

    @property
    def begun(self) -> bool:
        """Whether there is a Simulation."""
        return self._simulation is not None

    @property
    def simulation(self) -> Simulation:
        """The truth; begun at the clock's time when it is first asked for."""
        return self._simulation or self.begin(self._clock.now())

    def begin(self, time: float) -> Simulation:
        """A new Simulation, which begins at `time`, Unix seconds.

        Raises:
            sim.scenario.ScenarioError: A vessel or route of the scenario can't be.

        """
        # to the millisecond, as a file can say it
        time = round(time, 3)
        simulation = Simulation(self._settings, time, self.update_interval, self._scenario.shares)
        self._simulation, self._untold = simulation, True
        self.line.begin()
        self._watch(simulation, time)
        commands.begin(simulation, self._scenario)
        return simulation

    @property
    def journal(self) -> Journal:
        """What was done since the Simulation began."""
        _ = self.simulation
        return self._journal

    @property
    def events(self) -> ScenarioEvents:
        """What happens and happened."""
        _ = self.simulation
        return self._events

    def advance(self) -> bool:
        """Take one step and publish the reports due, if a step is due at the clock's time; whether it was."""
        now = self._clock.now()
        if now < self.simulation.now - STEP_S:
            self.begin(now)
        simulation = self.simulation
        if self._untold:
            self._untold = False
            self._tell(simulation.everything())
        due_s = now - simulation.now
        if due_s < self._step_s:
            self._lead()
            return False
        self._events.step()
        # an event may have jumped, or made steps longer: then it is not yet time
        if simulation.now + self._step_s <= self._clock.now():
            longest = min(due_s // _STEPS_BEHIND, MAX_STEP_S) if self.is_utc else 0.0
            self._step_on(max(self._step_s, longest))
        self._lead()
        return True

    @property
    def due_in_s(self) -> float:
        """Seconds of the clock until the next step."""
        return self.simulation.now + self._step_s - self._clock.now()

    @property
    def is_utc(self) -> bool:
        """Whether the clock is UTC, which nobody steers."""
        return self._clock.mode in ("live", "mixed")

    def steer(self, paused: bool | None, rate: float | None, time: float | None, interval: float | None) -> None:
        """Change what is given of the clock and of the reporting."""
        if time is not None:
            self._jump(time)
        if interval is not None:
            self.do("update_interval", {"seconds": interval})
        if rate is not None:
            self._clock.set_rate(rate)
        if paused is not None:
            self._clock.pause(paused)
            self._catch_up()

    def step(self, seconds: float) -> None:
        """Pause, and let so many seconds of simulated time go by at once."""
        self._clock.pause()
        self._catch_up()
        self._clock.set(self._clock.now() + seconds)
        self._catch_up()

    def do(self, kind: str, order: Mapping[str, Any]) -> Any:
        """Carry out an order, and note it: one that is refused has changed nothing and is not noted."""
        journal, now = self.journal, self.simulation.now
        result = self._doing[kind](order)
        journal.note(now, kind, order)
        return result

    @property
    def _doing(self) -> dict[str, Callable[[Mapping[str, Any]], Any]]:
        """What carries out orders, by `sim.keys.ORDERS`."""

        def find(order: Mapping[str, Any]) -> int:
            return self.events.find(str(order["vessel"]))

        def change(order: Mapping[str, Any]) -> dict[str, Any]:
            wanted = {key: value for key, value in order.items() if key != "vessel"}
            return self._reported(commands.change(self.simulation, find(order), wanted))

        def assign(order: Mapping[str, Any]) -> None:
            commands.assign(self.simulation, find(order), order["route"], order.get("route_progress", 0.0))

        return {
            "add_vessel": lambda order: self._reported(commands.vessel(self.simulation, order)),
            "change_vessel": change,
            "assign": assign,
            "remove_vessel": lambda order: self._leave(find(order)),
            "add_route": lambda order: commands.route_told(commands.route(self.simulation, order)),
            "remove_route": lambda order: self.simulation.remove_route(order["name"]),
            "set_faults": self._set_faults,
            "update_interval": lambda order: self._set_interval(order["seconds"]),
            "jump": lambda order: self._go_to(order["time"].timestamp()),
        }

    def _as_event(self, kind: str) -> Callable[[Mapping[str, Any]], tuple[int, ...]]:
        """An order as an event carries it out: with the vessel that it concerned."""

        def carry_out(order: Mapping[str, Any]) -> tuple[int, ...]:
            result = self._doing[kind](order)
            return (int(result["mmsi"]),) if isinstance(result, dict) and "mmsi" in result else ()

        return carry_out

    def _set_faults(self, order: Mapping[str, Any]) -> dict[str, Any]:
        self.line.faults = commands.faults(order)
        return self.line.state()

    def _set_interval(self, seconds: float) -> None:
        self.update_interval = seconds
        self.simulation.set_interval(seconds)

    def _reported(self, row: int) -> dict[str, Any]:
        batches = self.simulation.report_of(row)
        self._tell(batches)
        return commands.as_update(self.simulation, row, batches)

    def _leave(self, mmsi: int) -> int:
        self.simulation.leave(mmsi)
        if self._traffic:
            self._traffic.delete([mmsi])
        return mmsi

    def recorded(self) -> str:
        """A scenario file that does all of it again."""
        head = file_head(self._settings, self._clock.rate, self._scenario)
        return self.journal.scenario(self._scenario, self.events.ahead, head)

    def saved(self, wall: float) -> bytes:
        """All that `restore` needs to go on from this moment; `wall` is Unix seconds."""
        clock, settings = self._clock, self._settings
        return saved.packed({
            "layout": self._layout,
            "clock": {"time": clock.now(), "rate": clock.rate, "paused": clock.paused, "wall": wall},
            "settings": {name: getattr(settings, name) for name in ("update_interval", "speed_factor", "paused")},
            "update_interval": self.update_interval, "untold": self._untold,
            "sea": self.simulation, "events": self._events, "line": self.line, "journal": self._journal,
        })  # fmt: skip

    def restore(self, kept: bytes, wall: float) -> None:
        """Go on where an engine of the same settings was when `saved` gave `kept`.

        A clock that showed the wall's time then shows it again (`wall`, Unix seconds), and the vessels have sailed on;
        any other goes on where it stood. A setting that is not what it was then overrules what was steered.

        Raises:
            ValueError, LookupError, TypeError: It was something else, or is too long ago.

        """
        found = saved.unpacked(kept)
        changed = {name for name, value in found["settings"].items() if value != getattr(self._settings, name)}
        if "update_interval" not in changed:
            self.update_interval = found["update_interval"]
        simulation = Simulation(self._settings, wall, self.update_interval, self._scenario.shares)
        self._simulation, self._untold = simulation, found["untold"]
        if found["layout"] != self._layout:
            raise ValueError("another release kept the simulation")
        self._watch(simulation, wall)
        own = {"sea": simulation, "events": self._events, "line": self.line, "journal": self._journal}
        for name, thing in own.items():
            saved.restore(thing, found[name])
        if wall - simulation.now > LONGEST_JUMP_S and self.is_utc:
            raise ValueError("it is too long ago")
        if "update_interval" in changed:
            simulation.set_interval(self.update_interval)
        if not self.is_utc:
            self._restore_clock(found["clock"], changed, wall)

    @functools.cached_property
    def _layout(self) -> list[int]:
        """Changes with what is kept of a simulation, and with the lanes that it is on."""
        return [saved.LAYOUT, zlib.crc32(self.simulation.world.lanes.lat.tobytes())]

    def _restore_clock(self, then: Mapping[str, Any], changed: Collection[str], wall: float) -> None:
        clock = self._clock
        clock.set_rate(clock.rate if "speed_factor" in changed else then["rate"])
        clock.pause(clock.paused if "paused" in changed else then["paused"])
        clock.set(then["time"])
        if then["rate"] == 1 and not then["paused"] and abs(then["time"] - then["wall"]) < _IS_UTC_WITHIN_S:
            self._make_up(wall)
        self._lead()

    def _make_up(self, time: float) -> None:
        """Sail to `time`, over a time in which nobody ran the simulation."""
        gap = time - self.simulation.now
        if gap > LONGEST_JUMP_S:
            raise ValueError("it is too long ago")
        if gap > CAUGHT_UP_S:
            self._sail(time, exact_s=CAUGHT_UP_S)
            self._untold = True
            if self._traffic:
                self._traffic.suspend_expiry()
            # a gap is no order: what was saved of this session can't repeat it
            self._journal.lost += 1
        while time - self.simulation.now >= self._step_s:
            self._events.step()
            self._step_on(self._step_s)
        self._clock.set(max(time, self._clock.now()))

    def _catch_up(self) -> None:
        """Take every step that a paused clock has left due, so that nothing moves after the answer."""
        while self._clock.paused and self.advance():
            pass

    def _jump(self, time: float) -> None:
        now = self.simulation.now
        if time - now > LONGEST_JUMP_S:
            raise RequestError("bad_request", f"time is more than {LONGEST_JUMP_S / 86400:.0f} days ahead", "time")
        if time < now - STEP_S:
            self.begin(time)
            self._clock.set(time)
            self._lead()
        else:
            self.do("jump", {"time": datetime.fromtimestamp(time, UTC)})

    def _go_to(self, time: float) -> None:
        """Sail on to `time` without reports; there everybody reports."""
        if time < self.simulation.now - STEP_S:
            raise LookupError(f"jump to {encode_json.rfc3339(time)}, which is over")
        self.line.forget()
        self._sail(time)
        if self._traffic:
            self._traffic.suspend_expiry()
        self._tell(self.simulation.everything())
        self._clock.set(time)
        self._lead()

    def _sail(self, time: float, exact_s: float = EXACT_JUMP_S) -> None:
        """Steps without reports to `time`; longer than usual where that is more than `exact_s` ahead."""
        simulation = self.simulation
        whole = self._step_s if time - simulation.now <= exact_s else MAX_STEP_S
        for dt in (whole, self._step_s):
            for _ in range(int((time - simulation.now) // dt)):
                self._events.step()
                simulation.step(dt)
        simulation.set_interval(self.update_interval)

    def _step_on(self, dt: float) -> None:
        self.simulation.step(dt)
        self._tell(self.simulation.due())

    def _watch(self, simulation: Simulation, time: float) -> None:
        """Have a new Simulation's events and journal."""
        self._journal = Journal(time, self.update_interval)
        orders = {kind: self._as_event(kind) for kind in ORDERS}
        self._events = ScenarioEvents(self._scenario, simulation, self.line, time, orders, self._journal.note)

    @property
    def _step_s(self) -> float:
        return min(STEP_S, self.update_interval)

    def _lead(self) -> None:
        """Let a clock that waits for its Simulation go on."""
        if not self.is_utc and not self._clock.paused:
            self._clock.lead(self.simulation.now + self._step_s + _SLACK_S * max(self._clock.rate, 1.0))

    def _tell(self, batches: list[Batch]) -> None:
        spoofing = self._events.spoofing()
        if spoofing:
            batches = [apply_spoofing(batch, spoofing) for batch in batches]
        for batch in self.line.passed(batches, self.simulation.now):
            if len(batch.mmsi):
                self._publish(batch)
