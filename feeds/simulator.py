"""The simulator as a source of reports: a World kept at the clock's time, and the inbox through which it is steered."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from typing import Any, Final

from config import Settings
from feeds._reporting import Reporter
from sim.world import MAX_STEP_S, World
from traffic import control
from traffic.batch import Batch
from traffic.clock import Clock
from traffic.session import RequestError
from traffic.table import Traffic

STEP_S: Final = 1.0
EXACT_JUMP_S: Final = 6 * 3600.0
"""A jump up to here is sailed in ordinary steps, so that it is the same as waiting; farther in longer ones."""
LONGEST_JUMP_S: Final = 31 * 86400.0
_SLACK_S: Final = 0.5
"""Wall seconds by which the clock may run ahead of the World before it waits for it."""
_STEPS_BEHIND: Final = 50
"""Behind UTC by more steps than this, steps grow longer: that clock does not wait."""
_ANSWER_WITHIN_S: Final = 120.0
_LOOK_AGAIN_S: Final = 0.25

Publish = Callable[[Batch], None]
Order = Callable[[], None]


def run(publish: Publish, clock: Clock, settings: Settings, stop: threading.Event) -> None:
    """Keep a World at the clock's time and publish its vessels' reports, until `stop`.

    A clock that was set back starts a new World of the same seed.
    """
    Simulator(publish, clock, settings).run(stop)


class Simulator:
    """A World at the clock's time. Implements `traffic.control.Control`.

    Only the thread that runs it touches the World; others leave orders in its inbox, which it carries out between two
    steps. While nobody runs it, orders are carried out at once.

    Args:
        publish: takes the reports.
        clock: the process's time; of mode simulation it is led by the World, otherwise the World follows it.
        settings: seed, size and reporting of the fleet.
        traffic: where the reports go, to be told of what no report can say; None where that is elsewhere.

    """

    def __init__(self, publish: Publish, clock: Clock, settings: Settings, traffic: Traffic | None = None) -> None:
        self.update_interval = settings.update_interval
        self._publish, self._clock, self._settings, self._traffic = publish, clock, settings, traffic
        self._inbox: deque[tuple[Order, Future[None]]] = deque()
        self._called = threading.Event()
        self._runs = False
        self._reporter: Reporter | None = None
        self._untold = True

    @property
    def seed(self) -> int:
        """Of the simulated world."""
        return self._settings.seed

    @property
    def world(self) -> World:
        """The truth; begun at the clock's time when it is first asked for."""
        return self._told().world

    def run(self, stop: threading.Event) -> None:
        """Take steps and orders until `stop`. A run that follows one that failed begins a new World."""
        self._begin(self._clock.now())
        self._runs = True
        try:
            while not stop.is_set():
                self.obey()
                if not self.advance():
                    self._sleep()
        finally:
            self._runs = False

    def advance(self) -> bool:
        """Take one step and publish the reports due, if a step is due at the clock's time; whether it was."""
        now = self._clock.now()
        if now < self.world.now - STEP_S:
            self._begin(now)
        reporter = self._told()
        if self._untold:
            self._untold = False
            self._tell(reporter.everything())
        due_s = now - reporter.world.now
        if due_s >= self._step_s:
            longest = min(due_s // _STEPS_BEHIND, MAX_STEP_S) if self._is_utc else 0.0
            reporter.world.step(max(self._step_s, longest))
            self._tell(reporter.due())
        self._lead()
        return due_s >= self._step_s

    def obey(self) -> None:
        """Carry out the orders in the inbox; who gave one gets its error."""
        self._called.clear()
        while self._inbox:
            order, answer = self._inbox.popleft()
            try:
                order()
            except (RequestError, ValueError) as error:
                answer.set_exception(error)
            else:
                answer.set_result(None)

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
        return {"seed": self.seed, "fleet_size": self._settings.fleet_size}

    def _steer(self, paused: bool | None, rate: float | None, time: float | None, interval: float | None) -> None:
        if time is not None:
            self._jump(time)
        if interval is not None:
            self.update_interval = interval
            self._reporter = self._reporter_of(self.world)
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
        world = self.world
        if time - world.now > LONGEST_JUMP_S:
            raise RequestError("bad_request", f"time is more than {LONGEST_JUMP_S / 86400:.0f} days ahead", "time")
        if time < world.now - STEP_S:
            self._begin(time)
        else:
            self._sail(time)
            self._untold = True
            if self._traffic:
                self._traffic.spare_silent()
        self._clock.set(time)
        self._lead()

    def _sail(self, time: float) -> None:
        """Steps without reports to `time`."""
        world = self.world
        whole = self._step_s if time - world.now <= EXACT_JUMP_S else MAX_STEP_S
        for dt in (whole, self._step_s):
            for _ in range(int((time - world.now) // dt)):
                world.step(dt)
        self._reporter = self._reporter_of(world)

    def _begin(self, time: float) -> Reporter:
        world = World(self._settings.seed, self._settings.fleet_size, time)
        self._reporter, self._untold = self._reporter_of(world), True
        return self._reporter

    def _reporter_of(self, world: World) -> Reporter:
        return Reporter.of(world, replace(self._settings, update_interval=self.update_interval))

    def _told(self) -> Reporter:
        return self._reporter or self._begin(self._clock.now())

    @property
    def _step_s(self) -> float:
        return min(STEP_S, self.update_interval)

    def _lead(self) -> None:
        """Let a clock that waits for its World go on."""
        if not self._is_utc and not self._clock.paused:
            self._clock.lead(self.world.now + self._step_s + _SLACK_S * max(self._clock.rate, 1.0))

    def _sleep(self) -> None:
        due_s = (self.world.now + self._step_s - self._clock.now()) / self._clock.rate
        self._called.wait(_LOOK_AGAIN_S if self._clock.paused else min(max(due_s, 0.001), _LOOK_AGAIN_S))

    @property
    def _is_utc(self) -> bool:
        return self._clock.mode in ("live", "mixed")

    def _refuse_utc(self) -> None:
        if self._is_utc:
            raise RequestError("not_steerable", f"the clock is UTC (mode {self._clock.mode}) and can't be steered")

    def _tell(self, batches: list[Batch]) -> None:
        for batch in batches:
            self._publish(batch)

    def _ask(self, order: Order) -> None:
        if not self._runs:
            order()
            return
        answer: Future[None] = Future()
        self._inbox.append((order, answer))
        self._called.set()
        try:
            answer.result(_ANSWER_WITHIN_S)
        except TimeoutError as error:
            raise RequestError("busy", f"the simulator did not answer within {_ANSWER_WITHIN_S:.0f} s") from error


def _check(name: str, value: float | None, low: float, high: float) -> None:
    if value is not None and not low <= value <= high:
        raise RequestError("bad_request", f"{name} {value} is outside {low:g} to {high:g}", name)
