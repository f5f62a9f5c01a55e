"""Clock: rate, pauses, jumps, limits, and another clock to follow."""

import threading
import time

import pytest

from fairway.runtime.clock import Clock, machine_time


@pytest.fixture
def wall():
    return [100.0]


def test_rate(wall):
    """Ten wall seconds at rate 60 are ten minutes."""
    clock = Clock(1000.0, lambda: wall[0], "replay", rate=60.0)
    wall[0] += 10.0
    assert clock.now() == 1600.0


def test_set(wall):
    """After a jump the clock runs on from there."""
    clock = Clock(1000.0, lambda: wall[0], "replay")
    wall[0] += 5.0
    clock.set(500.0)
    wall[0] += 2.0
    assert clock.now() == 502.0


def test_a_paused_clock_stands_still(wall):
    """A paused clock shows one time; it resumes there, with its rate."""
    clock = Clock(1000.0, lambda: wall[0], "replay", rate=2.0)
    wall[0] += 5.0
    clock.pause()
    wall[0] += 60.0
    assert (clock.now(), clock.paused, clock.rate, clock.rate_actual) == (1010.0, True, 2.0, 0.0)
    clock.pause(False)
    wall[0] += 1.0
    assert clock.now() == 1012.0


def test_a_clock_that_starts_paused(wall):
    """A clock may start paused."""
    clock = Clock(1000.0, lambda: wall[0], "replay", paused=True)
    wall[0] += 5.0
    assert (clock.now(), clock.paused) == (1000.0, True)


def test_another_rate_does_not_jump(wall):
    """A new rate counts from the moment of the change."""
    clock = Clock(1000.0, lambda: wall[0], "replay")
    wall[0] += 10.0
    clock.set_rate(100.0)
    assert clock.now() == 1010.0
    wall[0] += 1.0
    assert clock.now() == 1110.0


def test_a_simulation_waits_for_its_simulator(wall):
    """Before the first limit the time is the start, however long that takes."""
    clock = Clock(1000.0, lambda: wall[0], "simulation")
    wall[0] += 30.0
    assert clock.now() == 1000.0
    clock.lead(1010.0)
    wall[0] += 2.0
    assert clock.now() == 1002.0


def test_lost_time_stays_lost(wall):
    """A clock that waited for its simulator runs on from its limit and shows its true rate."""
    clock = Clock(1000.0, lambda: wall[0], "simulation", rate=10.0)
    clock.lead(1010.0)
    wall[0] += 4.0
    assert clock.now() == 1010.0
    clock.lead(1030.0)
    assert clock.now() == 1010.0
    wall[0] += 1.0
    assert clock.now() == 1020.0
    assert clock.rate_actual == pytest.approx(20 / 5)
    assert clock.rate == 10.0


def test_a_clock_that_keeps_up_has_its_rate(wall):
    """With limits in time, the actual rate is the requested one."""
    clock = Clock(0.0, lambda: wall[0], "simulation", rate=3.0)
    for _ in range(40):
        clock.lead(clock.now() + 3.0)
        wall[0] += 0.5
    assert clock.rate_actual == pytest.approx(3.0)


def test_a_clock_follows_another(wall):
    """A large difference, a pause or another rate is adopted at once; a small difference is not."""
    clock = Clock(0.0, lambda: wall[0], "live")
    clock.follow(5000.0, 1.0, False, "simulation", 0.9)
    assert (clock.now(), clock.mode, clock.rate_actual) == (5000.0, "simulation", 0.9)
    clock.follow(5000.5, 1.0, False, "simulation", 0.9)
    assert clock.now() == 5000.0
    clock.follow(5000.5, 2.0, False, "simulation", 2.0)
    assert (clock.now(), clock.rate) == (5000.5, 2.0)
    clock.follow(5000.7, 2.0, True, "simulation", 0.0)
    assert (clock.now(), clock.paused) == (5000.7, True)


def test_wait_ends_with_stop():
    """A wait of an hour ends at once when the server stops."""
    stop = threading.Event()
    stop.set()
    assert Clock(0.0, lambda: 0.0, "live").wait(stop, 3600) is True


def test_the_machine_shows_unix_seconds():
    """The machine's time lies between two readings of it."""
    before = time.time()
    assert before <= machine_time() <= time.time()
