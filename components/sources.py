"""The connection state in the top bar, and the dialog of sources and outputs. sources.mjs fills it while it is open."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component


def layout() -> list[Component]:
    """The button with the connection state, and the dialog that it opens."""
    connection = html.Button(
        [html.Span(className="dot"), html.Span("connecting", id="connection-words", role="status")],
        id="connection",
        className="connection",
        type="button",
        title="Sources and outputs",
        **{"aria-expanded": "false", "aria-controls": "sources"},
    )
    return [connection, _dialog()]


def _dialog() -> html.Dialog:
    """A table of the sources and one of the outputs."""
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
