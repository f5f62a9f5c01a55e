"""Zones: their geometry, their file, and rings that are refused."""

import numpy as np
import pytest

from fairway.alerts.zones import Zone, ZoneError, Zones
from fairway.errors import RequestError

SQUARE = [[-21.0, 49.0], [-19.0, 49.0], [-19.0, 51.0], [-21.0, 51.0], [-21.0, 49.0]]


def test_a_zone_over_the_antimeridian():
    """180 degrees is no edge, whichever way the longitudes are written."""
    zones = Zones(":memory:")
    drawn = zones.add("Fiji", [[178, -18], [-178, -18], [-178, -16], [178, -16]])
    inside = drawn.holds(np.array([-17.0, -17.0, -17.0, -17.0]), np.array([179.0, -179.0, 177.0, -177.0]))
    assert inside.tolist() == [True, True, False, False]
    assert drawn.distance_m(np.array([-17.0]), np.array([-177.0]))[0] == pytest.approx(106_300, rel=0.01)


def test_distance_is_to_the_nearest_edge():
    """Also inside, and beyond a corner."""
    drawn = Zone(1, "x", np.array(SQUARE[:4]))
    distances = drawn.distance_m(np.array([50.0, 52.0]), np.array([-20.9, -20.0]))
    assert distances == pytest.approx([0.1 * np.cos(np.radians(50)) * 111_120, 111_120], rel=0.01)


def test_zones_are_kept(tmp_path):
    """What was drawn is there after a restart, and an id is never used twice."""
    path = str(tmp_path / "state.db")
    zones = Zones(path)
    first = zones.add("A", SQUARE).id
    zones.remove(first)
    second = zones.add("B", SQUARE).id
    assert second != first
    (again,) = Zones(path).all
    assert (again.id, again.name, again.corners.tolist()) == (second, "B", SQUARE[:4])


def test_a_full_disk(tmp_path):
    """A zone that cannot be written is refused with a message and not listed; with free space it is saved."""
    zones = Zones(str(tmp_path / "state.db"))
    first = zones.add("A", SQUARE).id
    zones._db.execute("PRAGMA max_page_count = 1")
    large = [[lon / 10, 1 + lon % 2] for lon in range(400)]
    with pytest.raises(RequestError, match="disk is full") as refused:
        zones.add("B", large)
    assert refused.value.code == "not_kept"
    assert len(Zones(str(tmp_path / "state.db")).all) == len(zones.all)
    zones._db.execute("PRAGMA max_page_count = 100000")
    assert zones.remove(first)
    assert zones.add("C", SQUARE).id


@pytest.mark.parametrize(
    "ring",
    [None, [], [[1, 2], [3, 4]], [[1, 2], [1, 2], [1, 2]], [[1, 2], [3, 4], ["x", 1]], [[0, 0], [1, 95], [2, 0]]],
)
def test_what_is_no_zone_is_refused(ring):
    """Too few corners, corners that are one, text, and places off the globe."""
    with pytest.raises(ZoneError):
        Zones(":memory:").add("x", ring)


@pytest.mark.parametrize("name", ["", "  ", "\u202eenoz", "a\nb"])
def test_a_zone_has_a_name_that_can_be_shown(name):
    """No blanks alone, nothing that turns the line around or breaks it."""
    with pytest.raises(ZoneError, match="printable"):
        Zones(":memory:").add(name, SQUARE)
