"""The alerts panel: a list to acknowledge and to jump from, and the zones that raise alerts."""

from __future__ import annotations

from typing import Any

import dash_leaflet as dl
from dash import ClientsideFunction, Dash, Input, dcc, html

from fairway.commands.interfaces import CommandExecutor
from fairway.traffic.traffic import Traffic

TITLE = "Alerts"


def layout() -> list[Any]:
    """The panel, which alerts.mjs and zones.mjs fill."""
    buttons = [
        html.Button(
            "Next",
            id="alert-next",
            type="button",
            title="Go to the next alert (N)",
            **{"aria-keyshortcuts": "N", "data-does": "Go to the next alert"},
        ),
        html.Button("Acknowledge all", id="alert-all", type="button", **{"data-icon": "check"}),
        html.Button("Silence", id="alert-silence", type="button", **{"data-icon": "mute", "aria-pressed": "false"}),
        html.Button("Notify me", id="alert-notify", type="button", **{"data-icon": "bell", "aria-pressed": "false"}),
    ]
    zones = [
        html.H3("Zones"),
        html.P("Vessels that enter or leave a zone raise an alert.", className="hint"),
        html.Ul(id="zone-list"),
        html.Button("Draw a zone", id="zone-draw", type="button", **{"data-icon": "zone", "aria-pressed": "false"}),
    ]
    return [
        html.Div(buttons, className="buttons"),
        html.Ol(id="alert-list", tabIndex=0, **{"aria-label": "Alerts"}),
        html.P("No alert yet.", id="alert-none", className="hint"),
        html.Div(zones, className="zones"),
    ]


def editor() -> dl.FeatureGroup:
    """The map's editor, which draws one polygon at a time. Its own buttons are hidden; `zone-draw` starts it."""
    draw = {"polygon": {"allowIntersection": False}, "polyline": False, "rectangle": False, "circle": False}
    draw |= {"marker": False, "circlemarker": False}
    return dl.FeatureGroup([dl.EditControl(id="zone-editor", position="topright", draw=draw)], id="zone-sketch")


def dialogs() -> list[html.Dialog]:
    """The dialogs for a new zone's name, and for the token of a server that requires one."""
    return [
        _dialog("zone-dialog", "A new zone", "Name", "Save"),
        _dialog("token-dialog", "The server wants its token for that", "Token", "Go on"),
    ]


def toasts() -> list[Any]:
    """The toasts over the map, and the same text for screen readers."""
    live = html.Div(
        id="alert-live", className="unseen", role="log", **{"aria-live": "polite", "aria-label": "New alerts"}
    )
    return [html.Div(id="toasts"), live]


def register(app: Dash, traffic: Traffic, simulator: CommandExecutor | None) -> None:
    """Pass a drawn zone to the browser's modules, which store it through REST, where the access rules are checked."""
    app.clientside_callback(
        ClientsideFunction("fairway", "zoneDrawn"), Input("zone-editor", "geojson"), prevent_initial_call=True
    )


def _dialog(name: str, title: str, label: str, yes: str) -> html.Dialog:
    return html.Dialog(
        [
            html.H2(title),
            html.Label(label, htmlFor=f"{name}-text"),
            dcc.Input(id=f"{name}-text", type="text", maxLength=60, autoComplete="off"),
            html.Div(
                [
                    html.Button("Cancel", id=f"{name}-no", type="button"),
                    html.Button(yes, id=f"{name}-yes", type="button", className="strong"),
                ],
                className="buttons",
            ),
        ],
        id=name,
        **{"aria-label": title},
    )
