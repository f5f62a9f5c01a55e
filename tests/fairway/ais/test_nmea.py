"""Lines from bytes, and what stands around a sentence."""

from collections import Counter
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairway.ais.nmea import MAX_LINE, Splitter, parse

SENTENCE = b"!AIVDM,1,1,,A,15RTgt0PAso;90TKcjM8h6g208CQ,0*4A"


def tagged(block):
    return b"\\%b*%02X\\" % (block, reduce(lambda a, b: a ^ b, block)) + SENTENCE


@given(st.lists(st.binary(max_size=30).filter(lambda line: not {10, 13} & set(line)), max_size=8), st.data())
def test_however_bytes_are_cut(lines, choose):
    """The lines are the same whatever packets they came in."""
    stream, rejected = b"".join(line + choose.draw(st.sampled_from([b"\n", b"\r\n"])) for line in lines), Counter()
    splitter, found = Splitter(rejected), []
    while stream:
        size = choose.draw(st.integers(1, len(stream)))
        found += splitter.take(stream[:size])
        stream = stream[size:]
    assert found == [line for line in lines if line]
    assert not rejected


@given(st.lists(st.binary(max_size=3000), max_size=20))
def test_never_more_than_a_line_is_held(chunks):
    """Whatever comes, no line is longer than may be, and no more than that is kept."""
    splitter = Splitter(Counter())
    for chunk in chunks:
        assert all(0 < len(line) <= MAX_LINE for line in splitter.take(chunk))
        assert len(splitter.rest) <= MAX_LINE


def test_a_line_that_is_too_long_is_counted_once():
    """In one piece or in many; what follows its end is read."""
    rejected = Counter()
    splitter = Splitter(rejected)
    assert splitter.take(b"x" * 2000 + b"\nA\n") == [b"A"]
    for _ in range(50):
        assert splitter.take(b"y" * 999) == []
    assert splitter.take(b"y\nB\n") == [b"B"]
    assert rejected == {"line too long": 2}


@pytest.mark.parametrize(
    ("line", "time", "station", "group", "holds"),
    [
        (SENTENCE, None, "", "", True),
        (SENTENCE + b",1327664821", 1_327_664_821.0, "", "", True),
        (tagged(b"s:north,c:1327664821"), 1_327_664_821.0, "north", "", True),
        (tagged(b"c:1327664821250,g:1-2-77"), 1_327_664_821.25, "", "77", True),
        (tagged(b"c:1327664821").replace(b"c:1", b"c:2"), None, "", "", False),
        (b"\\s:north\\" + SENTENCE, None, "", "", False),
        (tagged(b"c:99999999999999"), None, "", "", True),
        (tagged(b"c:\xff,s:" + b"x" * 100), None, "x" * 15, "", True),
    ],
)
def test_circumstances(line, time, station, group, holds):
    """Time, station and group of a line; a TAG block with a wrong checksum says nothing."""
    found = parse(line)
    assert (found.sentence, found.time, found.station, found.group, found.tag_holds) == (
        SENTENCE, time, station, group, holds,
    )  # fmt: skip


@pytest.mark.parametrize("line", [b"", b"noise", b"\\s:a*00\\", b"!AIVDM,1,1,,A,15*4", b"!" + b"A" * 300 + b"*00"])
def test_no_sentence(line):
    """What is none is none."""
    assert parse(line) is None


def test_a_tag_block_that_comes_again():
    """The same TAG block on another line says the same of it; the logger's own times stay each line's own."""
    block = tagged(b"s:north,g:1-2-77")
    other = block.replace(SENTENCE, SENTENCE.replace(b",A,", b",B,"))
    found = [parse(line + epoch) for line in (block, other) for epoch in (b",1327664821", b",1327664822", b"")]
    assert [line.time for line in found] == [1_327_664_821.0, 1_327_664_822.0, None] * 2
    assert {(line.station, line.group, line.tag_holds) for line in found} == {("north", "77", True)}
    assert found[0].sentence != found[3].sentence
