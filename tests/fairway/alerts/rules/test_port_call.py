"""The rule for port calls."""

import pytest

from fairway.alerts.rules import port_call
from fairway.chart.ports import PortIndex
from fairway.settings import Settings
from tests.support.alerts import MOORED, Sea


@pytest.fixture(scope="module")
def ports() -> PortIndex:
    return PortIndex.load()


@pytest.fixture
def rotterdam(ports) -> tuple[float, float]:
    return float(ports.lat[ports.names.index("Rotterdam")]), float(ports.lon[ports.names.index("Rotterdam")])


def test_entering_and_leaving_a_port(ports, rotterdam):
    """Arrival in a port and departure raise events with the port's name; a shift of berth does not."""
    lat, lon = rotterdam
    sea = Sea(ports, port_call.rules(Settings(), ()))
    assert sea.report(sog=6, lat=lat, lon=lon) == []
    (entered,) = sea.report(sog=0, lat=lat, lon=lon, nav=MOORED)
    assert (entered["kind"], entered["zone"]) == ("entered_port", "Rotterdam")
    assert sea.report(sog=3, lat=lat, lon=lon) == []
    assert sea.report(sog=0, lat=lat, lon=lon, nav=MOORED) == []
    (left,) = sea.report(sog=8, lat=lat, lon=lon)
    assert (left["kind"], left["zone"], left["state"]) == ("left_port", "Rotterdam", "raised")


def test_who_was_in_port_at_first_sight_is_no_news(ports, rotterdam):
    """Vessels moored when first seen raise no event; their departure raises one with the port's name."""
    lat, lon = rotterdam
    sea = Sea(ports, port_call.rules(Settings(), ()))
    assert sea.report(sog=0, lat=lat, lon=lon, nav=MOORED) == []
    assert [(event["kind"], event["zone"]) for event in sea.report(sog=9, lat=lat, lon=lon)] == [
        ("left_port", "Rotterdam")
    ]
