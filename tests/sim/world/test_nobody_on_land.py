"""No one on land: a year of the default fleet before a referee whose coastline the simulator does not use."""

import json
from pathlib import Path

import numpy as np
import pytest
from roaring_landmask import RoaringLandmask

from fairway.chart import geodesy
from sim.world.world import World

START = 1_800_000_000.0
DAYS, SIZE, STEP_S, LOOK_S = 365, 500, 60, 600
CANAL_NM = 2.0
CANALS = [Path(__file__).parents[3] / "fairway/chart/data" / f"{name}.json" for name in ("suez", "panama")]


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_no_one_on_land():
    """In a year, looked at every ten minutes, no one is on land but in a canal or between entrance and berth."""
    found = ashore()
    # the banks of the canals and the quays are in it: the referee has looked
    assert len(found) > 1000
    assert not_excused(found, World(1, 1, START)).tolist() == []


def ashore() -> np.ndarray:
    """Every look at a vessel on land, float64[n, 4]: latitude, longitude, leg and miles along it."""
    world, referee, found = World(1, SIZE, START), RoaringLandmask.new(), []
    for step in range(DAYS * 86_400 // STEP_S):
        world.step(STEP_S)
        if step % (LOOK_S // STEP_S) == 0:
            fleet = world.fleet
            at = np.flatnonzero(referee.contains_many(fleet.lon, fleet.lat))
            found.append(np.column_stack([fleet.lat, fleet.lon, fleet.leg, fleet.along_nm])[at])
    assert len(found) == DAYS * 86_400 // LOOK_S
    return np.concatenate(found)


def not_excused(points: np.ndarray, world: World) -> np.ndarray:
    """Points (latitude, longitude, leg, nm along it) outside the canals and the harbours."""
    lat, lon, leg, along = points.T
    leg = leg.astype(int)
    lanes = world.lanes
    harbour = (along <= lanes.entrance_out_nm[leg]) | (along >= lanes.entrance_in_nm[leg])
    canal = np.concatenate([np.array(json.loads(file.read_text())) for file in CANALS])
    near = np.array([geodesy.distance_nm(canal[:, 0], canal[:, 1], a, b).min() for a, b in zip(lat, lon, strict=True)])
    return points[~harbour & (near > CANAL_NM)]


@pytest.mark.parametrize(("place", "excused"), [((46.5, 8.0), False), ((30.6, 32.3), True), ((9.05, -79.65), True)])
def test_the_excuse_is_narrow(place, excused):
    """The Alps in the middle of a leg are land; the banks of canals are excused."""
    point = np.array([[*place, 0.0, 1000.0]])
    assert (len(not_excused(point, World(1, 1, START))) == 0) is excused
