"""AlertEngine: cooldown, lost vessels, epochs and bounds."""

import numpy as np
import pytest

from fairway.alerts.engine import COOLDOWN_S, MAX_EDGES
from fairway.alerts.rules import high_speed, port_call
from fairway.chart.ports import PortIndex
from fairway.settings import Settings
from tests.support.alerts import MOORED, Sea, kinds


@pytest.fixture(scope="module")
def ports() -> PortIndex:
    return PortIndex.load()


@pytest.fixture
def fast(ports) -> Sea:
    return Sea(ports, high_speed.rules(Settings(speed_alert="20,high_speed=45"), ()))


@pytest.fixture
def rotterdam(ports) -> tuple[float, float]:
    return float(ports.lat[ports.names.index("Rotterdam")]), float(ports.lon[ports.names.index("Rotterdam")])


def test_the_same_is_not_reported_again_at_once(fast):
    """A speed that swings around the limit raises one event in ten minutes, and another one later."""
    fast.report(sog=21)
    fast.report(sog=10)
    assert fast.report(sog=21) == []
    assert fast.report(sog=10) == []
    assert kinds(fast.report(sog=21, after=COOLDOWN_S)) == [("high_speed", "raised")]


def test_who_is_gone_has_nothing_raised(ports):
    """A vessel that falls silent while its alert is up gets it cleared."""
    sea = Sea(ports, high_speed.rules(Settings(speed_alert="20"), ()), lost_after_s=100)
    sea.report(sog=25)
    sea.now += 200
    (cleared,) = sea.check()
    assert (cleared["state"], cleared["evidence"]) == ("cleared", {"reason": "lost"})


def test_another_epoch_begins_again(ports, rotterdam):
    """After the clock was set back, vessels in port raise no event."""
    lat, lon = rotterdam
    sea = Sea(ports, port_call.rules(Settings(), ()))
    sea.report(sog=6, lat=lat, lon=lon)
    sea.now -= 5000
    sea.check()
    assert sea.report(sog=0, lat=lat, lon=lon, nav=MOORED) == []


def test_a_flood_is_bounded(ports):
    """A feed that begins with ten thousand fast vessels does not bury everything else."""
    sea = Sea(ports, high_speed.rules(Settings(speed_alert="20"), ()))
    reported = sea.report(mmsi=np.arange(235000000, 235000000 + 3 * MAX_EDGES), sog=30)
    assert len(reported) == MAX_EDGES
