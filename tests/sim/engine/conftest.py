"""An Executor with a wall clock in the hands of the test."""

from collections.abc import Callable

import pytest

from fairway.chart.ports import PortIndex
from fairway.runtime.clock import Clock
from fairway.settings import Settings
from fairway.traffic.traffic import Traffic
from sim.engine.executor import Executor
from sim.engine.loop import EMPTY
from sim.scenario.scenario import Scenario

NOW = 1_800_000_000.0


class Engine:
    """An Executor, its Traffic, and the wall's seconds since NOW."""

    def __init__(self, plan: Scenario = EMPTY, mode: str = "simulation", **settings) -> None:
        self.wall = 0.0
        self.settings = Settings(**({"fleet_size": 10, "update_interval": 10.0} | settings))
        self.clock = Clock(NOW, lambda: self.wall, mode, self.settings.speed_factor)
        self.traffic = Traffic(PortIndex.load(), lambda: "e")
        self.batches: list = []
        self.executor = Executor(self.publish, self.clock, self.settings, self.traffic, plan)
        self.loop = self.executor.loop

    def publish(self, batch) -> None:
        self.batches.append(batch)
        self.traffic.put(batch)

    def go(self, seconds: int) -> "Engine":
        # the first look starts the simulation, for which the clock waits
        self.loop.advance()
        for _ in range(seconds):
            self.wall += 1.0
            while self.loop.advance():
                pass
        return self


@pytest.fixture
def make_engine() -> Callable[..., Engine]:
    """Return the class, whose arguments are a scenario, the clock's mode and settings."""
    return Engine


@pytest.fixture
def engine() -> Engine:
    """Ten vessels that have sailed for ten seconds."""
    return Engine().go(10)
