"""The bar on top: name, search, filter, the server's time, the connection's state, keys, light and dark."""

from __future__ import annotations

from typing import Any

from dash import dcc, html
from dash.development.base_component import Component


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
    connection = html.Button(
        [html.Span(className="dot"), html.Span("connecting", id="connection-words", role="status")],
        id="connection",
        className="connection",
        type="button",
        title="Sources and outputs",
        **{"aria-expanded": "false", "aria-controls": "sources"},
    )
    brand = html.H1([html.Img(src="assets/favicon.svg", alt="", width=22, height=22), "Fairway"])
    return html.Header(
        className="topbar",
        children=[
            brand,
            search,
            *_filter(),
            html.Time(id="server-time"),
            *tools,
            connection,
            _sources(),
            _keys(),
            _theme(),
        ],
    )


def _filter() -> list[Any]:
    button = html.Button(
        html.Span("Filter"),
        id="filter-toggle",
        type="button",
        **{"aria-expanded": "false", "aria-controls": "filter-form", "data-icon": "filter"},
    )
    return [button, html.Div(id="filter-form", hidden=True, role="group", **{"aria-label": "Filter"})]


def _sources() -> html.Dialog:
    """Each source and each output with its state; filled by sources.mjs while it is open."""
    incoming = ("Source", "State", "Reports/s", "Reports", "Last")
    outgoing = ("Output", "State", "Sent", "Dropped", "Last")
    tables = [
        html.Table([html.Thead(html.Tr([html.Th(words, scope="col") for words in heads])), html.Tbody(id=name)])
        for name, heads in (("sources-in", incoming), ("sources-out", outgoing))
    ]
    close = html.Button(id="sources-close", type="button", **{"aria-label": "Close", "data-icon": "close"})
    head = html.Header([html.H2("Sources and outputs"), close])
    more = html.A("How the server does, in full", href="status")
    parts = [head, *tables, html.P(id="sources-server", className="hint"), html.P(more, className="hint")]
    return html.Dialog(parts, id="sources", **{"aria-label": "Sources and outputs"})


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
