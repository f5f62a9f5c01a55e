"""Status and port of a vessel."""

import pytest

from fairway.protocol.encode_json import particulars
from fairway.traffic import fields
from tests.support.traffic import NOW, report

SHIP = 211_000_001


@pytest.mark.parametrize(
    ("place", "nav_status", "sog", "status", "port"),
    [
        ("berth", 5, 0, "in_port", True),
        ("berth", 0, 3, "in_port", True),
        ("berth", 15, 0, "in_port", True),
        ("berth", 0, 80, "at_sea", False),
        ("anchorage", 1, 2, "anchored", True),
        ("ocean", 1, 0, "anchored", False),
        ("ocean", 5, 0, "in_port", False),
        ("ocean", 0, 0, "at_sea", False),
        ("berth", 15, fields.U2_NA, "at_sea", False),
    ],
)
def test_status(traffic, ports, place, nav_status, sog, status, port):
    """Moored, or at rest within a port: in_port. At anchor: anchored. Everything else: at_sea."""
    rotterdam = ports.names.index("Rotterdam")
    lat, lon = (45.0, -30.0) if place == "ocean" else (ports.lat[rotterdam], ports.lon[rotterdam])
    traffic.put(report(SHIP, lat=lat, lon=lon, sog=sog, nav_status=nav_status))
    row = particulars(traffic.advance(NOW), SHIP)
    assert row["status"] == status
    assert row["position"]["port_name"] == ("Rotterdam" if port else None)
    assert row["position"]["country"] == ("Netherlands" if port else None)
