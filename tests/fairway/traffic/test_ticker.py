"""Ticker: the machine's clock is set, or the machine has slept, while real reports come in."""

import threading

import numpy as np
import pytest

from fairway.chart.ports import PortIndex
from fairway.runtime.clock import Clock
from fairway.traffic.batch import Batch
from fairway.traffic.ticker import Ticker
from fairway.traffic.traffic import Traffic

NOW = 1_800_000_000.0
PORTS = PortIndex.load()


class OneTurn(threading.Event):
    """Lets the ticker turn once at a time."""

    def is_set(self) -> bool:
        asked, self.asked = getattr(self, "asked", False), not getattr(self, "asked", False)
        return asked

    def wait(self, timeout=None) -> bool:
        return False


@pytest.fixture
def machine():
    """The machine's clocks: monotonic, and what it shows."""
    return {"monotonic": 0.0, "utc": NOW}


@pytest.fixture
def traffic():
    epochs = iter("abc")
    return Traffic(PORTS, lambda: next(epochs))


@pytest.fixture
def turn(machine, traffic):
    """One turn of the ticker after some seconds, and a step of the machine's clock."""
    clock = Clock(NOW, lambda: machine["monotonic"], "live")
    ticker = Ticker(traffic, clock, lambda: machine["monotonic"], lambda _: None, lambda: machine["utc"])

    def one(seconds: float = 1.0, step: float = 0.0) -> float:
        machine["monotonic"] += seconds
        machine["utc"] += seconds + step
        ticker.run(OneTurn())
        return clock.now()

    return one


def report(t: float) -> Batch:
    places = {name: np.array([6_000_000], np.int32) for name in ("lat", "lon")}
    return Batch(np.array([211_000_001], np.uint32), np.array([round(t * 1000)]), "station", False, places, {})


@pytest.mark.parametrize("step", [3600.0, 1.5, -3600.0, -11.0])
def test_it_follows_a_clock_that_is_set(machine, traffic, turn, step):
    """After the step the time is the machine's again, and reports that bear it are taken."""
    turn()
    assert turn(step=step) == machine["utc"]
    traffic.put(report(machine["utc"]))
    turn()
    assert traffic.snapshot().summary["total_vessels"] == 1
    assert traffic.dropped["in the future"] == 0


def test_a_step_back_begins_an_epoch_and_one_ahead_does_not(traffic, turn):
    """After a step back a client that resumes gets a snapshot; a step ahead only lets time pass."""
    turn()
    first = traffic.snapshot().epoch
    turn(step=1800)
    assert traffic.snapshot().epoch == first
    turn(step=-1800)
    assert traffic.snapshot().epoch != first


@pytest.mark.parametrize("step", [0.9, -9.0])
def test_a_little_is_left_alone(machine, traffic, turn, step):
    """The small corrections of an NTP client do not set the clock."""
    turn()
    epoch = traffic.snapshot().epoch
    assert turn(step=step) == machine["utc"] - step
    assert traffic.snapshot().epoch == epoch
