"""The rule for zones."""

import pytest

from fairway.alerts.engine import COOLDOWN_S
from fairway.alerts.rules import zone
from fairway.alerts.zones import Zones
from fairway.chart.ports import PortIndex
from fairway.settings import Settings
from tests.support.alerts import Sea, kinds


@pytest.fixture(scope="module")
def ports() -> PortIndex:
    return PortIndex.load()


SQUARE = [[-21.0, 49.0], [-19.0, 49.0], [-19.0, 51.0], [-21.0, 51.0], [-21.0, 49.0]]


def test_entering_and_leaving_a_zone(ports):
    """Entering and leaving a zone raise events; a few metres beyond the edge are not yet outside."""
    zones = Zones(":memory:")
    drawn = zones.add(" Reef ", SQUARE)
    assert drawn.name == "Reef"
    sea = Sea(ports, lambda: zone.rules(Settings(), zones.all))
    assert sea.report(lon=-22) == []
    (entered,) = sea.report(lon=-20.9, after=3000)
    assert (entered["kind"], entered["zone"]) == ("entered_zone", "Reef")
    assert sea.report(lon=-21.0005, after=3000) == []
    assert kinds(sea.report(lon=-21.1, after=3000)) == [("left_zone", "raised")]
    zones.remove(drawn.id)
    assert sea.report(lon=-20, after=COOLDOWN_S) == []


def test_a_new_zone_tells_nothing_of_who_is_inside(ports):
    """Drawing a zone around vessels is no arrival."""
    zones = Zones(":memory:")
    sea = Sea(ports, lambda: zone.rules(Settings(), zones.all))
    sea.report()
    zones.add("Reef", SQUARE)
    assert sea.report() == []
    assert kinds(sea.report(lon=-21.1, after=3000)) == [("left_zone", "raised")]
