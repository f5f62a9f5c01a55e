"""Removals: how far back a consumer can catch up."""

from fairway.traffic.removals import MAX_GAPS, Removals


def test_gaps_are_bounded():
    """After many restarts the oldest cursors get a snapshot."""
    removals = Removals.none()
    for number in range(MAX_GAPS + 3):
        removals = removals.after_gap(100 * number, 100 * number + 50)
    assert len(removals.gaps) == MAX_GAPS
    assert [removals.reaches(seq) for seq in (10, 249, 250, 310, 360)] == [False, False, True, False, True]
