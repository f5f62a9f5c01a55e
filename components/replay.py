"""The bar of a replay: a time slider over the stored history, play, rate, and the return to the present."""

from __future__ import annotations

from dash import html

_BUTTONS = (
    ("back", "", "Back by a minute", ","),
    ("play", "", "Play", "Space"),
    ("forward", "", "On by a minute", "."),
    ("slower", "−", "Slower", "["),
    ("faster", "+", "Faster", "]"),
)
_ICONS = {"back": "back", "play": "play", "forward": "step"}
SPANS = (("1 h", 1), ("6 h", 6), ("24 h", 24), ("all", 0))
"""Spans of the slider: words and hours; 0 for the whole history."""


def layout() -> html.Div:
    """The bar; replay.mjs connects it with /api/history."""
    back, play, forward, slower, faster = (
        html.Button(
            sign,
            id=f"replay-{name}",
            type="button",
            title=f"{words} ({key})",
            **{"aria-label": words, "aria-keyshortcuts": key},
            **({"data-icon": _ICONS[name]} if name in _ICONS else {}),
        )
        for name, sign, words, key in _BUTTONS
    )
    rate = html.Output("", id="replay-rate", title="Seconds of the past per second", **{"aria-label": "Rate"})
    spans = [html.Button(words, type="button", className="choice", **{"data-hours": hours}) for words, hours in SPANS]
    choice = html.Div(spans, id="replay-spans", role="group", **{"aria-label": "What the slider is over"})
    words = "CSV of every report in the slider's span and the map's view"
    csv = html.Button("CSV", id="replay-csv", type="button", title=words, **{"aria-label": words})
    live = html.Button("Live", id="replay-live", type="button", className="strong", title="Back to the present (R)")
    buttons = html.Div([back, play, forward, slower, rate, faster, choice, csv, live], className="replay-buttons")
    ends = html.Div([html.Span(id="replay-from"), html.Span(id="replay-to")], className="replay-ends")
    bar = html.Div([html.Div(id="replay-slider"), ends], className="replay-time")
    return html.Div([buttons, bar], id="replay", role="group", hidden=True, **{"aria-label": "Replay"})
