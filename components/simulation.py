"""The simulation in a person's hands: routes and vessels drawn on the map, time, faults, the scenario."""

from __future__ import annotations

from typing import Any

from dash import html

TITLE = "Simulation"
STARTS_HIDDEN = True
"""The browser shows the tab once the server says that it simulates."""


def layout() -> list[Any]:
    """Built by simulation.mjs when the tab is first opened; the tab is hidden where there is no simulator."""
    return [html.P("No simulator runs here.", className="hint")]
