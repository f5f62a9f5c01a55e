"""The fleet in figures, now and over time. Counted in the browser from what it was sent."""

from __future__ import annotations

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html

from fairway.traffic.traffic import Traffic

Figure = dict[str, Any]
TITLE = "Fleet"
_TILES = (
    ("total", "vessels"),
    ("at_sea", "at sea"),
    ("in_port", "in port"),
    ("anchored", "at anchor"),
    ("rate", "updates/s"),
    ("clients", "clients"),
)
_NOW = (
    ("type-chart", "By type", 112),
    ("status-chart", "By status", 62),
    ("speed-chart", "Speed, knots", 104),
    ("where-chart", "By route or destination", 124),
)
_OVER_TIME = (
    ("status-time", "By status", 140),
    ("mean-time", "Mean speed at sea, knots", 100),
    ("rate-time", "Updates a second", 100),
    ("type-time", "By type", 160),
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
    """Tiles with numbers, then the charts of the moment or those over time."""
    tiles = [
        html.Div([html.Strong("–", id=f"count-{key}"), html.Span(words)], className=f"tile tile-{key}")
        for key, words in _TILES
    ]
    words = {"now": "Now", "time": "Over time"}
    buttons = [
        html.Button(text, type="button", **{"data-charts": name, "aria-pressed": "false"})
        for name, text in words.items()
    ]
    switch = html.Div(buttons, id="charts-switch", role="group", **{"aria-label": "Charts"})
    since = html.P("Since this page was opened, an hour at most; what the filter shows.", className="hint")
    over_time = html.Div([since, html.Div(id="charts-time-place")], id="charts-time", hidden=True)
    now = html.Div(_figures(_NOW), id="charts-now")
    return [
        html.Div(tiles, className="tiles"),
        switch,
        now,
        over_time,
        dcc.Store(id="fleet-stats"),
        dcc.Store(id="charts-wanted"),
    ]


def charts_over_time() -> list[html.Figure]:
    """The charts that come with the first look at them."""
    return _figures(_OVER_TIME)


def _figures(charts: tuple[tuple[str, str, int], ...]) -> list[html.Figure]:
    return [
        html.Figure(
            [
                html.Figcaption(words, id=f"{name}-title"),
                dcc.Graph(id=name, figure=chart({"type": "bar"}), **graph_options(height)),
            ]
        )
        for name, words, height in charts
    ]


def register(app: Dash, traffic: Traffic, control: Any) -> None:
    """Charts are redrawn in the browser, at most once a second; those over time come with the first look at them."""

    @app.callback(  # type: ignore[untyped-decorator] # Dash has no types
        Output("charts-time-place", "children"), Input("charts-wanted", "data"), prevent_initial_call=True
    )
    def show(wanted: bool) -> list[html.Figure]:
        return charts_over_time()

    for one in (*_NOW, *_OVER_TIME):
        name = one[0]
        app.clientside_callback(
            ClientsideFunction("fairway", "fillChart"),
            Output(name, "figure"),
            Input("fleet-stats", "data"),
            State(name, "figure"),
            State(name, "id"),
            prevent_initial_call=one in _NOW,  # the others ask as soon as they are there
        )
