"""The search over the land mask."""

import numpy as np
import pytest

from fairway.chart.geodesy import distance_nm
from fairway.chart.grid_search import GridSearch
from fairway.chart.land_mask import LandMask

STRAIT = (51.0, 1.6)
"""Open water in the Strait of Dover."""


def test_a_route_stays_on_water():
    """From the Channel round Kent to the Thames estuary each cell of the route is water and joins the next."""
    mask = LandMask.load()
    search = GridSearch(STRAIT, mask, 1.0)
    places = [STRAIT, *search.route((51.5, 1.2))]
    lat, lon = np.array(places).T
    assert not mask.is_land(lat, lon).any()
    assert distance_nm(lat[:-1], lon[:-1], lat[1:], lon[1:]).max() < 2.0
    assert search.total((51.5, 1.2)) >= distance_nm(lat[:-1], lon[:-1], lat[1:], lon[1:]).sum() * 0.9


def test_land_and_the_world_beyond_the_window_cost_infinity():
    """No route leads to London's streets or out of the window, and the error says so."""
    search = GridSearch(STRAIT, LandMask.load(), 0.5)
    assert search.total((51.2, 0.5)) == float("inf")
    assert search.total((30.0, -40.0)) == float("inf")
    with pytest.raises(ValueError, match="no route by water"):
        search.route((51.2, 0.5))


def test_a_goal_widens_the_window():
    """With a goal outside the reach the window contains it, and the cost is that of a wider search."""
    goal = (52.2, 2.6)
    mask = LandMask.load()
    assert GridSearch(STRAIT, mask, 0.3).total(goal) == float("inf")
    assert GridSearch(STRAIT, mask, 0.3, goal).total(goal) == pytest.approx(
        GridSearch(STRAIT, mask, 2.0).total(goal), rel=0.01
    )
