"""The clock of the simulation in the top bar."""

from components import clock


def test_layout(ids):
    """The clock is hidden at first, and has a button for each command."""
    panel = clock.layout()
    assert panel.hidden
    assert {"clock-slower", "clock-pause", "clock-faster", "clock-step", "clock-speed", "clock-seed"} <= ids(panel)


def test_the_scenario(ids):
    """A button opens the dialog of the running scenario."""
    assert {"scenario-open", "scenario", "scenario-close"} <= ids(clock.layout())
