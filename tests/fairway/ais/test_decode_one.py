"""Single messages, as pyais reads them."""

import pytest

from fairway.ais import decode_one
from fairway.traffic import fields

T = 1_327_664_821_000
CLASS_A = b"!ABVDM,1,1,6,B,1G7lQJ001PbomTie:ms2sR@40000,0*34"
VOYAGE = (
    b"!AIVDM,2,1,1,A,55?MbV02;H;s<HtKR20EHE:0@T4@Dn2222222216L961O5Gf0NSQEp6ClRp8,0*1C\r\n"
    b"!AIVDM,2,2,1,A,88888888880,2*25"
)


def test_a_position():
    """A position report has moving columns only."""
    report = decode_one.report(CLASS_A, T)
    assert (report.mmsi, report.t, report.sentences, report.static) == (477962600, T, CLASS_A, {})
    assert report.moving["lat"] == round(-32.908833 * fields.LATLON_SCALE)
    assert (report.moving["sog"], report.moving["cog"], report.moving["heading"]) == (96, 750, 72)


def test_a_voyage():
    """Static and voyage data come from two sentences."""
    report = decode_one.report(VOYAGE, T)
    assert (report.static["name"], report.static["imo"], report.static["draught"]) == ("EVER DIADEM", 9134270, 122)
    assert (report.moving, report.static["ship_type"]) == ({}, 70)


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        (b"!AIVDM,1,1,,A,1,0*17", "too short"),
        (b"!AIVDM,1,1,,A,15RTgt0PAso;90TK,0*27", "too short"),
        (b"!AIVDM,x,1,,A,15,0*00", "cannot be decoded"),
    ],
)
def test_reasons(sentence, reason):
    """A truncated or malformed message gives a reason instead of a report."""
    assert decode_one.report(sentence, T) == reason


def test_another_station():
    """A base station gives a report without columns."""
    report = decode_one.report(b"!BSVDM,1,1,,A,;76u>F1uhMcg9Wv8g5gqK3100000,0*70", T)
    assert (report.moving, report.static) == ({}, {})
