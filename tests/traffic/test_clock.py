"""Clock: rate, jumps, waiting."""

import threading

from traffic.clock import Clock


def test_rate():
    """Ten wall seconds at rate 60 are ten minutes."""
    wall = iter([100.0, 110.0])
    clock = Clock(1000.0, lambda: next(wall), "simulation", rate=60.0)
    assert clock.now() == 1600.0


def test_set():
    """After a jump the clock goes on from there."""
    wall = [0.0]
    clock = Clock(1000.0, lambda: wall[0], "replay")
    wall[0] = 5.0
    clock.set(500.0)
    wall[0] = 7.0
    assert clock.now() == 502.0


def test_wait_ends_with_stop():
    """A wait of an hour ends at once when the server stops."""
    stop = threading.Event()
    stop.set()
    assert Clock(0.0, lambda: 0.0, "live").wait(stop, 3600) is True
