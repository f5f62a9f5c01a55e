"""Clock: rate, pauses, jumps, waiting, and falling behind a simulator."""

import threading

import pytest

from fairway.runtime.clock import Clock


@pytest.fixture
def wall():
    return [100.0]


def test_rate(wall):
    """Ten wall seconds at rate 60 are ten minutes."""
    clock = Clock(1000.0, lambda: wall[0], "replay", rate=60.0)
    wall[0] += 10.0
    assert clock.now() == 1600.0


def test_set(wall):
    """After a jump the clock goes on from there."""
    clock = Clock(1000.0, lambda: wall[0], "replay")
    wall[0] += 5.0
    clock.set(500.0)
    wall[0] += 2.0
    assert clock.now() == 502.0


def test_a_pause_stands_still(wall):
    """A paused clock shows one time; it goes on from there, with its rate."""
    clock = Clock(1000.0, lambda: wall[0], "replay", rate=2.0)
    wall[0] += 5.0
    clock.pause()
    wall[0] += 60.0
    assert (clock.now(), clock.paused, clock.rate, clock.rate_actual) == (1010.0, True, 2.0, 0.0)
    clock.pause(False)
    wall[0] += 1.0
    assert clock.now() == 1012.0


def test_another_rate_does_not_jump(wall):
    """A new rate counts from now on."""
    clock = Clock(1000.0, lambda: wall[0], "replay")
    wall[0] += 10.0
    clock.set_rate(100.0)
    assert clock.now() == 1010.0
    wall[0] += 1.0
    assert clock.now() == 1110.0


def test_a_simulation_stands_until_it_is_led(wall):
    """Before the simulator is there the time is the start, however long that takes."""
    clock = Clock(1000.0, lambda: wall[0], "simulation")
    wall[0] += 30.0
    assert clock.now() == 1000.0
    clock.lead(1010.0)
    wall[0] += 2.0
    assert clock.now() == 1002.0


def test_time_that_was_lost_stays_lost(wall):
    """A clock that had to wait for its simulator goes on where it stood, and says how fast it really was."""
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
    """Led in time, the actual rate is the wanted one."""
    clock = Clock(0.0, lambda: wall[0], "simulation", rate=3.0)
    for _ in range(40):
        clock.lead(clock.now() + 3.0)
        wall[0] += 0.5
    assert clock.rate_actual == pytest.approx(3.0)


def test_wait_ends_with_stop():
    """A wait of an hour ends at once when the server stops."""
    stop = threading.Event()
    stop.set()
    assert Clock(0.0, lambda: 0.0, "live").wait(stop, 3600) is True
