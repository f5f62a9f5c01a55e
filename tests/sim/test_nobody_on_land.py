"""Nobody on land: a year of the default fleet before a referee whose coastline the simulator does not use."""

import json
from pathlib import Path

import numpy as np
import pytest
from roaring_landmask import RoaringLandmask

from sea import geo
from sim.world import World

from .conftest import NOW

DAYS = 365
SAMPLE_S = 600
CANAL_NM = 2.0
SUEZ = Path(__file__).parents[2] / "sea/suez.json"


@pytest.mark.timeout(1800)
def test_nobody_on_land():
    """In a year, looked at every ten minutes, nobody is on land but in the canal or between entrance and berth."""
    world = World(1, 500, NOW)
    referee = RoaringLandmask.new()
    found, looks = [], 0
    for step in range(DAYS * 86_400 // 60):
        world.step(60)
        if step % (SAMPLE_S // 60) == 0:
            fleet = world.fleet
            looks += len(fleet)
            ashore = np.flatnonzero(referee.contains_many(fleet.lon, fleet.lat))
            if len(ashore):
                found.append(np.column_stack([fleet.lat, fleet.lon, fleet.leg, fleet.along_nm])[ashore])
    assert looks == DAYS * 144 * 500
    assert not_excused(np.concatenate(found), world).tolist() == []


def not_excused(points: np.ndarray, world: World) -> np.ndarray:
    """Points (latitude, longitude, leg, nm along it) outside the canal and the harbours."""
    lat, lon, leg, along = points.T
    leg = leg.astype(int)
    lanes = world.lanes
    harbour = (along <= lanes.entrance_out_nm[leg]) | (along >= lanes.entrance_in_nm[leg])
    canal = np.array(json.loads(SUEZ.read_text())).reshape(-1, 2)
    near = np.array([geo.distance_nm(canal[:, 0], canal[:, 1], a, b).min() for a, b in zip(lat, lon, strict=True)])
    return points[~harbour & (near > CANAL_NM)]


@pytest.mark.parametrize(("place", "excused"), [((46.5, 8.0), False), ((30.6, 32.3), True)])
def test_the_excuse_is_narrow(place, excused):
    """The Alps in the middle of a leg are land; the banks of the canal are excused."""
    point = np.array([[*place, 0.0, 1000.0]])
    assert (len(not_excused(point, World(1, 1, NOW))) == 0) is excused
