"""AIVDM out: what is encoded is what pyais and gpsdecode read, and what the JSON stream says."""

import gzip
import itertools
import json
import re
import subprocess
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pyais import decode, encode_dict
from pyais.constants import ShipType
from pyais.stream import IterMessages, TagBlockQueue

from fairway.ais.decoder import Decoder
from fairway.ais.encode import sentences
from fairway.chart.ports import PortIndex
from fairway.protocol import encode_json
from fairway.traffic import fields
from fairway.traffic.traffic import Traffic
from tests.support.reports import NOW, POSITION, VOYAGE, fleet_batches, moving, static

CHARACTERS = "".join(chr(c) for c in range(32, 96) if c != 64)
WORDS = st.text(CHARACTERS, max_size=20).map(str.strip)


def lines(batch, tags=False) -> list[bytes]:
    return b"".join(text for text, _ in sentences(batch, tags)).splitlines()


def messages(batch) -> list:
    """What pyais reads, with every checksum checked."""
    read, parts = [], []
    for line in lines(batch):
        parts.append(line)
        if line.split(b",")[1] == line.split(b",")[2]:
            read.append(decode(*parts, error_if_checksum_invalid=True))
            parts = []
    assert parts == []
    return read


def turn_code(line: bytes) -> int:
    """ROT_AIS, the eight bits behind the first 42: pyais gives it in whole degrees per minute only."""
    bits = "".join(f"{code - 48 - 8 * (code > 87):06b}" for code in line.split(b",")[5])
    code = int(bits[42:50], 2)
    return code - 256 * (code > 127)


def exact_turn(tenths: float) -> float:
    """ROT_AIS before it is rounded, of tenths of a degree per minute."""
    return float(np.copysign(min(4.733 * (abs(tenths) / 10) ** 0.5, 126), tenths))


positions = st.fixed_dictionaries(
    {
        "lat": st.integers(-90 * fields.LATLON_SCALE, 90 * fields.LATLON_SCALE) | st.just(fields.LAT_NA),
        "lon": st.integers(-180 * fields.LATLON_SCALE, 180 * fields.LATLON_SCALE) | st.just(fields.LON_NA),
        "sog": st.integers(0, 1022) | st.just(fields.U2_NA),
        "cog": st.integers(0, 3599) | st.just(fields.U2_NA),
        "heading": st.integers(0, 359) | st.just(fields.U2_NA),
        "rot": st.integers(-7080, 7080) | st.just(fields.ROT_NA),
        "nav_status": st.integers(0, 15),
    }
)


def expected_position(row: dict) -> tuple:
    """What a position message of this row must say, in AIS's units and with AIS's values for not available."""
    sog = 1023 if row["sog"] == fields.U2_NA else row["sog"]
    cog = 3600 if row["cog"] == fields.U2_NA else row["cog"]
    heading = 511 if row["heading"] == fields.U2_NA else row["heading"]
    return row["lat"], row["lon"], sog, cog, heading


def read_position(message) -> tuple:
    lat, lon = (round(value * fields.LATLON_SCALE) for value in (message.lat, message.lon))
    return lat, lon, round(message.speed * 10), round(message.course * 10), message.heading


@given(st.lists(positions, min_size=1, max_size=4), st.integers(0, 59))
def test_class_a_positions(rows, second):
    """Messages 1 and 3 hold every column exactly, and what isn't known in AIS's own way."""
    batch = moving(*rows, t=NOW + second)
    for row, message, line in zip(rows, messages(batch), lines(batch), strict=True):
        assert read_position(message) == expected_position(row)
        assert (message.status, message.second) == (row["nav_status"], (NOW + second) % 60)
        resting = row["nav_status"] in (1, 5) and row["sog"] <= 30
        assert message.msg_type == (3 if resting else 1)
        if row["rot"] == fields.ROT_NA:
            assert turn_code(line) == -128
        else:
            assert turn_code(line) == pytest.approx(exact_turn(row["rot"]), abs=0.5)


@given(st.lists(positions, min_size=1, max_size=4))
def test_class_b_positions(rows):
    """A report without navigational status is a message 18 of a carrier-sense unit."""
    for row, message in zip(rows, messages(moving(*(row | {"nav_status": None} for row in rows))), strict=True):
        assert (message.msg_type, read_position(message)) == (18, expected_position(row))
        assert (message.cs, message.radio & 0x7FFFF) == (True, 393_222)


voyages = st.fixed_dictionaries(
    {
        "name": WORDS, "callsign": st.text(CHARACTERS, max_size=7).map(str.strip), "destination": WORDS,
        "imo": st.integers(0, 9_999_999),
        "ship_type": st.sampled_from([k for k in range(100) if int(ShipType.from_value(k)) == k]),  # it forgets others
        "a": st.integers(0, 511), "b": st.integers(0, 511), "c": st.integers(0, 63), "d": st.integers(0, 63),
        "draught": st.integers(0, 255),
        "eta": st.just(0) | st.integers(NOW - 10**7, NOW + 10**7).map(lambda s: s * 1000),
    }
)  # fmt: skip


@given(st.lists(voyages, min_size=1, max_size=3))
def test_static_and_voyage(rows):
    """Message 5, in two sentences, holds the text, the size, the draught and the arrival to the minute."""
    for row, message in zip(rows, messages(static(*rows)), strict=True):
        assert (message.ais_version, message.dte) == (2, True)
        read = (message.shipname, message.callsign, message.destination, message.imo, int(message.ship_type))
        assert read == tuple(row[name] for name in ("name", "callsign", "destination", "imo", "ship_type"))
        size = (message.to_bow, message.to_stern, message.to_port, message.to_starboard, round(message.draught * 10))
        assert size == tuple(row[name] for name in ("a", "b", "c", "d", "draught"))
        when = np.datetime64(row["eta"], "ms").item()
        eta = (when.month, when.day, when.hour, when.minute) if row["eta"] else (0, 0, 24, 60)
        assert (message.month, message.day, message.hour, message.minute) == eta


@given(voyages)
def test_class_b_static(row):
    """Static data without a voyage are message 24, parts A and B."""
    reported = {name: row[name] for name in ("name", "callsign", "ship_type", "a", "b", "c", "d")}
    name, ship = messages(static(reported))
    assert (name.msg_type, name.partno, name.shipname) == (24, 0, row["name"])
    assert (ship.partno, ship.callsign, int(ship.ship_type)) == (1, row["callsign"], row["ship_type"])
    assert (ship.to_bow, ship.to_stern, ship.to_port, ship.to_starboard) == tuple(row[side] for side in "abcd")


@given(positions)
def test_pyais_would_write_the_same(row):
    """Its encoder, fifty times slower, gives the same sentence, where it doesn't take a rate of turn for a code."""
    assume(abs(row["rot"]) not in (1270, 1280))
    (line,) = lines(moving(row))
    lat, lon, sog, cog, heading = expected_position(row)
    fields_of_pyais = {
        "msg_type": decode(line).msg_type, "mmsi": 352_100_000, "status": row["nav_status"], "second": NOW % 60,
        "turn": -128 if row["rot"] == fields.ROT_NA else row["rot"] / 10, "heading": heading, "maneuver": 0,
        "lat": lat / fields.LATLON_SCALE, "lon": lon / fields.LATLON_SCALE,
        "speed": sog / 10, "course": cog / 10,
    }  # fmt: skip
    assert encode_dict(fields_of_pyais, sentence_type="VDM") == [line.decode()]


def test_text_is_cut_and_cleaned():
    """Lower case is raised, what AIS has no character for becomes ?, and nothing runs over its field or line."""
    (message,) = messages(
        static(VOYAGE | {"name": "Überfahrt{@}\r\n!AIVDM,1,1,,A,x,0*00", "callsign": "longer than 7"})
    )
    assert message.shipname == "?BERFAHRT?????!AIVDM"
    assert message.callsign == "LONGER"
    assert message.destination == "LOS ANGELES"


def test_lengths_are_bounded():
    """A ship that is too large for the fields has the largest size they hold, not a small one."""
    (message,) = messages(static(VOYAGE | {"a": 600, "c": 90}))
    assert (message.to_bow, message.to_port) == (511, 63)
    (fast,) = messages(moving({"sog": 1500}))
    assert fast.speed == 102.2


HEARD = (
    b"!AIVDM,1,1,,B,13P;JG0P00OI0F`KO3Fj0?v60<0i,0*7D",
    b"",
    b"!BSVDM,2,1,3,A,55NOvQP1u>QIL@O??SL985`u>0EQ18E=>222221J1p`884i6N344Sll1@m80,0*4E\r\n!BSVDM,2,2,3,A,TRA1iH88880,2*18",
)


def test_real_sentences_pass_through_untouched():
    """What the source sent as AIVDM goes out byte by byte; a row without sentences stays silent."""
    batch = replace(moving(*[POSITION] * 3, source="aivdm_tcp"), sentences=HEARD)
    assert lines(batch) == [HEARD[0], *HEARD[2].splitlines()]
    tagged = lines(batch, tags=True)
    assert [line.split(b"\\")[2] for line in tagged] == [HEARD[0], *HEARD[2].splitlines()]
    assert [line.split(b"*")[0] for line in tagged] == [
        b"\\s:aivdm_tcp,c:1800000000",
        b"\\g:1-2-0002,s:aivdm_tcp,c:1800000000",
        b"\\g:2-2-0002,s:aivdm_tcp,c:1800000000",
    ]


def test_a_recording_goes_through_unchanged(recording):
    """Each sentence of the recording that gave a report comes out once, as it stands in the file."""
    found = re.findall(rb"^!..VD[MO],[^*\s]*\*[0-9A-F]{2}", gzip.decompress(recording.read_bytes()), re.MULTILINE)
    decoder = Decoder()
    decoder.take(found, 0)
    heard = decoder.batches("aivdm_file")
    out = Counter(line for batch in heard for line in lines(batch))
    assert out.total() == sum(text.count(b"!") for batch in heard for text in batch.sentences) > 1000
    assert out <= Counter(found)


def test_what_ais_has_no_message_for():
    """A flag alone gives no sentence, but counts as a report that was handled."""
    assert list(sentences(static({"flag": "NO"}))) == [(b"", 1)]


def test_every_line_fits_and_ends():
    """No sentence is longer than 82 characters with its line end; parts of a message stand together."""
    text = b"".join(text for text, _ in sentences(static(*[VOYAGE] * 25)))
    assert text.endswith(b"\r\n")
    assert {len(line) + 2 <= 82 for line in text.splitlines()} == {True}
    numbers = [line.split(b",")[2:4] for line in text.splitlines()]
    assert numbers == [[part, b"%d" % (row % 10)] for row in range(25) for part in (b"1", b"2")]


def test_long_batches_come_in_chunks():
    """At most 1,000 reports are encoded at a time."""
    assert [reports for _, reports in sentences(moving(*[POSITION] * 2500))] == [1000, 1000, 500]


def test_tag_blocks():
    """On demand each sentence bears its source and time, and the parts of a message are grouped; pyais reads them."""
    tagged = lines(static(VOYAGE, source="aivdm_file"), tags=True) + lines(moving({}, t=NOW + 7), tags=True)
    queue = TagBlockQueue()
    read = list(IterMessages(tagged, tbq=queue))
    assert [(m.tag_block.init(), m.tag_block.is_valid)[1] for m in read] == [True, True]
    assert [(m.tag_block.source_station, int(m.tag_block.receiver_timestamp)) for m in read] == [
        ("aivdm_file", NOW),
        ("simulator", NOW + 7),
    ]
    assert [line.split(b",")[0] for line in tagged] == [b"\\g:1-2-0000", b"\\g:2-2-0000", b"\\s:simulator"]
    assert [m.decode().msg_type for m in read] == [5, 1]


@pytest.fixture(scope="module")
def fleet():
    """500 vessels' first reports and some more, and the Traffic that got them."""
    batches, now = fleet_batches(500, 3000)
    traffic = Traffic(PortIndex.load(), lambda: "e")
    for batch in batches:
        traffic.put(batch)
    traffic.advance(now)
    return batches, traffic.snapshot()


def gpsdecode(text: bytes) -> list[dict]:
    """What gpsdecode reads, unscaled: AIS's own integers."""
    done = subprocess.run(["gpsdecode", "-j", "-u"], input=text, capture_output=True, check=True, timeout=60)
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.gpsdecode
@pytest.mark.parametrize("tags", [False, True])
def test_gpsdecode_and_pyais_agree_on_a_fleet(fleet, tags):
    """Every sentence of a whole fleet is read by both, to the same values, none lost."""
    batches, _ = fleet
    theirs = gpsdecode(b"".join(text for batch in batches for text, _ in sentences(batch, tags)))
    ours = list(itertools.chain.from_iterable(messages(batch) for batch in batches))
    turns = [turn_code(line) for batch in batches if batch.moving for line in lines(batch)]
    assert turns == [other["turn"] for other in theirs if other["type"] != 5]
    assert len(ours) == len(theirs) == sum(len(batch.mmsi) for batch in batches)
    kinds = Counter(message.msg_type for message in ours)
    assert set(kinds) == {1, 3, 5}
    for message, other in zip(ours, theirs, strict=True):
        assert (message.msg_type, message.mmsi) == (other["type"], other["mmsi"])
        if message.msg_type == 5:
            assert (message.shipname, message.callsign, message.destination) == (
                other["shipname"], other["callsign"], other["destination"],
            )  # fmt: skip
            assert (message.imo, round(message.draught * 10)) == (other["imo"], other["draught"])
            eta = f"{message.month:02d}-{message.day:02d}T{message.hour:02d}:{message.minute:02d}Z"
            assert other["eta"] == eta
        else:
            read = (other["lat"], other["lon"], other["speed"], other["course"], other["heading"])
            assert read_position(message) == read
            assert (message.status, message.second) == (other["status"], other["second"])


@pytest.mark.gpsdecode
def test_gpsdecode_reads_class_b():
    """Messages 18 and 24 say the same to gpsdecode as was put in."""
    rng = np.random.default_rng(7)
    limits = {"lat": (-54_000_000, 54_000_000), "lon": (-108_000_000, 108_000_000), "sog": (0, 1023), "cog": (0, 3600)}
    rows = [
        {name: int(rng.integers(*limit)) for name, limit in limits.items()}
        | {"heading": int(rng.integers(360)), "nav_status": None, "rot": None}
        for _ in range(100)
    ]
    ships = [
        {"name": f"BOAT {number}", "callsign": f"LM{number}", "ship_type": 36, "a": number, "b": 5, "c": 2, "d": 3}
        for number in range(100)
    ]
    text = b"".join(part for batch in (moving(*rows), static(*ships)) for part, _ in sentences(batch))
    read = gpsdecode(text)
    decoded = [(m["type"], m["lat"], m["lon"], m["speed"], m["course"], m["heading"], m["cs"]) for m in read[:100]]
    assert decoded == [(18, *expected_position(row), True) for row in rows]
    decoded = [(m["type"], m["shipname"], m["callsign"], m["shiptype"], m["to_bow"]) for m in read[100:]]
    assert decoded == [(24, ship["name"], ship["callsign"], 36, ship["a"]) for ship in ships]


def test_agrees_with_the_json_stream(fleet):
    """The last sentences of each vessel say what the JSON stream says of it, in AIS's resolution."""
    batches, snapshot = fleet
    last, turns = {}, {}
    for batch in batches:
        last |= {(message.mmsi, message.msg_type == 5): message for message in messages(batch)}
        if batch.moving:
            turns |= dict(zip(batch.mmsi.tolist(), map(turn_code, lines(batch)), strict=True))
    updates = [json.loads(row) for row in encode_json.rows(snapshot, snapshot.changed_since(0))]
    assert len(updates) == 500
    for update in updates:
        position, voyage = last[(update["mmsi"], False)], last[(update["mmsi"], True)]
        place, kinematics = update["position"], update["kinematics"]
        assert position.lat == pytest.approx(place["latitude"], abs=0.6e-5)
        assert position.lon == pytest.approx(place["longitude"], abs=0.6e-5)
        assert position.speed == kinematics["speed_over_ground"]
        assert position.course == kinematics["course_over_ground"]
        assert position.heading == kinematics["heading"]
        assert turns[update["mmsi"]] == pytest.approx(exact_turn(10 * kinematics["rate_of_turn"]), abs=0.5)
        assert position.second == int(update["timestamp"][17:19])
        assert voyage.shipname == update["vessel_name"].upper()
        assert voyage.destination == (update["destination"] or "").upper()[:20]
        assert f"IMO{voyage.imo}" == update["imo_number"]
        eta = f"{voyage.month:02d}-{voyage.day:02d}T{voyage.hour:02d}:{voyage.minute:02d}"
        assert eta == (update["eta"] or "0000-00-00T24:60")[5:16]
