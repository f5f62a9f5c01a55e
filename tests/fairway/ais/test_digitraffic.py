"""Digitraffic's messages: the fields of its documentation, in its units."""

import json
from collections import Counter

import numpy as np

from fairway.ais.digitraffic import messages
from fairway.traffic import fields
from tests.support.reports import VOYAGE, moving, static

LOCATION = {
    "time": 1668075025, "sog": 10.7, "cog": 326.6, "navStat": 0, "rot": 0, "posAcc": True, "raim": False,
    "heading": 325, "lon": 20.345818, "lat": 60.03802,
}  # fmt: skip
METADATA = {
    "timestamp": 1668075026035, "destination": "UST LUGA", "name": "ARUNA CIHAN", "draught": 68, "eta": 733376,
    "posType": 15, "refA": 160, "refB": 33, "refC": 20, "refD": 12, "callSign": "V7WW7", "imo": 9543756, "type": 70,
}  # fmt: skip
ADDED = {"mmsi", "source", "simulated"}


def encode(batch, counts=None) -> list[tuple]:
    given = messages(batch, Counter() if counts is None else counts)
    return [(message.mmsi, message.kind, json.loads(message.body)) for message in given]


def test_location():
    """The report of the documented example gives that example, except the accuracy, which is not stored."""
    place = {"lat": round(60.03802 * fields.LATLON_SCALE), "lon": round(20.345818 * fields.LATLON_SCALE)}
    ((mmsi, kind, body),) = encode(moving(place | {"sog": 107, "cog": 3266, "heading": 325}, t=1668075025.4))
    assert (mmsi, kind, set(body) - set(LOCATION)) == (352_100_000, "location", ADDED)
    assert {name: body[name] for name in LOCATION} == LOCATION | {"posAcc": False}
    assert (body["mmsi"], body["source"], body["simulated"]) == (352_100_000, "simulator", True)


def test_metadata():
    """The documented vessel gives the documented example, except the fixing device; ETA has 20 bits."""
    columns = {
        "name": "ARUNA CIHAN", "destination": "UST LUGA", "callsign": "V7WW7", "imo": 9543756, "ship_type": 70,
        "a": 160, "b": 33, "c": 20, "d": 12, "draught": 68,
        "eta": np.datetime64("2022-11-06T03:00", "ms").astype(np.int64),
    }  # fmt: skip
    ((_, kind, body),) = encode(static(columns, t=1668075026.035, source="aivdm_tcp"))
    assert (kind, set(body) - set(METADATA)) == ("metadata", ADDED)
    assert {name: body[name] for name in METADATA} == METADATA | {"posType": 0}
    assert body["simulated"] is False


def test_what_is_not_known():
    """As Digitraffic has it: AIS's own codes; a report without position gives no message and is counted."""
    counts = Counter()
    unknown = {"sog": fields.U2_NA, "cog": fields.U2_NA, "heading": fields.U2_NA, "rot": fields.ROT_NA}
    ((_, _, body),) = encode(moving(unknown, unknown | {"lat": fields.LAT_NA, "lon": fields.LON_NA}), counts)
    assert counts == {"untold": 1}
    assert (body["sog"], body["cog"], body["heading"], body["rot"]) == (102.3, 360.0, 511, -128)
    ((_, _, body),) = encode(static(VOYAGE | {"eta": 0}))
    assert body["eta"] == 24 << 6 | 60


def test_class_b():
    """A name alone gives no other field; a missing status or rate of turn has AIS's code."""
    ((_, _, name),) = encode(static({"name": "DINGHY"}))
    assert set(name) - ADDED == {"timestamp", "name"}
    ((_, _, place),) = encode(moving({"nav_status": None, "rot": None}))
    assert (place["navStat"], place["rot"]) == (15, -128)
    counts = Counter()
    assert encode(static({"flag": "NO"}, {"flag": "SE"}), counts) == []
    assert counts == {"untold": 2}
