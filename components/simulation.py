"""The simulation in a person's hands: routes and vessels drawn on the map, time, faults, the scenario."""

from __future__ import annotations

from typing import Any

from dash import Dash, html

from fairway.traffic.traffic import Traffic

TITLE = "Simulation"
ORDER = 5


def layout() -> list[Any]:
    """Built by simulation.mjs when the tab is first opened; the tab is hidden where there is no simulator."""
    return [html.P("No simulator runs here.", className="hint")]


def register(app: Dash, traffic: Traffic, control: Any) -> None:
    """The browser asks the REST interface itself: so the rule for writes is one."""
