"""Plotly figures in the style of the page, as plain dictionaries."""

from __future__ import annotations

from typing import Any

Figure = dict[str, Any]
"""The JSON of a Plotly figure."""


def chart(trace: Figure, **layout: Any) -> Figure:
    """A Plotly figure with one trace; text and lines take their colour from the style sheet.

    Plain dictionaries, because the classes of plotly.graph_objects cost 10 MB of memory.

    Args:
        trace: with its `type`.
        layout: additions to the common layout; `xaxis` and `yaxis` are merged with it.

    """
    axis = {"fixedrange": True, "zeroline": False}
    common: Figure = {
        "margin": {"l": 96, "r": 40, "t": 2, "b": 20},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"size": 12, "family": "inherit"},
        "bargap": 0.25,
        "showlegend": False,
        "xaxis": axis | layout.pop("xaxis", {}),
        "yaxis": axis | layout.pop("yaxis", {}),
    }
    return {"data": [trace], "layout": common | layout}


def graph_options(height: int) -> dict[str, Any]:
    """Arguments of a `dcc.Graph` as wide as its panel and `height` pixels high, without Plotly's buttons."""
    return {"responsive": True, "style": {"height": height}, "config": {"displayModeBar": False}}
