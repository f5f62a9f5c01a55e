"""Many payloads at once."""

import numpy as np

from fairway.ais.payloads import CLASS_A, ILLEGAL, NAME, Payloads

POSITION = b"1G7lQJ001PbomTie:ms2sR@40000"
CLASS_B_NAME = b"H52KsnQ8DDj1Lu9@PhE=>222220"
T = np.array([1_327_664_821_000])


def payloads(*texts, fill=None):
    return Payloads(list(texts), np.array(fill or [0] * len(texts), np.uint8))


def test_heads():
    """Type, MMSI and length are known of every payload; letters outside the alphabet make it illegal."""
    found = payloads(POSITION, CLASS_B_NAME, b"1Z~", fill=[0, 2, 0])
    assert found.kind.tolist() == [1, 24, 1]
    assert found.mmsi.tolist()[:1] == [477962600]
    assert found.bits.tolist() == [168, 160, 18]
    assert found.legal.tolist() == [True, True, False]
    assert payloads(b"~").kind.tolist() == [ILLEGAL]


def test_layouts():
    """Rows are grouped by layout; unwanted, illegal, truncated and much too long payloads are left out."""
    found = payloads(
        POSITION, CLASS_B_NAME, POSITION, POSITION[:-1], POSITION + b"00", POSITION, fill=[0, 2, 0, 0, 0, 0]
    )
    wanted = np.array([True, True, True, True, True, False])
    assert {layout: rows.tolist() for rows, layout in found.layouts(wanted)} == {CLASS_A: [0, 2], NAME: [1]}


def test_columns():
    """Columns come in scaled integers: a position, and the name of a class B vessel."""
    found = payloads(POSITION, CLASS_B_NAME, fill=[0, 2])
    moving, static = found.columns(np.array([0]), CLASS_A, T)
    assert static == {}
    assert {name: column.tolist() for name, column in moving.items()} == {
        "lat": [round(-32.908833 * 600_000)], "lon": [round(152.007933 * 600_000)],
        "sog": [96], "cog": [750], "nav_status": [0], "heading": [72], "rot": [0],
    }  # fmt: skip
    assert found.columns(np.array([1]), NAME, T) == ({}, {"name": ["REEL WORTHLESS"]})
