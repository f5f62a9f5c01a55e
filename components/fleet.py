"""The fleet panel: counts and charts, now and over time. The browser fills them from the stream."""

from __future__ import annotations

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html

from components.figures import chart, graph_options
from fairway.commands.interfaces import CommandExecutor
from fairway.traffic.traffic import Traffic

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


def layout() -> list[Any]:
    """Tiles with numbers, then the charts of the present or those over time."""
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
    """The charts over time, which are created when they are first opened."""
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


def register(app: Dash, traffic: Traffic, simulator: CommandExecutor | None) -> None:
    """Create the charts over time when they are first opened; the browser redraws all charts, at most once a second."""

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
            prevent_initial_call=one in _NOW,  # a chart over time is filled as soon as it exists
        )
