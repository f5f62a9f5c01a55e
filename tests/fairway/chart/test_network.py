"""The network of sea lanes that custom routes follow."""

import numpy as np

from fairway.chart.geodesy import distance_nm
from fairway.chart.land_mask import LandMask
from fairway.chart.network import SUEZ, Network


def test_open_edges_keep_off_land():
    """No edge on open water touches a cell of land."""
    network, water = Network.load(), LandMask.load()
    corners = np.concatenate([network.corners[at] for at in np.flatnonzero(~network.narrow).tolist()])
    assert not water.is_land(*corners.T).any()


def test_lengths():
    """The length of an edge is that of its line."""
    network = Network.load()
    for edge in range(0, len(network.start), 997):
        lat, lon = network.corners[edge].T
        assert np.isclose(network.nm[edge], distance_nm(lat[:-1], lon[:-1], lat[1:], lon[1:]).sum())


def node_near(lat: float, lon: float) -> int:
    network = Network.load()
    return int(np.argmin(distance_nm(lat, lon, network.lat, network.lon)))


def test_shortest():
    """The edges of a route join its ends, add up to its length, and avoid a closed passage."""
    network = Network.load()
    start, goal = node_near(12.5, 47.0), node_near(35.0, 18.0)
    nm, first, edges = network.shortest([(start, 0.0)], {goal: 0.0})
    assert first == start
    assert np.isclose(nm, sum(network.nm[edge] for edge, _ in edges))
    assert SUEZ in {str(network.passage[edge]) for edge, _ in edges}
    around, _, detour = network.shortest([(start, 0.0)], {goal: 0.0}, {SUEZ})
    assert around > 3 * nm
    assert SUEZ not in {str(network.passage[edge]) for edge, _ in detour}


def test_without_a_goal_in_reach():
    """With no goal the length is infinite and no edge is returned."""
    assert Network.load().shortest([(0, 0.0)], {}) == (float("inf"), -1, [])
