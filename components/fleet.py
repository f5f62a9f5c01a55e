"""The fleet in figures: totals, by type, by status, by speed. Counted in the browser from what it was sent."""

from __future__ import annotations

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html

from traffic.table import Traffic

Figure = dict[str, Any]
TITLE = "Fleet"
ORDER = 1
_TILES = (
    ("total", "vessels"),
    ("at_sea", "at sea"),
    ("in_port", "in port"),
    ("anchored", "at anchor"),
    ("rate", "updates/s"),
    ("clients", "clients"),
)
_CHARTS = (
    ("type-chart", "By type", 100),
    ("status-chart", "By status", 50),
    ("speed-chart", "Speed, knots", 96),
    ("where-chart", "By route or destination", 92),
    ("time-chart", "Over time", 92),
)


def chart(trace: Figure, **layout: Any) -> Figure:
    """A Plotly figure in the page's style, as its JSON; text and lines take their colour from the style sheet.

    Plain dictionaries: the classes of plotly.graph_objects cost 10 MB of memory for figures that the browser makes.

    Args:
        trace: one trace; its `type` says which.
        layout: what the figure has of its own.

    """
    axis = {"fixedrange": True, "zeroline": False}
    ours: Figure = {
        "margin": {"l": 96, "r": 40, "t": 2, "b": 20},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"size": 12, "family": "inherit"},
        "bargap": 0.25,
        "showlegend": False,
        "xaxis": axis | layout.pop("xaxis", {}),
        "yaxis": axis | layout.pop("yaxis", {}),
    }
    return {"data": [trace], "layout": ours | layout}


def graph_options(height: int) -> dict[str, Any]:
    """A graph that is as wide as its panel and `height` pixels high, without Plotly's buttons."""
    return {"responsive": True, "style": {"height": height}, "config": {"displayModeBar": False}}


def layout() -> list[Any]:
    """Tiles with numbers, then the charts."""
    tiles = [
        html.Div([html.Strong("–", id=f"count-{key}"), html.Span(words)], className=f"tile tile-{key}")
        for key, words in _TILES
    ]
    charts = [
        html.Figure(
            [
                html.Figcaption(words, id=f"{name}-title"),
                dcc.Graph(id=name, figure=chart({"type": "bar"}), **graph_options(height)),
            ]
        )
        for name, words, height in _CHARTS
    ]
    return [html.Div(tiles, className="tiles"), *charts, dcc.Store(id="fleet-stats")]


def register(app: Dash, traffic: Traffic, control: Any) -> None:
    """Charts are redrawn in the browser, at most once a second."""
    for name, *_ in _CHARTS:
        app.clientside_callback(
            ClientsideFunction("fairway", "clickChart"),
            Input(name, "clickData"),
            State(name, "id"),
            prevent_initial_call=True,
        )
        app.clientside_callback(
            ClientsideFunction("fairway", "fillChart"),
            Output(name, "figure"),
            Input("fleet-stats", "data"),
            State(name, "figure"),
            State(name, "id"),
            prevent_initial_call=True,
        )
