"""The rule for speed: limits by vessel type, hysteresis, cooldown."""

import numpy as np
import pytest

from fairway.alerts.rules import high_speed
from fairway.chart.ports import PortIndex
from fairway.settings import Settings
from fairway.traffic import fields
from tests.support.alerts import MOORED, Sea, kinds


@pytest.fixture(scope="module")
def ports() -> PortIndex:
    return PortIndex.load()


@pytest.fixture
def fast(ports) -> Sea:
    return Sea(ports, high_speed.rules(Settings(speed_alert="20,high_speed=45"), ()))


def test_fast_is_reported_once_and_cleared_below_the_limit(fast):
    """Above 20 knots an alert is raised, with the speed as evidence; a knot below the limit it is cleared."""
    assert fast.report(sog=20.0) == []
    (raised,) = fast.report(sog=20.1)
    assert (raised["kind"], raised["state"]) == ("high_speed", "raised")
    assert raised["evidence"]["speed_over_ground"] == 20.1
    assert raised["vessel"]["mmsi"] == 235000001
    assert fast.report(sog=25) == []
    assert fast.report(sog=19.5) == []
    (cleared,) = fast.report(sog=18.9)
    assert cleared["state"] == "cleared"
    assert cleared["event_id"] == raised["event_id"]


def test_fast_at_first_sight_is_reported(fast):
    """A vessel that is first heard at 30 knots is news."""
    assert kinds(fast.report(sog=30)) == [("high_speed", "raised")]


def test_a_moored_vessel_is_never_fast(fast):
    """A moored vessel whose receiver jumps, and a speed that is not known, raise nothing."""
    assert fast.report(sog=60, nav=MOORED) == []
    assert fast.report(sog=60, nav=fields.NAV_AT_ANCHOR) == []
    assert fast.report(sog=None) == []


def test_a_type_may_have_a_limit_of_its_own(ports):
    """The limit of a type counts for that type alone, and a type that does not exist is refused by name."""
    snapshot = Sea(ports, ()).traffic.snapshot()
    (rule,) = high_speed.rules(Settings(speed_alert="20,high_speed=45"), ())
    assert rule.check(snapshot, np.zeros(0, bool)).shape == (0,)
    with pytest.raises(ValueError, match="hovercraft"):
        high_speed.rules(Settings(speed_alert="20,hovercraft=45"), ())
