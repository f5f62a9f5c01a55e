"""Values of AIS messages in the columns of Traffic."""

import numpy as np
import pytest

from fairway.ais import values
from fairway.ais.values import Report
from fairway.traffic import fields

SHIP = 232_100_000
MARCH = 1_332_500_000_000
"""2012-03-23."""


def at(text: str) -> int:
    return int(np.datetime64(text, "ms").astype(np.int64))


@pytest.mark.parametrize(
    ("kind", "mmsi", "reason"),
    [
        (1, SHIP, None), (5, SHIP, None), (24, 775_999_999, None),
        (4, 2_320_000, "base station"), (9, 111_232_000, "SAR aircraft"), (21, 992_320_000, "aid to navigation"),
        (1, 992_320_000, "not a ship's MMSI"), (1, 776_000_000, "not a ship's MMSI"), (8, SHIP, "message 8"),
    ],
)  # fmt: skip
def test_refusal(kind, mmsi, reason):
    """A message that is not a report of a vessel has a reason, and the test of many agrees."""
    assert values.refusal(kind, mmsi) == reason
    assert values.are_vessels(np.array([kind], np.uint8), np.array([mmsi])).tolist() == [reason is None]


def test_motion_and_heading():
    """AIS's codes for not available become those of the columns."""
    assert values.motion(12.34, 271.5) == {"sog": 123, "cog": 2715}
    assert values.motion(102.3, 360) == {"sog": fields.U2_NA, "cog": fields.U2_NA}
    assert values.motion(63, 1, sog_limit=63)["sog"] == fields.U2_NA
    assert (values.heading(0), values.heading(511)) == (0, fields.U2_NA)


@pytest.mark.parametrize(
    ("code", "turn"), [(0, 0), (126, 7087), (-126, -7087), (127, None), (-127, None), (-128, None)]
)
def test_turn(code, turn):
    """The rate of turn grows with the square of its code; 127, -127 and -128 are not available."""
    assert values.turn(code) == (fields.ROT_NA if turn is None else turn)


def test_plain():
    """A text ends at its first @ and has AIS's alphabet only."""
    assert values.plain(" Endeavour@@@", 20) == "ENDEAVOUR"
    assert values.plain("a\n{b", 20) == "A??B"
    assert values.plain("x" * 30, 7) == "X" * 7


@pytest.mark.parametrize(
    ("date", "eta"),
    [
        ((3, 24, 10, 30), at("2012-03-24T10:30")), ((12, 31, 0, 0), at("2011-12-31T00:00")),
        ((2, 30, 0, 0), 0), ((0, 0, 24, 60), 0), ((3, 24, 24, 0), 0), ((2, 29, 1, 0), at("2012-02-29T01:00")),
    ],
)  # fmt: skip
def test_arrival(date, eta):
    """The year is the one nearest to the report; dates that do not exist are not available."""
    assert values.arrival(*date, t=MARCH) == eta


def test_voyage():
    """An IMO number with a wrong check digit is not available."""
    assert values.voyage(9134270, 12.2, 5) == {"imo": 9134270, "draught": 122, "eta": 5}
    assert values.voyage(9134271, 12.2, 5)["imo"] == 0


def test_batches():
    """Reports with the same columns are one Batch; a report with both kinds is in two, its sentences in the first."""
    both = Report(SHIP, 1, {"heading": 9}, {"name": "A"}, b"!s", "north")
    moving, static = values.batches([both, Report(SHIP + 1, 2, {"heading": 8}, {})], "r", 7, simulated=True)
    assert (moving.mmsi.tolist(), moving.moving["heading"].tolist()) == ([SHIP, SHIP + 1], [9, 8])
    assert (list(moving.sentences), list(static.sentences)) == ([b"!s", b""], [b""])
    assert (list(static.static["name"]), list(static.stations)) == (["A"], ["north"])
    assert (moving.simulated, moving.received, moving.source) == (True, 7, "r")
