"""The simulator as a feed: a World kept at the clock's time."""

import threading

from config import Settings
from feeds import simulator
from traffic.clock import Clock

NOW = 1_800_000_000.0


def test_a_clock_set_back_starts_a_new_world():
    """After a jump back the feed tells everything of a world that begins there."""
    wall, batches = [0.0], []
    clock = Clock(NOW, lambda: wall[0], "simulation")

    class Patience(threading.Event):
        """Ends the feed when it has waited for the third time; sets the clock back at the second."""

        waits = 0

        def wait(self, timeout=None):
            self.waits += 1
            wall[0] += 1.0
            if self.waits == 2:
                clock.set(NOW - 5000)
            if self.waits == 4:
                self.set()
            return self.is_set()

    simulator.run(batches.append, clock, Settings(fleet_size=20), Patience())
    whole = [batch for batch in batches if batch.moving and len(batch.mmsi) == 20]
    assert [int(batch.t[0]) for batch in whole] == [NOW * 1000, (NOW - 5000) * 1000]
