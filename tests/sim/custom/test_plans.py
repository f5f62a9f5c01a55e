"""Plans of independent vessels lead where they say."""

from itertools import islice

import pytest

from fairway.chart import routing
from fairway.chart.geodesy import distance_nm
from sim.custom.plans import PlanSequence, Sail, ShuttlePlan, Stay, keep_course, lie, sail_route, sail_to


def test_a_route_is_sailed_out_and_back(atlantic):
    """A vessel begins where its progress says, lies at the ends, and sails back."""
    parts = list(islice(sail_route(atlantic, 0.25), 5))
    assert [type(part) for part in parts] == [Sail, Stay, Sail, Stay, Sail]
    assert parts[0].begin == pytest.approx(0.25)
    assert [part.destination for part in parts[::2]] == ["London", "New York", "London"]
    assert parts[2].path.lat[0] == parts[0].path.lat[-1]


def test_the_end_of_a_route_is_its_whole_way_out(atlantic):
    """With a progress of 1 a vessel begins at the far end."""
    first = next(sail_route(atlantic, 1.0))
    assert (first.destination, first.begin) == ("London", 1.0)


def test_a_course_ends_before_land():
    """A vessel keeps its course while there is water, then anchors; one without water ahead stays."""
    first, second = list(keep_course((45.0, -30.0), 90.0, 12.0))
    assert isinstance(first, Sail)
    assert first.kn == 12.0
    assert routing.is_clear((45.0, -30.0), (float(first.path.lat[-1]), float(first.path.lon[-1])))
    assert second.nav_status == 1


def test_a_vessel_lies_moored_or_at_anchor():
    """Near a port a vessel is moored, elsewhere at anchor."""
    assert lie((51.95, 4.05)).nav_status == 5
    assert lie((45.0, -30.0)).nav_status == 1


def test_a_path_leads_to_its_place():
    """A vessel sails to a place and lies there for good."""
    path = routing.straight((45.0, -30.0), (45.5, -30.0))
    sail, stay = list(sail_to(path, "There", (45.5, -30.0)))
    assert (sail.destination, sail.end.place) == ("There", (45.5, -30.0))
    assert stay.seconds == float("inf")


def test_a_shuttle_turns_at_both_stops():
    """A vessel lies at a stop, sails to the other one, and returns by the same way."""
    here, there = routing.stop("here", 45.0, -30.0), routing.stop("there", 45.5, -30.0)
    parts = list(islice(ShuttlePlan(here, there, frozenset()), 4))
    assert [type(part) for part in parts] == [Stay, Sail, Stay, Sail]
    assert [part.destination for part in parts[1::2]] == ["there", "here"]
    for part, stop in zip(parts[1::2], (there, here), strict=True):
        assert distance_nm(part.path.lat[-1], part.path.lon[-1], *stop.place) < 0.1


def test_a_sequence_is_followed_by_its_next_plan():
    """The given parts come first, then the other plan; a sequence alone ends."""
    first, second = Stay(1, 1.0), Stay(5, 2.0)
    assert list(PlanSequence([first], PlanSequence([second]))) == [first, second]
