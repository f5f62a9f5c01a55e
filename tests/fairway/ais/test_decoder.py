"""Decoding: real sentences as evidence, hostile ones as threat, gpsdecode as referee."""

import gzip
import json
import subprocess
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairway.ais import decode_one
from fairway.ais.decoder import Decoder
from fairway.traffic import fields
from tests.support.rows import rows

T = 1_327_664_821_000
SCALES = (600_000, 600_000, 10, 10)
CLASS_A = b"!ABVDM,1,1,6,B,1G7lQJ001PbomTie:ms2sR@40000,0*34"
NOTHING_KNOWN = b"!AIVDM,1,1,,A,35MuKPUP02I<cf<A1wt0JOv00000,0*48"
CLASS_B_NAME = b"!AIVDM,1,1,,B,H52KsnQ8DDj1Lu9@PhE=>222220,2*30"
VOYAGE = (
    b"!AIVDM,2,1,1,A,55?MbV02;H;s<HtKR20EHE:0@T4@Dn2222222216L961O5Gf0NSQEp6ClRp8,0*1C",
    b"!AIVDM,2,2,1,A,88888888880,2*25",
)


def decoded(*sentences, t=T):
    """Reports of vessels in sentences that are heard together, and how many gave none."""
    decoder = Decoder()
    decoder.take(list(sentences), t)
    found = [report for batch in decoder.batches("test") for report in rows(batch)]
    return [report for report in found if report.moving or report.static], dict(decoder.rejected)


def test_a_position():
    """A class A report becomes scaled integers: 1/10,000 minute, 0.1 knot, 0.1 degree."""
    (report,), rejected = decoded(CLASS_A)
    assert (report.mmsi, report.t, rejected) == (477962600, T, {})
    assert report.moving == {
        "lat": round(-32.908833 * 600_000), "lon": round(152.007933 * 600_000),
        "sog": 96, "cog": 750, "nav_status": 0, "heading": 72, "rot": 0,
    }  # fmt: skip
    assert (report.static, report.sentences) == ({}, CLASS_A)


def test_not_available():
    """Heading 511 and the rate of turn -128 become the columns' own missing values."""
    (report,), _ = decoded(NOTHING_KNOWN)
    assert report.moving["heading"] == fields.U2_NA
    assert report.moving["rot"] == fields.ROT_NA
    assert report.moving["nav_status"] == 5


def test_what_cannot_be_is_passed_on():
    """A heading of 480 degrees and a reserved ship type come as they were sent: to judge them is Traffic's part."""
    (report,), _ = decoded(b"!AIVDM,1,1,,B,B6:JE@P002;4TD5HfhH03h24SP00,0*0C")
    assert report.moving["heading"] == 480
    (report,), _ = decoded(
        b"!AIVDM,2,1,2,B,55CTb`82CwWg<I<7<01<D4`4<e>1<=Thh40000091J12h5rVNA5S2Dlj,0*72",
        b"!AIVDM,2,2,2,B,CQiCP0000000000,2*7D",
    )
    assert report.static["ship_type"] == 9
    assert fields.VESSEL_TYPES[report.static["vessel_type"]] == "other"


def test_a_long_range_report():
    """Message 27 has a coarse place, and codes of its own for what is not available."""
    (report,), _ = decoded(b"!AIVDM,1,1,,B,KC5E2b@U19PFdLbMuc5=ROv62<7m,0*16")
    assert report.moving == {
        "lat": round(4.84 * 600_000), "lon": round(137.023333 * 600_000), "sog": 570, "cog": 1670, "nav_status": 2,
    }  # fmt: skip
    (report,), _ = decoded(b"!AIVDM,1,1,,B,Kk`kDpu@;LkmU0Ot,0*20")
    assert report.moving["cog"] == fields.U2_NA


def test_class_b():
    """Message 19 tells place and name in one, part B of message 24 call sign, type and size; as gpsdecode has it."""
    moving, static = decoded(b"!AIVDM,1,1,,B,C5N3SRgPEnJGEBT>NhWAwwo862PaLELTBJ:V00000000S0D:R220,0*0B")[0]
    assert moving.moving == {"lat": 17726217, "lon": -53286235, "sog": 87, "cog": 3359, "heading": fields.U2_NA}
    cargo, pleasure = (fields.VESSEL_TYPES.index(kind) for kind in ("cargo", "pleasure"))
    size = {"a": 5, "b": 21, "c": 4, "d": 4}
    assert static.static == {"name": "CAPT.J.RIMES", "ship_type": 70, "vessel_type": cargo} | size
    assert (moving.sentences.count(b"!"), static.sentences) == (1, b"")
    (report,), _ = decoded(b"!AIVDM,1,1,,B,H7P>BR4UoCD1B00C1<DW9=0h6310,0*5B")
    size = {"a": 6, "b": 6, "c": 3, "d": 1}
    assert report.static == {"callsign": "SALT'IM", "ship_type": 37, "vessel_type": pleasure} | size


def test_a_message_in_two_parts():
    """Static and voyage data, whole only when both parts are there, in either order."""
    for order in (VOYAGE, VOYAGE[::-1]):
        (report,), rejected = decoded(*order)
        assert (rejected, report.sentences) == ({}, b"\r\n".join(VOYAGE))
        assert report.static == {
            "name": "EVER DIADEM", "callsign": "3FOF8", "destination": "NEW YORK", "a": 225, "b": 70, "c": 1, "d": 31,
            "ship_type": 70, "vessel_type": fields.VESSEL_TYPES.index("cargo"), "imo": 9134270, "draught": 122,
            "eta": 1_337_090_400_000,
        }  # fmt: skip
    assert decoded(VOYAGE[0]) == ([], {})


def test_parts_that_never_come_are_forgotten_and_counted():
    """First parts without a second do not pile up."""
    body = VOYAGE[0][1:].split(b"*")[0].split(b",")
    sentences = []
    for number in range(100):
        body[3] = b"%d" % number
        text = b",".join(body)
        sentences.append(b"!" + text + b"*%02X" % reduce(lambda a, b: a ^ b, text))
    assert decoded(*sentences)[1] == {"incomplete": 36}


def test_a_name():
    """A class B vessel tells its name alone; nothing else of it is overwritten."""
    (report,), _ = decoded(CLASS_B_NAME)
    assert report.moving == {}
    assert report.static == {"name": "REEL WORTHLESS"}


def test_heard_twice():
    """The same transmission from a second station counts once; the same words half a minute later are new."""
    assert decoded(CLASS_A, CLASS_A.replace(b"!ABVDM,1,1,6", b"!AIVDM,1,1,1")[:-2] + b"38")[1] == {"duplicate": 1}
    damaged = CLASS_A[:-2] + b"35"
    assert decoded(damaged, CLASS_A, damaged)[1] == {"checksum": 2}
    decoder = Decoder()
    for t in (T, T + 31_000):
        decoder.take([CLASS_A], t)
        assert len(decoder.batches("test")) == 1


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        (CLASS_A.replace(b"*34", b"*35"), "checksum"),
        (b"!AIVDM,1,1,,A", "not AIS"),
        (b"!AITXT,1,1,,A,x,0*00", "checksum"),
        (b"!AITXT,1,1,,A,x,0*59", "other NMEA"),
        (b"$GPZDA,,,,,,*48", "other NMEA"),
        (b"$GPZDA,,,,,,*48\x00?", "other NMEA"),
        (b"!ASVDO,1,1,4,A,4@4k0W1uhMcfsbf=MQkvWTW00000,0*0D", "base station"),
        (b"!BSVDM,1,1,,A,;76u>F1uhMcg9Wv8g5gqK3100000,0*70", "base station"),
        (b"!AIVDM,1,1,,A,91bEVVh90R9G8OApqEk;AA0200Ri,0*5F", "SAR aircraft"),
        (b"!AIVDM,1,1,,B,E>lsouHpqP000000000000000004cRn9tKBU`10888QJ`gwwh1,4*10", "aid to navigation"),
        (b"!AIVDM,x,1,,A,15,0*00", "cannot be decoded"),
        (b"!AIVDM,1,1,,A,1,0*17", "too short"),
        (b"!AIVDM,1,1,,A,15RTgt0PAso;90TK,0*27", "too short"),
    ],
)
def test_rejected_with_a_reason(sentence, reason):
    """What gives no report is counted under the reason."""
    assert decoded(sentence) == ([], {reason: 1})


@given(st.sampled_from([CLASS_A, NOTHING_KNOWN, CLASS_B_NAME, *VOYAGE]), st.data())
def test_damage_is_survived(sentence, choose):
    """Whatever bytes are changed, put in or left out, also with the checksum made right, nothing is raised."""
    damaged = bytearray(sentence)
    for _ in range(choose.draw(st.integers(1, 4))):
        at = choose.draw(st.integers(1, len(damaged) - 1))
        damaged[at : at + choose.draw(st.integers(0, 2))] = choose.draw(st.binary(max_size=2))
    body = bytes(damaged[1:]).split(b"*")[0]
    for text in (bytes(damaged), b"!" + body + b"*%02X" % reduce(lambda a, b: a ^ b, body, 0)):
        decoded(text)


@pytest.mark.gpsdecode
def test_gpsdecode_agrees(recording):
    """On the recording's first 5,000 sentences gpsdecode reads the same positions, speeds, courses and names."""
    with gzip.open(recording, "rb") as lines:
        sentences = [line.strip().split(b",13276")[0] for line in lines]
    # gpsdecode does not know the damaged talker "=I"
    sentences = [line for line in sentences if line[3:8] == b"VDM,1" and line[1:2] != b"="]
    run = subprocess.run(
        ["gpsdecode", "-j"], input=b"\n".join(sentences[:5000]) + b"\n", capture_output=True, check=True, timeout=60
    )
    theirs = {}
    for line in run.stdout.splitlines():
        message = json.loads(line)
        if message.get("class") == "AIS" and message["type"] in (1, 2, 3, 18, 19):
            values = [message[name] for name in ("lat", "lon", "speed", "course")]
            # what is not available comes as a word
            known = [round(v * s) if isinstance(v, int | float) else None for v, s in zip(values, SCALES, strict=True)]
            theirs.setdefault(message["mmsi"], []).append(known)
    compared = 0
    for report in decoded(*sentences[:5000])[0]:
        if report.moving and report.moving["lat"] != fields.LAT_NA and report.moving["sog"] < 1022:
            ours = [report.moving[name] for name in ("lat", "lon", "sog")]
            known = [t for t in theirs[report.mmsi] if None not in t[:3]]
            near = [t for t in known if max(abs(a - b) for a, b in zip(t, ours, strict=False)) <= 1]
            assert near
            assert report.moving["cog"] in {fields.U2_NA, *(t[3] for t in near)}
            compared += 1
    assert compared > 1400


LENGTHS = {1: 28, 2: 28, 3: 28, 5: 71, 18: 28, 19: 52, 24: 28, 27: 16}
LETTERS = bytes([*range(48, 88), *range(96, 120)])
SHIPS = st.integers(201_000_000, 775_999_999)


def armoured(kind: int, mmsi: int, letters: bytes, fill: int) -> bytes:
    """A sentence with a message of this kind; `letters` are what follows the MMSI."""
    head = kind << 32 | mmsi
    whole = bytes(LETTERS[head >> shift & 63] for shift in (32, 26, 20, 14, 8, 2))
    whole += bytes([LETTERS[(head & 3) << 4 | letters[0] & 15]]) + bytes(LETTERS[six] for six in letters[1:])
    body = b"AIVDM,1,1,,A,%b,%d" % (whole, fill)
    return b"!%b*%02X" % (body, reduce(lambda a, b: a ^ b, body))


@given(
    st.sampled_from(sorted(LENGTHS)), SHIPS, st.binary(min_size=80, max_size=80), st.integers(-3, 3), st.integers(0, 5)
)
def test_many_at_once_is_what_pyais_says(kind, mmsi, noise, longer, fill):
    """Whatever bits a message has, and whatever its length: read at once or one by one, every column is the same."""
    letters = bytes(byte & 63 for byte in noise[: LENGTHS[kind] - 6 + longer])
    sentence = armoured(kind, mmsi, letters, fill)
    said = decode_one.report(sentence, T)
    found, rejected = decoded(sentence)
    if isinstance(said, str):
        assert (found, rejected) == ([], {said: 1})
    else:
        moving = said.moving and [(said.moving, {})]
        static = said.static and [({}, said.static)]
        assert [(report.moving, report.static) for report in found] == [*moving, *static]
        assert [report.mmsi for report in found] == [mmsi] * len(found)


def test_the_recording_is_what_pyais_says(recording):
    """Each message of the recording gives the same report."""
    with gzip.open(recording, "rb") as lines:
        sentences = [line.strip().split(b",13276")[0] for line in lines]
    decoder = Decoder()
    decoder.take(sentences, T)
    messages = decoder.messages()
    reports = [report for batch in decoder.decoded(messages, "test") for report in rows(batch)]
    ours = {report.sentences: (report.mmsi, report.moving, report.static) for report in reports}
    theirs = {text: report for text, *_ in messages if not isinstance(report := decode_one.report(text, T), str)}
    assert ours == {text: (report.mmsi, report.moving, report.static) for text, report in theirs.items()}
    assert len(ours) > 5000
