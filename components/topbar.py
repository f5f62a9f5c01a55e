"""The bar on top: name, search, the server's time, the connection's state, light and dark."""

from __future__ import annotations

from typing import Any

from dash import Dash, dcc, html
from dash.development.base_component import Component

from traffic.table import Traffic

TITLE = "Top bar"
ORDER = 0


def layout(*tools: Component) -> html.Header:
    """Filled by the browser: search.mjs, main.mjs. `tools` are panels small enough for the bar."""
    search = html.Div(
        className="search",
        children=[
            dcc.Input(id="search-box", type="search", placeholder="Name, IMO, MMSI or port", autoComplete="off"),
            html.Ul(id="search-results", hidden=True, role="listbox", **{"aria-label": "Search results"}),
        ],
    )
    connection = html.Div(
        id="connection",
        className="connection",
        role="status",
        children=[html.Span(className="dot"), html.Span("connecting", id="connection-words")],
    )
    theme = html.Button(
        id="theme-toggle", type="button", title="Light or dark", **{"aria-label": "Switch between light and dark"}
    )
    brand = html.H1([html.Img(src="assets/favicon.svg", alt="", width=22, height=22), "Fairway"])
    return html.Header(
        className="topbar", children=[brand, search, html.Time(id="server-time"), *tools, connection, theme]
    )


def register(app: Dash, traffic: Traffic, control: Any) -> None:
    """Nothing is asked of the server."""
