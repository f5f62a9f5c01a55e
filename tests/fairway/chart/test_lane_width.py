"""The width of lanes."""

import numpy as np

from fairway.chart.lane_width import MIN_NM, TO_PORT_NM, TO_STARBOARD_NM, sides

ALONG = np.arange(0.0, 200.0, 4.0)
STRAIGHT = np.full(len(ALONG), 90.0)


def test_open_sea():
    """On a straight lane far from land vessels use the full width."""
    port, starboard = sides(ALONG, STRAIGHT, np.full(len(ALONG), 12.75))
    assert np.allclose(port, TO_PORT_NM)
    assert np.allclose(starboard, TO_STARBOARD_NM)


def test_near_land():
    """Where land is near the lane narrows to its minimum, and widens by at most six hundredths of a mile per mile."""
    room = np.full(len(ALONG), 12.75)
    room[20] = 0.2
    port, starboard = sides(ALONG, STRAIGHT, room)
    assert (port[20], starboard[20]) == (0.0, MIN_NM)
    assert np.abs(np.diff(starboard) / np.diff(ALONG)).max() <= 0.06 + 1e-9
    assert np.allclose(starboard[[0, -1]], TO_STARBOARD_NM)


def test_a_tight_bend():
    """At a bend of ninety degrees within a segment the lane has almost no width."""
    course = np.where(ALONG < 100.0, 0.0, 90.0)
    _, starboard = sides(ALONG, course, np.full(len(ALONG), 12.75))
    assert starboard.min() < 0.5
    assert starboard.max() == TO_STARBOARD_NM
