"""The JSON encoding."""

import json

import numpy as np
import pytest

from fairway.protocol import encode_json
from fairway.traffic import fields
from tests.support.traffic import NOW, report, static

SHIP = 211_000_001


def updates(snapshot, since=0, **more):
    return [json.loads(text) for text in encode_json.vessel_updates(snapshot, since, **more)]


def test_an_update_has_the_guides_shape(traffic):
    """An update has the keys, order and units of the guide, then the further keys."""
    traffic.put(
        report(SHIP, lat=51.9225, lon=4.4792, sog=125, cog=1800, heading=182, rot=5, source="simulator", simulated=True)
    )
    traffic.put(static(SHIP, source="simulator", name="MV Atlantic Pioneer", imo=7000009, vessel_type=0,
                       destination="Los Angeles", eta=1_705_759_200_000))  # fmt: skip
    (message,) = updates(traffic.advance(NOW))
    assert list(message["updates"][0].items()) == [
        ("imo_number", "IMO7000009"),
        ("vessel_name", "MV Atlantic Pioneer"),
        ("vessel_type", "container"),
        ("timestamp", "2027-01-15T08:00:00Z"),
        ("position", {"latitude": 51.9225, "longitude": 4.4792, "port_name": None, "country": None}),
        ("kinematics", {"speed_over_ground": 12.5, "course_over_ground": 180.0, "heading": 182.0, "rate_of_turn": 0.5}),
        ("status", "at_sea"),
        ("destination", "Los Angeles"),
        ("eta", "2024-01-20T14:00:00Z"),
        ("mmsi", SHIP),
        ("source", "simulator"),
        ("simulated", True),
        ("nav_status", 0),
        ("destination_port", "Los Angeles"),
        ("doubt", None),
    ]
    assert (message["type"], message["update_count"]) == ("vessel_updates", 1)


def test_unknown_is_null(traffic):
    """A value that AIS marks as not available is null."""
    na = fields.U2_NA
    traffic.put(report(SHIP, sog=na, cog=na, heading=na, rot=fields.ROT_NA, nav_status=15))
    traffic.put(static(SHIP, imo=7000001, name="", eta=0))
    (message,) = updates(traffic.advance(NOW))
    vessel = message["updates"][0]
    assert set(vessel["kinematics"].values()) == {None}
    assert [vessel[key] for key in ("imo_number", "vessel_name", "destination", "eta")] == [None] * 4
    assert encode_json.vessel(traffic.snapshot(), 0) == vessel


def test_zero_is_not_unknown(traffic):
    """Heading 0, speed 0 and 0 degrees are values."""
    traffic.put(report([SHIP, SHIP + 1], lat=[0, 1], lon=[1, 0], sog=0, cog=0, heading=0, rot=0))
    on_the_equator, on_the_meridian = updates(traffic.advance(NOW))[0]["updates"]
    assert set(on_the_equator["kinematics"].values()) == {0.0}
    assert on_the_equator["position"]["latitude"] == on_the_meridian["position"]["longitude"] == 0.0


@pytest.mark.parametrize(
    "text", ["</script><img src=x onerror=alert(1)>", '"\\\u2028', "\x00\x07", "ÅŞ 船", "' OR 1=1 --"]
)
def test_hostile_text_survives_as_text(traffic, text):
    """A name with any characters gives valid JSON with the same name."""
    traffic.put(report(SHIP))
    traffic.put(static(SHIP, name=text, destination=text))
    vessel = updates(traffic.advance(NOW))[0]["updates"][0]
    assert (vessel["vessel_name"], vessel["destination"]) == (text, text)


def test_parts(traffic):
    """A large fleet is sent in parts of at most 512 KiB with the same seq and every vessel once."""
    traffic.put(report(np.arange(1, 5001)))
    snapshot = traffic.advance(NOW)
    texts = encode_json.vessel_updates(snapshot, 0, full=True)
    assert len(texts) > 1
    assert max(len(text) for text in texts) <= 512 * 1024
    messages = updates(snapshot, 0, full=True)
    assert [(m["part"], m["parts"], m["seq"]) for m in messages] == [
        (at + 1, len(texts), snapshot.seq) for at in range(len(texts))
    ]
    assert all(m["update_count"] == len(m["updates"]) and m["snapshot"] for m in messages)
    assert sorted(v["mmsi"] for m in messages for v in m["updates"]) == list(range(1, 5001))


def test_only_what_changed(traffic):
    """A message has only the vessels that changed after the cursor; without one there is no message."""
    traffic.put(report([1, 2]))
    seen = traffic.advance(NOW).seq
    assert updates(traffic.snapshot(), seen) == []
    traffic.put(report(2, t=NOW + 1))
    (message,) = updates(traffic.advance(NOW + 1), seen)
    assert [v["mmsi"] for v in message["updates"]] == [2]


def test_clients_at_one_cursor_share_bytes(traffic):
    """Two clients at one cursor get the same bytes objects."""
    traffic.put(report([1, 2]))
    snapshot = traffic.advance(NOW)
    assert encode_json.vessel_updates(snapshot, 0)[0] is encode_json.vessel_updates(snapshot, 0)[0]


def test_no_vessels(traffic):
    """A subscription without vessels is answered with an empty snapshot."""
    (message,) = updates(traffic.snapshot(), 0, full=True)
    assert (message["update_count"], message["updates"], message["snapshot"]) == (0, [], True)


@pytest.mark.parametrize(
    ("number", "valid"), [(9074729, True), (7000009, True), (7000001, False), (0, False), (907472, False)]
)
def test_imo_check_digit(number, valid):
    """The check digit of IMO 9074729, the common example, is valid."""
    assert bool(fields.imo_is_valid(number)) is valid


def test_a_feature(traffic):
    """A GeoJSON feature has a point and flat properties; without a position its geometry is null."""
    traffic.put(report(SHIP, lat=51.9225, lon=4.4792))
    traffic.put(static(SHIP + 1, name="UNSEEN"))
    traffic.advance(NOW)
    form = encode_json.ObjectForm(feature=True)
    located, unlocated = (json.loads(text) for text in encode_json.rows(traffic.snapshot(), np.array([0, 1]), form))
    assert (located["type"], located["id"]) == ("Feature", SHIP)
    assert located["geometry"] == {"type": "Point", "coordinates": [4.4792, 51.9225]}
    assert located["properties"].items() >= {"mmsi": SHIP, "speed_over_ground": 12.0, "port_name": None}.items()
    assert not {"position", "kinematics"} & located["properties"].keys()
    assert (unlocated["geometry"], unlocated["properties"]["vessel_name"]) == (None, "UNSEEN")
