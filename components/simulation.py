"""The simulation panel: custom routes and vessels, time, faults, scenario. The browser builds it."""

from __future__ import annotations

from typing import Any

from dash import html

TITLE = "Simulation"
STARTS_HIDDEN = True
"""The browser shows the tab once the server has reported that it simulates."""


def layout() -> list[Any]:
    """A hint; simulation.mjs builds the panel when its tab is first opened. Without a simulator the tab is hidden."""
    return [html.P("No simulator runs here.", className="hint")]
