"""Frames: compressed columns and the schedule of key frames."""

import numpy as np

from fairway.history import frames
from tests.support.history import T, fleet, moves


def rows(*batches):
    return np.concatenate([frames.rows_of(batch, {1: 3}, 2) for batch in batches])


def test_compress_and_decompress():
    """Decompressed rows equal the compressed ones, in every column."""
    before = rows(fleet(T, 1, 2), fleet(T + 5000, 2))
    after = frames.decompress(frames.compress(before))
    assert after.dtype == before.dtype
    assert after.tolist() == before.tolist()


def test_rows_of_a_batch():
    """A row has vessel type and source; a report without position gives no row."""
    nowhere = moves([T, T + 1], mmsi=1)
    nowhere.moving["lat"][0] = 91 * 600_000
    (row,) = frames.rows_of(nowhere, {1: 3}, 2)
    assert (row["mmsi"], row["t"], row["vessel_type"], row["source"]) == (1, T + 1, 3, 2)


def test_newest():
    """Each vessel's last report by event time, ordered by MMSI, whatever the order of arrival."""
    found = frames.newest(rows(fleet(T + 9, 7, 3), fleet(T, 3), fleet(T + 20, 3)))
    assert found[["mmsi", "t"]].tolist() == [(3, T + 20), (7, T + 9)]


def test_by_bucket():
    """Rows are divided by ten seconds of event time, and none is lost."""
    parts = dict(frames.by_bucket(rows(fleet(T + 25_000, 1), fleet(T, 1, 2), fleet(T + 9_999, 3))))
    assert {begin: part["mmsi"].tolist() for begin, part in parts.items()} == {T: [1, 2, 3], T + 20_000: [1]}


def test_part_of():
    """The same bytes have the same part, other bytes another one, and none is that of a key frame."""
    assert frames.part_of(b"a") == frames.part_of(b"a") != frames.part_of(b"b")
    assert frames.KEY not in {frames.part_of(bytes([value])) for value in range(256)}


def test_key_frames():
    """A key frame is due after as many reports as vessels; a vessel that was silent for too long is not in it."""
    keys = frames.KeyFrames(rows(fleet(T, 1, 2), fleet(T - 10**6, 9)), 100_000)
    assert keys.add(rows(fleet(T + 10_000, 1, 2))) is None
    at, known = keys.add(rows(fleet(T + 60_000, 1)))
    assert at == T + 30_000
    assert known[["mmsi", "t"]].tolist() == [(1, T + 10_000), (2, T + 10_000)]
