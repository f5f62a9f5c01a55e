"""The bar of a replay."""

from components import replay


def test_layout(ids):
    """The bar is hidden at first, and has its buttons and the place of the slider."""
    bar = replay.layout()
    assert bar.hidden
    assert {"replay-play", "replay-slower", "replay-faster", "replay-live", "replay-csv", "replay-slider"} <= ids(bar)


def test_spans():
    """The spans of the slider grow, and 0 stands for the whole history."""
    hours = [hours for _, hours in replay.SPANS]
    assert hours[-1] == 0
    assert hours[:-1] == sorted(hours[:-1])
