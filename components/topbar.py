"""The top bar: name, search, filter, time, clock, connection state, keys, theme."""

from __future__ import annotations

from dash import dcc, html
from dash.development.base_component import Component

from components import filter as filter_form
from components import sources


def layout(*tools: Component) -> html.Header:
    """The bar, which the browser fills. `tools` are small panels in it."""
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
    brand = html.H1([html.Img(src="assets/favicon.svg", alt="", width=22, height=22), "Fairway"])
    return html.Header(
        className="topbar",
        children=[
            brand,
            search,
            *filter_form.layout(),
            html.Time(id="server-time"),
            *tools,
            *sources.layout(),
            _keys(),
            _theme(),
        ],
    )


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
