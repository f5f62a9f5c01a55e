"""Ports lie in the water, and the nearest one is found."""

import numpy as np
import pytest

from fairway.chart.geodesy import distance_nm
from fairway.chart.ports import PortIndex

ENTRANCE_TO_BERTH_NM = 8.0


def test_every_port_has_a_locode_of_its_own(ports):
    """UN/LOCODEs are unique, five characters, as are names."""
    assert len({port.locode for port in ports}) == len(ports)
    assert len({port.name for port in ports}) == len(ports)
    assert all(len(port.locode) == 5 and port.locode.isalnum() and port.locode.isupper() for port in ports)


@pytest.mark.slow
def test_entrances_and_anchorages_are_on_water(ports, referee):
    """The referee finds no entrance and no anchorage on land."""
    for place in ("entrance", "anchorage"):
        lat, lon = np.array([getattr(port, place) for port in ports]).T
        land = referee.contains_many(lon, lat)
        assert [port.name for port, dry in zip(ports, land, strict=True) if dry] == []


def test_berth_entrance_and_anchorage_are_near_each_other(ports):
    """The stretch that may cross land is short; the anchorage lies outside the entrance, within its port's range."""
    for port in ports:
        assert distance_nm(*port.berth, *port.entrance) <= ENTRANCE_TO_BERTH_NM
        assert 1.0 <= distance_nm(*port.entrance, *port.anchorage) <= 10.0
        assert distance_nm(*port.berth, *port.anchorage) <= 12.0
        assert (port.lat, port.lon) == port.berth


def test_simulated_ports_come_first(ports, index):
    """The index begins with the simulator's ports in their order; all its columns are as long."""
    assert index.names[: len(ports)] == [port.name for port in ports]
    assert index.countries[: len(ports)] == [port.country for port in ports]
    assert index.locodes[: len(ports)] == [port.locode for port in ports]
    lengths = {len(column) for column in (index.names, index.countries, index.locodes, index.lat, index.lon)}
    assert len(lengths) == 1
    assert lengths.pop() > 2900


def test_each_port_finds_itself(ports, index):
    """The nearest port of a port's berth and of its anchorage is that port."""
    for place, range_nm in (("berth", 5.0), ("anchorage", 15.0)):
        lat, lon = np.array([getattr(port, place) for port in ports]).T
        assert index.nearest(lat, lon, range_nm).tolist() == list(range(len(ports)))


def test_nearest_knows_rotterdam_and_no_port_in_mid_atlantic(index):
    """Europoort is Rotterdam, Netherlands; the middle of the Atlantic is nothing."""
    found = index.nearest(np.array([51.96, 30.0]), np.array([4.06, -40.0]), 5.0)
    assert index.names[found[0]] == "Rotterdam"
    assert index.countries[found[0]] == "Netherlands"
    assert found.tolist()[1] == -1
    assert found.dtype == np.int16


def test_nearest_of_nothing(index):
    """No points, no ports."""
    assert index.nearest(np.zeros(0), np.zeros(0), 5.0).shape == (0,)


@pytest.mark.slow
def test_nearest_agrees_with_every_distance(index):
    """Over many points the answer is that of all distances."""
    rng = np.random.default_rng(5)
    near = rng.integers(0, len(index.names), 1500)
    lat, lon = index.lat[near] + rng.normal(0, 0.3, 1500), index.lon[near] + rng.normal(0, 0.3, 1500)
    for range_nm in (1.0, 15.0):
        found = index.nearest(lat, lon, range_nm)
        distance = distance_nm(lat[:, None], lon[:, None], index.lat, index.lon)
        expected = np.where(distance.min(axis=1) <= range_nm, distance.argmin(axis=1), -1)
        same_place = distance[np.arange(1500), found] == distance.min(axis=1)
        assert (found >= 0).tolist() == (expected >= 0).tolist()
        assert ((found == expected) | same_place).all()


@pytest.mark.parametrize("lon", [179.99, -179.99])
def test_nearest_across_the_antimeridian(lon):
    """A port on one side is near a vessel on the other."""
    index = PortIndex(["Here", "There"], ["", ""], ["", ""], np.array([0.0, 40.0]), np.array([180.0, 0.0]))
    assert index.nearest(np.array([0.0]), np.array([lon]), 1.0).tolist() == [0]
