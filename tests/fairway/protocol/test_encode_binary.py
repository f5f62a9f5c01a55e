"""The binary encoding."""

import numpy as np
import pytest

from fairway.protocol import encode_binary
from fairway.traffic.traffic import Traffic
from tests.support.level2 import subscribe
from tests.support.traffic import NOW, report


def test_the_binary_layout(session, traffic):
    """A message has a header of 40 bytes and 24 bytes for each vessel, aligned, in the order of the documentation."""
    session.open()
    traffic.put(report(3, t=NOW + 1, lat=-10, lon=179.5, sog=51, cog=2700, heading=271, rot=-15))
    traffic.delete([2])
    snapshot = traffic.advance(NOW + 2)
    (message,) = (m for m in subscribe(session, encoding="binary", filter={"mmsi": [3]}) if isinstance(m, bytes))
    assert message[:8] == b"FWY2" + (40).to_bytes(2, "little") + (1).to_bytes(2, "little")
    assert np.frombuffer(message, "<u4", 2, 8).tolist() == [1, 0]
    assert np.frombuffer(message, "<u8", 2, 16).tolist() == [snapshot.seq, 0]
    assert np.frombuffer(message, "<i8", 1, 32).tolist() == [(NOW + 2) * 1000]
    assert np.frombuffer(message, "<u4", 1, 40).tolist() == [3]
    assert np.frombuffer(message, "<i4", 2, 44).tolist() == [-6_000_000, 107_700_000]
    assert np.frombuffer(message, "<u2", 4, 52).tolist() == [10, 51, 2700, 271]
    assert np.frombuffer(message, "<i2", 1, 60).tolist() == [-15]
    assert message[62:] == bytes([10, 0])


def test_read_refuses_other_bytes():
    """A message without the magic and a truncated message are refused."""
    with pytest.raises(ValueError, match="not an FWY2"):
        encode_binary.read(b"GIF89a" + bytes(60))
    with pytest.raises(ValueError, match="header says"):
        encode_binary.read(encode_binary.HEAD.pack(b"FWY2", 40, 0, 0, 0, 1, 0, 0) + b"x")


def test_read_returns_what_message_wrote(context):
    """Header and columns of a message are read back."""
    view = context.snapshot().changes(0)
    message = encode_binary.message(view, np.array([2, 0]), [9], 5, encode_binary.CONFLATED)
    head, columns = encode_binary.read(message)
    assert (head["n"], head["removed"], head["prev"], head["flags"]) == (2, 1, 5, encode_binary.CONFLATED)
    assert (columns["mmsi"].tolist(), columns["removed_mmsi"].tolist(), columns["sog"].tolist()) == (
        [3, 1],
        [9],
        [50, 120],
    )


def test_ages(ports):
    """An age is in tenths of a second, at most the maximum."""
    traffic = Traffic(ports, lambda: "e", lost_after_s=10_000)
    traffic.advance(NOW - 7000)
    traffic.put(report(1, t=NOW - 7000))
    traffic.advance(NOW - 12)
    traffic.put(report(2, t=NOW - 12.34))
    view = traffic.advance(NOW).changes(0)
    assert encode_binary.ages(view).tolist() == [encode_binary.MAX_AGE, 123]
