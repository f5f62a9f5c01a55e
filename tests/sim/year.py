"""A year of the default fleet before a referee whose coastline the simulator does not use: `python year.py OUT.npy`.

A program of its own, so that it can run beside the tests that wait for servers. Writes float64[n, 4]: latitude,
longitude, leg and miles along it of every look at a vessel that was on land.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import numpy as np
from roaring_landmask import RoaringLandmask

from sim.world import World

START = 1_800_000_000.0
DAYS, SIZE, STEP_S, LOOK_S = 365, 500, 60, 600


def ashore() -> np.ndarray:
    world, referee, found = World(1, SIZE, START), RoaringLandmask.new(), []
    for step in range(DAYS * 86_400 // STEP_S):
        world.step(STEP_S)
        if step % (LOOK_S // STEP_S) == 0:
            fleet = world.fleet
            at = np.flatnonzero(referee.contains_many(fleet.lon, fleet.lat))
            found.append(np.column_stack([fleet.lat, fleet.lon, fleet.leg, fleet.along_nm])[at])
    assert len(found) == DAYS * 86_400 // LOOK_S
    return np.concatenate(found)


if __name__ == "__main__":
    np.save(sys.argv[1], ashore())
