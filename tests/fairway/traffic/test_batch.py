"""Batch: selecting some of its reports."""

from dataclasses import replace

import numpy as np

from tests.support.traffic import report


def test_take_keeps_each_row_together():
    """The chosen reports come in the given order, each with its columns, sentences and stations."""
    batch = replace(
        report([1, 2, 3], lat=[10.0, 20.0, 30.0]),
        static={"name": ["A", "B", "C"]},
        sentences=[b"a", b"b", b"c"],
        stations=["x", "y", "z"],
    )
    taken = batch.take(np.array([2, 0]))
    assert taken.mmsi.tolist() == [3, 1]
    assert (taken.moving["lat"] / 600_000).tolist() == [30.0, 10.0]
    assert taken.static == {"name": ["C", "A"]}
    assert (taken.sentences, taken.stations) == ([b"c", b"a"], ["z", "x"])


def test_take_of_all_rows_is_the_batch_itself():
    """A batch of which every report is chosen is not copied."""
    batch = report([1, 2])
    assert batch.take(np.arange(2)) is batch
