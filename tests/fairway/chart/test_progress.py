"""Progress along the legs of a route."""

import numpy as np
import pytest

from fairway.chart import progress, routing


def test_the_nearest_point_of_a_line():
    """Abeam of a line's middle, across the antimeridian; before its start and after its end the ends are nearest."""
    lat, lon = np.array([0.0, 0.0, 2.0]), np.array([179.0, 181.0, 181.0])
    assert progress.nearest(lat, lon, 0.5, -179.8) == pytest.approx((30.0, 72.0), rel=0.01)
    assert progress.nearest(lat, lon, 0.0, 178.0) == pytest.approx((60.0, 0.0), rel=0.01)
    assert progress.nearest(lat, lon, 3.0, 181.0) == pytest.approx((60.0, 240.0), rel=0.01)


def test_several_legs():
    """Half of the second of two equal legs is three quarters of the route."""
    legs = [routing.straight((0.0, 0.0), (0.0, 4.0)), routing.straight((0.0, 4.0), (4.0, 4.0))]
    assert progress.progress(legs, 2.0, 4.1) == pytest.approx(0.75, abs=0.001)
    assert progress.progress(legs, -1.0, -1.0) == 0.0
