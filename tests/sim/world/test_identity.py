"""Identity: numbers that check, agree with each other, and belong to one vessel only."""

import numpy as np
import pytest

from sim.world import identity
from sim.world.composition import make_fleet
from sim.world.vessel_types import SIZE_CLASSES
from sim.world.world import World


def test_the_first_imo_numbers():
    """They begin with the number of the guide's example, with its check digit made right."""
    assert identity.imo_numbers(3).tolist() == [7000009, 7000011, 7000023]


@pytest.mark.parametrize("count", [500, 900_000])
def test_imo_numbers_check(count):
    """Every number has seven digits and a valid check digit, and none comes twice."""
    numbers = identity.imo_numbers(count).astype(np.int64)
    digits = numbers[:, None] // 10 ** np.arange(6, -1, -1) % 10
    assert (digits[:, 0] > 0).all()
    assert ((digits[:, :6] * np.arange(7, 1, -1)).sum(axis=1) % 10 == digits[:, 6]).all()
    assert len(np.unique(numbers)) == count


def test_beyond_the_last_imo_number():
    """A vessel for which no number is left has none."""
    assert identity.imo_numbers(900_001)[-1] == 0


def test_flag_mmsi_and_call_sign_agree(world):
    """MID and call sign prefix are those of the flag; MMSI, name and call sign are one vessel's only."""
    fleet = world.fleet
    by_flag = {flag.iso2: flag for flag in identity.FLAGS}
    for flag, mmsi, callsign in zip(fleet.flag, fleet.mmsi.tolist(), fleet.callsign, strict=True):
        assert mmsi // 1_000_000 == by_flag[flag].mid
        assert callsign.startswith(by_flag[flag].prefix)
        assert len(callsign) <= 7
    for column in (fleet.mmsi.tolist(), fleet.name, fleet.callsign):
        assert len(set(column)) == 500


def test_names_fit_ais():
    """A name has at most the 20 characters of AIS, also in a fleet that uses every pair of words."""
    names = identity.names(5000, np.random.default_rng(1))
    assert max(map(len, names)) <= 20
    assert len(set(names)) > 4500


def test_atlantic_pioneer_is_always_there(world):
    """IMO7000009, MV Atlantic Pioneer, container, is the first vessel whatever the size and seed."""
    for fleet in (world.fleet, World(99, 1, 0.0).fleet, World(3, 7, 0.0).fleet):
        assert (int(fleet.imo[0]), fleet.name[0], int(fleet.vessel_type[0])) == (7000009, "MV Atlantic Pioneer", 0)


def test_shares(world):
    """30/25/25/20 % tankers, bulkers, containers, general cargo; 70 % on routes that take their type."""
    fleet, routes = world.fleet, world.lanes.routes
    assert np.bincount(fleet.vessel_type).tolist() == [125, 125, 100, 150]
    assert abs(np.count_nonzero(fleet.route >= 0) - 350) <= 1
    kinds = ("container", "bulker", "general_cargo", "tanker")
    for kind, route in zip(fleet.vessel_type.tolist(), fleet.route.tolist(), strict=True):
        assert route < 0 or kinds[kind] in routes[route].vessel_types


def test_size_and_draught_agree(world):
    """The antenna lies within the hull, the draught between ballast and laden, and no VLCC meets the canal."""
    fleet = world.fleet
    assert (fleet.a + fleet.b == fleet.length_m).all()
    assert (fleet.c + fleet.d == fleet.beam_m).all()
    classes = [SIZE_CLASSES[at] for at in fleet.size_class]
    assert all(c.ballast_m - 0.06 <= d <= c.laden_m + 0.06 for c, d in zip(classes, fleet.draught, strict=True))
    through = [bool(np.isfinite(world.lanes.canal[list(r.legs_out)]).any()) for r in world.lanes.routes]
    assert all(c.fits_suez for c, route in zip(classes, fleet.route, strict=True) if route >= 0 and through[route])


@pytest.mark.parametrize("size", [1, 2, 3, 10])
def test_small_fleets(size):
    """A fleet of a few vessels is complete."""
    world = World(1, size, 0.0)
    assert len(world.fleet) == len(world.fleet.name) == size


def test_more_vessels_than_mmsis():
    """Over a million vessels are refused with their number."""
    with pytest.raises(ValueError, match="1000001"):
        identity.mmsi_numbers(np.zeros(1_000_001, np.intp))


def test_same_seed_same_fleet(world):
    """The same seed makes the same fleet; another seed another."""
    again = make_fleet(500, world.lanes, np.random.default_rng(1))
    assert again.name == make_fleet(500, world.lanes, np.random.default_rng(1)).name
    assert again.name != make_fleet(500, world.lanes, np.random.default_rng(2)).name
