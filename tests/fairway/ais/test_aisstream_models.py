"""AIS bits in aisstream.io's words: pyais reads the same from real and from random messages."""

import gzip
import re
from collections import Counter

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pyais import decode, encode_dict
from pyais.exceptions import AISBaseException

from fairway.ais.aisstream_models import TYPES, read

THEIR_WORDS = {
    "MessageID": "msg_type", "RepeatIndicator": "repeat", "UserID": "mmsi", "NavigationalStatus": "status",
    "Sog": "speed", "PositionAccuracy": "accuracy", "Longitude": "lon", "Latitude": "lat", "Cog": "course",
    "TrueHeading": "heading", "Timestamp": "second", "Raim": "raim", "SpecialManoeuvreIndicator": "maneuver",
    "AisVersion": "ais_version", "ImoNumber": "imo", "CallSign": "callsign", "Name": "shipname",
    "FixType": "epfd", "Fixtype": "epfd", "MaximumStaticDraught": "draught", "Destination": "destination", "Dte": "dte",
    "UtcYear": "year", "UtcMonth": "month", "UtcDay": "day", "UtcHour": "hour", "UtcMinute": "minute",
    "UtcSecond": "second", "Altitude": "alt", "AssignedMode": "assigned", "ClassBUnit": "cs",
    "ClassBDisplay": "display",
    "ClassBDsc": "dsc", "ClassBBand": "band", "ClassBMsg22": "msg22", "OffPosition": "off_position",
    "VirtualAtoN": "virtual_aid", "PositionLatency": "gnss",
}  # fmt: skip


def agrees(sentence: str | bytes) -> str | None:
    """The type of a message in one sentence after its fields were compared with what pyais reads; None: not told."""
    text = sentence if isinstance(sentence, bytes) else sentence.encode()
    message = read(text.split(b",")[5])
    if message is None:
        return None
    theirs = decode(text)
    kind, body = message
    words = dict(THEIR_WORDS)
    if kind == "AidsToNavigationReport":
        words["Name"] = "name"
    compared = {ours: getattr(theirs, words[ours]) for ours in body if ours in words and hasattr(theirs, words[ours])}
    if kind != "StaticDataReport":
        assert len(compared) >= 10
    assert {ours: _stripped(body[ours]) for ours in compared} == {
        ours: _plain(value) for ours, value in compared.items()
    }
    sides = [getattr(theirs, name, None) for name in ("to_bow", "to_stern", "to_port", "to_starboard")]
    size = body.get("Dimension") or (body["ReportB"]["Dimension"] if body.get("PartNumber") else None)
    assert size is None or list(size.values()) == sides
    radio = body.get("CommunicationState")
    assert radio is None or radio == theirs.radio & 0x7FFFF
    return kind


def _stripped(value):
    """Remove blanks before a text: the sender's own, which pyais removes."""
    return value.lstrip() if isinstance(value, str) else value


def _plain(value):
    """Return an enumeration's number, a text up to its first @ (pyais does not always end it there), or the value."""
    if isinstance(value, str):
        return value.split("@", 1)[0].strip()
    if isinstance(value, bool) or value is None:
        return value
    return float(value)


def test_the_recording(recording):
    """Pyais reads the same values from thousands of real messages of one sentence."""
    found = re.findall(rb"^!..VD[MO],1,1,[^*\s]*\*[0-9A-F]{2}", gzip.decompress(recording.read_bytes()), re.MULTILINE)
    counts = Counter()
    for sentence in found:
        try:
            counts[agrees(sentence)] += 1
        except AISBaseException:
            counts["pyais cannot"] += 1
    assert counts["PositionReport"] > 1000
    assert counts["BaseStationReport"] > 10
    assert counts["pyais cannot"] == 0


places = {
    "lat": st.integers(-90 * 600_000, 90 * 600_000).map(lambda v: v / 600_000),
    "lon": st.integers(-180 * 600_000, 180 * 600_000).map(lambda v: v / 600_000),
}
courses = {
    "speed": st.integers(0, 1023).map(lambda v: v / 10), "course": st.integers(0, 3600).map(lambda v: v / 10),
    "heading": st.integers(0, 511), "second": st.integers(0, 63), "raim": st.booleans(), "accuracy": st.booleans(),
}  # fmt: skip
sizes = dict.fromkeys(("to_bow", "to_stern"), st.integers(0, 511))
sizes |= dict.fromkeys(("to_port", "to_starboard"), st.integers(0, 63))
words = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ 0123456789-.", max_size=20).map(str.strip)
radio = {"radio": st.integers(0, 2**19 - 1)}
flags = dict.fromkeys(("cs", "display", "dsc", "band", "msg22", "assigned"), st.booleans())
CASES = {
    1: places | courses | radio | {"status": st.integers(0, 15), "maneuver": st.integers(0, 2)},
    4: places | radio | {
        "year": st.integers(1, 9999), "month": st.integers(1, 12), "day": st.integers(1, 31),
        "hour": st.integers(0, 24), "minute": st.integers(0, 60), "second": st.integers(0, 60),
        "epfd": st.integers(0, 8), "raim": st.booleans(), "accuracy": st.booleans(),
    },
    9: places | radio | {
        "alt": st.integers(0, 4095), "course": courses["course"], "second": st.integers(0, 63),
        "dte": st.booleans(), "assigned": st.booleans(), "raim": st.booleans(), "accuracy": st.booleans(),
    },
    18: places | courses | radio | flags,
    19: places | courses | sizes | {"shipname": words, "epfd": st.integers(0, 8), "dte": st.booleans()},
    27: {
        "lat": st.integers(-90 * 600, 90 * 600).map(lambda v: v / 600),
        "lon": st.integers(-180 * 600, 180 * 600).map(lambda v: v / 600),
        "speed": st.integers(0, 63), "course": st.integers(0, 360), "status": st.integers(0, 8), "gnss": st.booleans(),
    },
}  # fmt: skip


@pytest.mark.parametrize("kind", CASES)
def test_random_messages(kind):
    """What pyais writes of each type is read as pyais reads it."""

    @given(st.fixed_dictionaries(CASES[kind]))
    def check(columns):
        (sentence,) = encode_dict(columns | {"msg_type": kind, "mmsi": 200_000_000 + kind})[:1]
        assume(sentence.split(",")[1] == "1")
        assert agrees(sentence) in TYPES

    check()


@pytest.mark.parametrize(
    ("armour", "kind", "fields"),
    [
        (b"13u?etPv2;0n:dDPwUM1U1Cb069D", "PositionReport", {"RateOfTurn": -8, "Sog": 13.9, "Cog": 40.4}),
        (
            b"E>kb9O9aS@7PUh10dh19@;0Tah2cWrfP:l?M`00003vP100",
            "AidsToNavigationReport",
            {"UserID": 993_692_028, "Name": "SF OAK BAY BR VAIS E", "VirtualAtoN": True, "NameExtension": ""},
        ),
        (b"H42O55i18tMET00000000000000", "StaticDataReport", {"PartNumber": False}),
        (b"91b55wi;hbOS@OdQAC062Ch2089h", "StandardSearchAndRescueAircraftReport", {"Altitude": 303, "Sog": 42}),
        (b"KCQ9r=hrFUnH7P00", "LongRangeAisBroadcastMessage", {"UserID": 236_091_959, "NavigationalStatus": 3}),
    ],
)
def test_known_messages(armour, kind, fields):
    """Messages whose meaning is known, among them such as pyais reads with a loss."""
    found, body = read(armour)
    assert (found, {name: body[name] for name in fields}) == (kind, fields)


@pytest.mark.parametrize(
    "armour", [b"", b"1", b"13u?etPv2;0n", b"0" * 28, b"w" * 28, b"H42O55i18tMET", b"55NOvQP1u>QIL@O??SL985`u>0E"]
)
def test_what_is_too_short_or_unknown(armour):
    """It is not told."""
    assert read(armour) is None


@given(
    st.binary(max_size=90) | st.text("0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVW`abcdefghijklmnopqrstuvw", max_size=90)
)
def test_anything(armour):
    """Whatever comes in the place of an armour, it is a message of a known type or none."""
    message = read(armour if isinstance(armour, bytes) else armour.encode())
    assert message is None or message[0] in TYPES
