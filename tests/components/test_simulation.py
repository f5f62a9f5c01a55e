"""The simulation panel."""

from components import simulation


def test_layout():
    """Without a simulator the panel says so; the browser builds the rest."""
    (hint,) = simulation.layout()
    assert hint.children == "No simulator runs here."
