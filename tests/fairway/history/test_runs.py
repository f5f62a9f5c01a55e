"""Runs and past fleets."""

import numpy as np
import pytest

from fairway.history import frames
from fairway.history.runs import Run, changes


@pytest.mark.parametrize(("mode", "utc"), [("live", True), ("mixed", True), ("simulation", False), (None, False)])
def test_a_run_with_real_reports_is_in_utc(mode, utc):
    """Runs of a live or mixed clock share UTC; a simulation, a playback and an old run have their own time."""
    assert Run(1, "e1", mode, (), 0, 10).utc is utc


def fleet(**times: int) -> frames.Rows:
    """Rows of vessels `v<MMSI>` with their times."""
    rows = np.zeros(len(times), frames.ROW)
    rows["mmsi"], rows["t"] = [int(name[1:]) for name in times], list(times.values())
    return rows


def test_changes():
    """A vessel with a new report and a new vessel are news; a vessel that is missing is gone."""
    news, gone = changes(fleet(v1=10, v2=10, v3=10), fleet(v1=10, v2=20, v4=20))
    assert news.tolist() == [False, True, True]
    assert gone == [3]


def test_nothing_before():
    """From an empty fleet every vessel is news."""
    news, gone = changes(fleet(), fleet(v1=10))
    assert (news.tolist(), gone) == ([True], [])
