"""Great circles agree with each other and with known distances."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairway.chart.geodesy import angle_diff, bearing_deg, destination, distance_nm, wrap_lon

lats = st.floats(-85, 85)
lons = st.floats(-180, 180, exclude_max=True)
angles = st.floats(-1e4, 1e4)


@given(lats, lons, st.floats(0, 360, exclude_max=True), st.floats(0.01, 5000))
def test_there_is_as_far_as_it_was_sailed(lat, lon, bearing, nm):
    """A destination lies at the distance and in the direction that were asked for."""
    there = destination(lat, lon, bearing, nm)
    assert distance_nm(lat, lon, *there) == pytest.approx(nm, abs=1e-6)
    # The direction of a place that is a metre away is known less well.
    assert abs(angle_diff(bearing_deg(lat, lon, *there), bearing)) < 1e-5 + 1e-6 / nm


@given(lats, lons, lats, lons)
def test_to_and_fro(lat1, lon1, lat2, lon2):
    """The way back is as long, and sailing the distance on the bearing arrives."""
    nm = distance_nm(lat1, lon1, lat2, lon2)
    assert nm == pytest.approx(float(distance_nm(lat2, lon2, lat1, lon1)), abs=1e-9)
    there = destination(lat1, lon1, bearing_deg(lat1, lon1, lat2, lon2), nm)
    assert distance_nm(*there, lat2, lon2) < 1e-3


@given(angles)
def test_wrapped_longitude_is_the_same_meridian(lon):
    """A wrapped longitude is in [-180, 180) and whole turns away."""
    wrapped = float(wrap_lon(lon))
    assert -180 <= wrapped < 180
    assert (lon - wrapped) / 360 == pytest.approx(round((lon - wrapped) / 360), abs=1e-9)


@given(angles, angles)
def test_difference_is_the_short_way(a, b):
    """Turning by the difference leads from b to a, by at most half a turn."""
    turn = float(angle_diff(a, b))
    assert -180 <= turn < 180
    assert np.cos(np.radians(b + turn)) == pytest.approx(np.cos(np.radians(a)), abs=1e-9)
    assert np.sin(np.radians(b + turn)) == pytest.approx(np.sin(np.radians(a)), abs=1e-9)


@pytest.mark.parametrize(
    ("start", "end", "nm", "bearing"),
    [
        ((0, 0), (1, 0), 60.04, 0),
        ((0, 179.5), (0, -179.5), 60.04, 90),
        ((50.066389, -5.714722), (58.643889, -3.07), 523.2, 9.12),
    ],
)
def test_known_distances(start, end, nm, bearing):
    """A degree, a degree across the antimeridian, and Land's End to John o' Groats."""
    assert distance_nm(*start, *end) == pytest.approx(nm, abs=0.1)
    assert bearing_deg(*start, *end) == pytest.approx(bearing, abs=0.01)


def test_arrays():
    """Arrays broadcast."""
    assert distance_nm(np.zeros((3, 1)), 0.0, np.ones(4), 0.0).shape == (3, 4)
    lat, lon = destination(np.zeros(2), np.full(2, 179.9), np.array([90.0, 270.0]), 12.0)
    assert lon == pytest.approx([-179.9, 179.7], abs=0.001)
    assert lat == pytest.approx([0, 0], abs=1e-9)
