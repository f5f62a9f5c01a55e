"""The log panel: events, newest last, at most 100 entries. The browser writes them."""

from __future__ import annotations

from typing import Any, Final

from dash import html

TITLE = "Log"

_KINDS: Final = (("all", "Everything"), ("status", "Status"), ("alert", "Alerts"), ("connection", "Connection"))


def layout() -> list[Any]:
    """The buttons, and the empty list."""
    buttons = [
        html.Button("Pause", id="log-pause", type="button", **{"aria-pressed": "false"}),
        html.Button("Clear", id="log-clear", type="button"),
    ]
    kinds = [
        html.Button(words, type="button", **{"data-kind": kind, "aria-pressed": str(kind == "all").lower()})
        for kind, words in _KINDS
    ]
    return [
        html.Div(buttons, className="buttons"),
        html.Div(kinds, id="log-kinds", className="buttons small", role="group", **{"aria-label": "Kinds of entries"}),
        html.Ol(id="log-list", tabIndex=0, **{"aria-label": "Log"}),
    ]
