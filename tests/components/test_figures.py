"""The common style of the Plotly figures."""

from plotly.graph_objects import Figure

from components import figures


def test_chart():
    """A figure has one trace; an axis of its own keeps the common settings."""
    built = figures.chart({"type": "bar", "x": [1]}, xaxis={"type": "date"}, margin={"l": 1})
    assert built["data"] == [{"type": "bar", "x": [1]}]
    assert built["layout"]["xaxis"] == {"fixedrange": True, "zeroline": False, "type": "date"}
    assert built["layout"]["margin"] == {"l": 1}
    assert Figure(built).data[0].x == (1,)


def test_graph_options():
    """A graph has its height, and no buttons."""
    assert figures.graph_options(90)["style"] == {"height": 90}
    assert figures.graph_options(90)["config"] == {"displayModeBar": False}
