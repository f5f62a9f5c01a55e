"""The bar on top: name, search, filter, the server's time, the connection's state, keys, light and dark."""

from __future__ import annotations

from typing import Any

from dash import Dash, dcc, html
from dash.development.base_component import Component

from traffic.table import Traffic

TITLE = "Top bar"
ORDER = 0


def layout(*tools: Component) -> html.Header:
    """Filled by the browser. `tools` are panels small enough for the bar."""
    search = html.Div(
        className="search",
        children=[
            dcc.Input(
                id="search-box",
                type="search",
                placeholder="Name, IMO, MMSI, call sign, port …",
                autoComplete="off",
            ),
            html.Ul(id="search-results", hidden=True, role="listbox", **{"aria-label": "Search results"}),
        ],
    )
    connection = html.A(
        id="connection",
        className="connection",
        href="status",
        title="How the server does",
        children=[html.Span(className="dot"), html.Span("connecting", id="connection-words", role="status")],
    )
    brand = html.H1([html.Img(src="assets/favicon.svg", alt="", width=22, height=22), "Fairway"])
    return html.Header(
        className="topbar",
        children=[brand, search, *_filter(), html.Time(id="server-time"), *tools, connection, _keys(), _theme()],
    )


def register(app: Dash, traffic: Traffic, control: Any) -> None:
    """Nothing is asked of the server."""


def _filter() -> list[Any]:
    button = html.Button(
        html.Span("Filter"),
        id="filter-toggle",
        type="button",
        **{"aria-expanded": "false", "aria-controls": "filter-form", "data-icon": "filter"},
    )
    return [button, html.Div(id="filter-form", hidden=True, role="group", **{"aria-label": "Filter"})]


def _keys() -> html.Button:
    return html.Button(
        id="keys-toggle",
        className="square",
        type="button",
        title="Keys",
        **{"aria-label": "List of keys", "aria-keyshortcuts": "?", "data-icon": "keys"},
    )


def _theme() -> html.Button:
    return html.Button(
        id="theme-toggle",
        className="square",
        type="button",
        title="Light or dark",
        **{"aria-label": "Switch between light and dark"},
    )
