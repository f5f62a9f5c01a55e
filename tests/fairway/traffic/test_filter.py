"""Filter: its tests on columns, with their bounds and unknown values."""

import pytest

from fairway.traffic import fields
from fairway.traffic.filter import Filter, coded, in_box, near, one_of, speed
from tests.support.traffic import NOW, report


def matches(traffic, *tests):
    """MMSIs that pass, in order of rows."""
    picked = traffic.advance(NOW).changes(0)
    return picked["mmsi"][Filter(tests).match(picked)].tolist()


def test_box_with_borders_and_across_the_antimeridian(traffic):
    """Borders belong to the box; a box whose west is greater than its east crosses 180 degrees."""
    traffic.put(report([1, 2, 3, 4], lat=[50.0, 51.0, 52.5, 50.0], lon=[0.0, 10.0, 5.0, 179.5]))
    assert matches(traffic, in_box(0, 50, 10, 52)) == [1, 2]
    assert matches(traffic, in_box(179, 49, -179, 51)) == [4]


def test_near_is_a_circle(traffic):
    """A vessel at the distance in latitude passes, one at the same distance in both directions does not."""
    traffic.put(report([1, 2], lat=[50.5, 50.45], lon=[0.0, 0.7]))
    assert matches(traffic, near(50.0, 0.0, 30.1)) == [1]


@pytest.mark.parametrize(
    ("least", "most", "found"), [(None, None, [1, 2]), (12.0, None, [2]), (None, 12.0, [1, 2]), (11.95, 12.05, [2])]
)
def test_speed_bounds_are_included_and_unknown_speed_never_passes(traffic, least, most, found):
    """Bounds belong to the range; a vessel of unknown speed passes no test of speed."""
    traffic.put(report([1, 2, 3], sog=[100, 120, fields.U2_NA]))
    assert matches(traffic, speed(least, most)) == found


def test_all_tests_must_pass(traffic):
    """Tests are a conjunction; without any, every vessel passes."""
    traffic.put(report([1, 2, 3], nav_status=[0, 1, 1]))
    assert matches(traffic) == [1, 2, 3]
    assert matches(traffic, coded("nav_status", [1]), one_of("mmsi", [1, 2])) == [2]
