"""The log: what happened, newest last, at most 100 entries. Written by the browser."""

from __future__ import annotations

from typing import Any

from dash import Dash, html

from traffic.table import Traffic

TITLE = "Log"
ORDER = 3


def layout() -> list[Any]:
    """Buttons and the list."""
    buttons = [
        html.Button("Pause", id="log-pause", type="button", **{"aria-pressed": "false"}),
        html.Button("Clear", id="log-clear", type="button"),
    ]
    return [html.Div(buttons, className="log-buttons"), html.Ol(id="log-list", tabIndex=0, **{"aria-label": "Log"})]


def register(app: Dash, traffic: Traffic, control: Any) -> None:
    """Nothing is asked of the server."""
