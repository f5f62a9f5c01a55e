"""The simulator as a source of reports: a Sea kept at the clock's time, and the inbox through which it is steered."""

from __future__ import annotations

import functools
import threading
import zlib
from collections import deque
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Future
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from config import Settings, SettingsError, scenario_file
from feeds import _kept, _orders
from feeds._deceptions import deceived
from feeds._events import Events
from feeds._faults import FaultyLine
from feeds._journal import Journal
from feeds._sea import Sea
from sim import scenario
from sim.custom import Route, Vessel
from sim.keys import ORDERS
from sim.scenario import Event, Scenario, ScenarioError
from sim.world import MAX_STEP_S, World
from traffic import control, wire
from traffic.batch import Batch
from traffic.clock import Clock
from traffic.session import RequestError
from traffic.table import Traffic

STEP_S: Final = 1.0
EXACT_JUMP_S: Final = 6 * 3600.0
"""A jump up to here is sailed in ordinary steps, so that it is the same as waiting; farther in longer ones."""
LONGEST_JUMP_S: Final = 31 * 86400.0
CAUGHT_UP_S: Final = 600.0
"""So much of a time in which nobody ran it a simulation of today makes up report by report; of more, the end."""
_IS_UTC_WITHIN_S: Final = 5.0
_SLACK_S: Final = 0.5
"""Wall seconds by which the clock may run ahead of the Sea before it waits for it."""
_STEPS_BEHIND: Final = 50
"""Behind UTC by more steps than this, steps grow longer: that clock does not wait."""
_ANSWER_WITHIN_S: Final = 120.0
_LOOK_AGAIN_S: Final = 0.25
_NOTHING: Final = Scenario("", "")

Publish = Callable[[Batch], None]
T = TypeVar("T")


def run(publish: Publish, clock: Clock, settings: Settings, stop: threading.Event) -> None:
    """Keep a Sea at the clock's time and publish its vessels' reports, until `stop`.

    A clock that was set back starts a new Sea of the same seed.
    """
    Simulator(publish, clock, settings).run(stop)


def simulator(publish: Publish, clock: Clock, settings: Settings, traffic: Traffic) -> Simulator:
    """The Simulator that `settings` ask for; one with a scenario has begun, so that what can't be is told at once.

    Raises:
        SettingsError: The scenario has a mistake, which the message names.

    """
    try:
        if not settings.scenario:
            return Simulator(publish, clock, settings, traffic)
        made = Simulator(publish, clock, settings, traffic, scenario.load(scenario_file(settings.scenario)))
        made.begin()
    except ScenarioError as error:
        raise SettingsError(str(error)) from error
    return made


class Simulator:
    """A Sea at the clock's time. Implements `traffic.control.Control`.

    Only the thread that runs it touches the Sea; others leave orders in its inbox, which it carries out between two
    steps. While nobody runs it, orders are carried out at once.

    Args:
        publish: takes the reports.
        clock: the process's time; of mode simulation it is led by the Sea, otherwise the Sea follows it.
        settings: seed, size and reporting of the fleet.
        traffic: where the reports go, to be told of what no report can say; None where that is elsewhere.
        scenario: what shall happen.

    """

    def __init__(
        self,
        publish: Publish,
        clock: Clock,
        settings: Settings,
        traffic: Traffic | None = None,
        scenario: Scenario = _NOTHING,
    ) -> None:
        self.update_interval = settings.update_interval
        self._publish, self._clock, self._settings, self._traffic = publish, clock, settings, traffic
        self._scenario = scenario
        self._inbox: deque[tuple[Callable[[], Any], Future[Any]]] = deque()
        self._called = threading.Event()
        self._runs = False
        self._line = FaultyLine(settings.seed)
        self._sea: Sea | None = None
        self._events: Events
        self._journal: Journal
        self._untold = True

    @property
    def seed(self) -> int:
        """Of the simulated world."""
        return self._settings.seed

    @property
    def sea(self) -> Sea:
        """The truth; begun at the clock's time when it is first asked for."""
        return self._sea or self._begin(self._clock.now())

    @property
    def world(self) -> World:
        """The fleet on its lanes."""
        return self.sea.world

    def begin(self) -> None:
        """Make the Sea at the clock's time, if there is none; `run` does so too.

        Raises:
            sim.scenario.ScenarioError: A vessel or route of the scenario can't be.

        """
        self._sea = self.sea

    @property
    def begun(self) -> bool:
        """Whether there is a Sea, or it is being made by the thread that runs it."""
        return self._runs or self._sea is not None

    @functools.cached_property
    def _layout(self) -> list[int]:
        """Changes with what is kept of a simulation, and with the lanes that it is on."""
        return [_kept.LAYOUT, zlib.crc32(self.world.lanes.lat.tobytes())]

    def saved(self, wall: float) -> bytes:
        """All that `restore` needs to go on from this moment, between two steps; `wall` is Unix seconds."""
        return self._ask(lambda: self._saved(wall))

    def restore(self, kept: bytes, wall: float) -> None:
        """Go on where a simulator of the same settings was when `saved` gave `kept`; before it runs.

        A clock that showed the wall's time then shows it again (`wall`, Unix seconds), and the vessels have sailed on;
        any other goes on where it stood. A setting that is not what it was then overrules what was steered.

        Raises:
            ValueError, LookupError, TypeError: It was something else, or is too long ago.

        """
        found = _kept.unpacked(kept)
        changed = {name for name, value in found["settings"].items() if value != getattr(self._settings, name)}
        if "update_interval" not in changed:
            self.update_interval = found["update_interval"]
        sea = Sea(self._settings, wall, self.update_interval, self._scenario.shares)
        self._sea, self._untold = sea, found["untold"]
        if found["layout"] != self._layout:
            raise ValueError("another release kept the simulation")
        self._watch(sea, wall)
        own = {"sea": sea, "events": self._events, "line": self._line, "journal": self._journal}
        for name, thing in own.items():
            _kept.restore(thing, found[name])
        if wall - sea.now > LONGEST_JUMP_S and self._is_utc:
            raise ValueError("it is too long ago")
        if "update_interval" in changed:
            sea.set_interval(self.update_interval)
        if not self._is_utc:
            self._restore_clock(found["clock"], changed, wall)

    def run(self, stop: threading.Event) -> None:
        """Take steps and orders until `stop`. A run that follows one that failed begins a new Sea."""
        failed, self._runs = self._runs, True
        if failed:
            self._begin(self._clock.now())
        self.begin()
        while not stop.is_set():
            self.obey()
            if not self.advance():
                self._sleep()
        self._runs = False
        self.obey()

    def advance(self) -> bool:
        """Take one step and publish the reports due, if a step is due at the clock's time; whether it was."""
        now = self._clock.now()
        if now < self.sea.now - STEP_S:
            self._begin(now)
        sea = self.sea
        if self._untold:
            self._untold = False
            self._tell(sea.everything())
        due_s = now - sea.now
        if due_s < self._step_s:
            self._lead()
            return False
        self._events.step()
        # an event may have jumped, or made steps longer: then it is not yet time
        if sea.now + self._step_s <= self._clock.now():
            longest = min(due_s // _STEPS_BEHIND, MAX_STEP_S) if self._is_utc else 0.0
            self._step_on(max(self._step_s, longest))
        self._lead()
        return True

    def obey(self) -> None:
        """Carry out the orders in the inbox; who gave one gets its result, or its error."""
        self._called.clear()
        while self._inbox:
            order, answer = self._inbox.popleft()
            try:
                answer.set_result(order())
            except (RequestError, ValueError, LookupError) as error:
                answer.set_exception(error)

    def steer(
        self,
        *,
        paused: bool | None = None,
        rate: float | None = None,
        time: float | None = None,
        update_interval: float | None = None,
    ) -> None:
        """See `Control.steer`."""
        if not (paused is None and rate is None and time is None):
            self._refuse_utc()
        _check("rate", rate, control.MIN_RATE, control.MAX_RATE)
        _check("update_interval", update_interval, control.MIN_INTERVAL_S, control.MAX_INTERVAL_S)
        self._ask(lambda: self._steer(paused, rate, time, update_interval))

    def step(self, seconds: float) -> None:
        """See `Control.step`."""
        self._refuse_utc()
        _check("seconds", seconds, 0.001, control.MAX_STEP_S)
        self._ask(lambda: self._step(seconds))

    def state(self) -> dict[str, Any]:
        """See `Control.state`."""
        sea = self._sea
        return {
            "seed": self.seed,
            "scenario": self._scenario.name or None,
            "closed": sorted(sea.closed) if sea else [],
            "faults": self._line.state(),
        }

    def add(
        self, vessel: Vessel, route: Route | Mapping[str, Any] | str | None = None, route_progress: float = 0.0
    ) -> int:
        """Take a vessel into the fleet, on a route or without; its MMSI.

        Args:
            vessel: who it is.
            route: what `add_route` takes or returned, or the name of a route that is there.
            route_progress: how much of the way out is done, 0 to 1.

        Raises:
            RequestError: It can't be; the message says why.

        """
        on = {} if route is None else {"route": self._named(route), "route_progress": route_progress}
        told = self.add_vessel(_orders.order_of(vessel) | on)
        return int(told["mmsi"])

    def assign(self, mmsi: int, route: Route | Mapping[str, Any] | str, route_progress: float = 0.0) -> None:
        """Put a vessel on a route, at `route_progress` of its way out.

        Raises:
            RequestError: There is no such vessel, or the route can't be sailed.

        """
        order = {"vessel": str(mmsi), "route": self._named(route), "route_progress": route_progress}
        self._ask(lambda: self._done("assign", order))

    def add_vessel(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """See `Control.add_vessel`."""
        return self._ask(lambda: self._done("add_vessel", order))

    def remove_vessel(self, vessel: int | str) -> int:
        """See `Control.remove_vessel`."""
        return int(self._ask(lambda: self._done("remove_vessel", {"vessel": str(vessel)})))

    def change_vessel(self, vessel: int | str, order: Mapping[str, Any]) -> dict[str, Any]:
        """See `Control.change_vessel`."""
        if "vessel" in order:
            raise RequestError("bad_request", "vessel can't be changed", "vessel")
        return self._ask(lambda: self._done("change_vessel", {"vessel": str(vessel), **order}))

    def vessels(self) -> list[dict[str, Any]]:
        """See `Control.vessels`."""
        return self._ask(lambda: _orders.own_vessels(self.sea))

    def way(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """See `Control.way`."""
        # in the caller's own thread: nothing changes, and the simulation need not wait for it
        return _orders.answered(lambda: _orders.way(self.sea, order))

    def add_route(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """See `Control.add_route`."""
        return self._ask(lambda: self._done("add_route", order))

    def remove_route(self, name: str) -> None:
        """See `Control.remove_route`."""
        self._ask(lambda: self._done("remove_route", {"name": name}))

    def routes(self) -> list[dict[str, Any]]:
        """See `Control.routes`."""
        sea = self._sea
        return [_orders.route_told(route) for route in list(sea.routes.values())] if sea else []

    def set_faults(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """See `Control.set_faults`."""
        return self._ask(lambda: self._done("set_faults", order))

    def happen(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """See `Control.happen`."""
        event: Event = _orders.event(order)
        return self._ask(lambda: _orders.begun(self.events, event))

    def truth(self, everybody: bool = False) -> dict[str, Any]:
        """See `Control.truth`."""
        return self._ask(lambda: _orders.truth(self.sea, self.events, everybody))

    def scenario(self) -> dict[str, Any]:
        """See `Control.scenario`."""
        about = {"name": self._scenario.name or None, "title": self._scenario.title, "about": self._scenario.about}
        return self._ask(lambda: about | {"events": _orders.told(self.events)})

    def log(self) -> dict[str, Any]:
        """See `Control.log`."""
        return self._ask(lambda: self.journal.told() | {"scenario": self._recorded()})

    @property
    def journal(self) -> Journal:
        """What was done since the Sea began."""
        self.begin()
        return self._journal

    @property
    def events(self) -> Events:
        """What happens and happened."""
        self.begin()
        return self._events

    def _recorded(self) -> str:
        """A scenario file that does all of it again."""
        usual, settings = Settings(), self._settings
        head: dict[str, Any] = {"seed": settings.seed, "rate": self._clock.rate}
        head |= {
            key: getattr(settings, key)
            for key in ("reporting", "coverage")
            if getattr(settings, key) != getattr(usual, key)
        }
        shares = {"shares": dict(self._scenario.shares)} if self._scenario.shares else {}
        head["fleet"] = {"size": settings.fleet_size, **shares}
        return self.journal.scenario(self._scenario, self.events.ahead, head)

    def _named(self, route: Route | Mapping[str, Any] | str) -> str:
        """The name of a route, which is made if there is none of that name."""
        if isinstance(route, str):
            return route
        order = _orders.route_order(route)
        if order.get("name") not in self.sea.routes:
            self.add_route(order)
        return str(order["name"])

    def _done(self, kind: str, order: Mapping[str, Any]) -> Any:
        """Carry out an order, and note it: one that is refused has changed nothing and is not noted."""
        journal, now = self.journal, self.sea.now
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
            return self._reported(_orders.change(self.sea, find(order), wanted))

        def assign(order: Mapping[str, Any]) -> None:
            _orders.assign(self.sea, find(order), order["route"], order.get("route_progress", 0.0))

        return {
            "add_vessel": lambda order: self._reported(_orders.vessel(self.sea, order)),
            "change_vessel": change,
            "assign": assign,
            "remove_vessel": lambda order: self._leave(find(order)),
            "add_route": lambda order: _orders.route_told(_orders.route(self.sea, order)),
            "remove_route": lambda order: self.sea.remove_route(order["name"]),
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
        self._line.faults = _orders.faults(order)
        return self._line.state()

    def _set_interval(self, seconds: float) -> None:
        self.update_interval = seconds
        self.sea.set_interval(seconds)

    def _reported(self, row: int) -> dict[str, Any]:
        batches = self.sea.report_of(row)
        self._tell(batches)
        return _orders.as_update(self.sea, row, batches)

    def _leave(self, mmsi: int) -> int:
        self.sea.leave(mmsi)
        if self._traffic:
            self._traffic.delete([mmsi])
        return mmsi

    def _steer(self, paused: bool | None, rate: float | None, time: float | None, interval: float | None) -> None:
        if time is not None:
            self._jump(time)
        if interval is not None:
            self._done("update_interval", {"seconds": interval})
        if rate is not None:
            self._clock.set_rate(rate)
        if paused is not None:
            self._clock.pause(paused)
            self._catch_up()

    def _step(self, seconds: float) -> None:
        self._clock.pause()
        self._catch_up()
        self._clock.set(self._clock.now() + seconds)
        self._catch_up()

    def _catch_up(self) -> None:
        """Take every step that a paused clock has left due, so that nothing moves after the answer."""
        while self._clock.paused and self.advance():
            pass

    def _jump(self, time: float) -> None:
        now = self.sea.now
        if time - now > LONGEST_JUMP_S:
            raise RequestError("bad_request", f"time is more than {LONGEST_JUMP_S / 86400:.0f} days ahead", "time")
        if time < now - STEP_S:
            self._begin(time)
            self._clock.set(time)
            self._lead()
        else:
            self._done("jump", {"time": datetime.fromtimestamp(time, UTC)})

    def _go_to(self, time: float) -> None:
        """Sail on to `time` without reports; there everybody reports."""
        if time < self.sea.now - STEP_S:
            raise LookupError(f"jump to {wire.rfc3339(time)}, which is over")
        self._line.forget()
        self._sail(time)
        if self._traffic:
            self._traffic.spare_silent()
        self._tell(self.sea.everything())
        self._clock.set(time)
        self._lead()

    def _restore_clock(self, then: Mapping[str, Any], changed: Collection[str], wall: float) -> None:
        clock = self._clock
        clock.set_rate(clock.rate if "speed_factor" in changed else then["rate"])
        clock.pause(clock.paused if "paused" in changed else then["paused"])
        clock.set(then["time"])
        if then["rate"] == 1 and not then["paused"] and abs(then["time"] - then["wall"]) < _IS_UTC_WITHIN_S:
            self._make_up(wall)
        self._lead()

    def _saved(self, wall: float) -> bytes:
        clock, settings = self._clock, self._settings
        return _kept.packed({
            "layout": self._layout,
            "clock": {"time": clock.now(), "rate": clock.rate, "paused": clock.paused, "wall": wall},
            "settings": {name: getattr(settings, name) for name in ("update_interval", "speed_factor", "paused")},
            "update_interval": self.update_interval, "untold": self._untold,
            "sea": self.sea, "events": self._events, "line": self._line, "journal": self._journal,
        })  # fmt: skip

    def _make_up(self, time: float) -> None:
        """Sail to `time`, over a time in which nobody ran the simulation."""
        gap = time - self.sea.now
        if gap > LONGEST_JUMP_S:
            raise ValueError("it is too long ago")
        if gap > CAUGHT_UP_S:
            self._sail(time, exact_s=CAUGHT_UP_S)
            self._untold = True
            if self._traffic:
                self._traffic.spare_silent()
            # a gap is no order: what was saved of this session can't repeat it
            self._journal.lost += 1
        while time - self.sea.now >= self._step_s:
            self._events.step()
            self._step_on(self._step_s)
        self._clock.set(max(time, self._clock.now()))

    def _sail(self, time: float, exact_s: float = EXACT_JUMP_S) -> None:
        """Steps without reports to `time`; longer than usual where that is more than `exact_s` ahead."""
        sea = self.sea
        whole = self._step_s if time - sea.now <= exact_s else MAX_STEP_S
        for dt in (whole, self._step_s):
            for _ in range(int((time - sea.now) // dt)):
                self._events.step()
                sea.step(dt)
        sea.set_interval(self.update_interval)

    def _step_on(self, dt: float) -> None:
        self.sea.step(dt)
        self._tell(self.sea.due())

    def _begin(self, time: float) -> Sea:
        # to the millisecond, as a file can say it
        time = round(time, 3)
        sea = Sea(self._settings, time, self.update_interval, self._scenario.shares)
        self._sea, self._untold = sea, True
        self._line.begin()
        self._watch(sea, time)
        _orders.begin(sea, self._scenario)
        return sea

    def _watch(self, sea: Sea, time: float) -> None:
        """Have a new Sea's events and journal."""
        self._journal = Journal(time, self.update_interval)
        orders = {kind: self._as_event(kind) for kind in ORDERS}
        self._events = Events(self._scenario, sea, self._line, time, orders, self._journal.note)

    @property
    def _step_s(self) -> float:
        return min(STEP_S, self.update_interval)

    def _lead(self) -> None:
        """Let a clock that waits for its Sea go on."""
        if not self._is_utc and not self._clock.paused:
            self._clock.lead(self.sea.now + self._step_s + _SLACK_S * max(self._clock.rate, 1.0))

    def _sleep(self) -> None:
        due_s = (self.sea.now + self._step_s - self._clock.now()) / self._clock.rate
        self._called.wait(_LOOK_AGAIN_S if self._clock.paused else min(max(due_s, 0.001), _LOOK_AGAIN_S))

    @property
    def _is_utc(self) -> bool:
        return self._clock.mode in ("live", "mixed")

    def _refuse_utc(self) -> None:
        if self._is_utc:
            raise RequestError("not_steerable", f"the clock is UTC (mode {self._clock.mode}) and can't be steered")

    def _tell(self, batches: list[Batch]) -> None:
        deceptions = self._events.deceptions()
        if deceptions:
            batches = [deceived(batch, deceptions) for batch in batches]
        for batch in self._line.passed(batches, self.sea.now):
            if len(batch.mmsi):
                self._publish(batch)

    def _ask(self, order: Callable[[], T]) -> T:
        """Have an order carried out by the thread that runs the Sea, and wait for its result."""
        if not self._runs:
            return _orders.answered(order)
        answer: Future[T] = Future()
        self._inbox.append((order, answer))
        self._called.set()
        try:
            return _orders.answered(lambda: answer.result(_ANSWER_WITHIN_S))
        except TimeoutError as error:
            raise RequestError("busy", f"the simulator did not answer within {_ANSWER_WITHIN_S:.0f} s") from error


def _check(name: str, value: float | None, low: float, high: float) -> None:
    if value is not None and not low <= value <= high:
        raise RequestError("bad_request", f"{name} {value} is outside {low:g} to {high:g}", name)
