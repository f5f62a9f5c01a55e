"""The page: its frame, every panel in its place, and the constants for the browser's modules."""

from __future__ import annotations

import importlib
import json
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Final

from dash import Dash, dcc, html

from components import alerts, clock, replay, request_guard, table, topbar
from components import map as sea_map
from fairway.chart.lanes import Lanes
from fairway.chart.ports import load_ports
from fairway.commands.interfaces import CommandExecutor
from fairway.traffic import fields
from fairway.traffic.traffic import Traffic

_LATER: Final = ("map/basemap", "map/tools/route_drawing", "replay/", "simulation/simulation", "vendor/")
"""Prefixes of the modules that load after the vessels, or when a person first opens their panel."""
PANELS: Final = ("fleet", "vessel", "alerts", "log", "simulation")
"""Registry of the panels beside the map, in the order of their tabs: modules of this package with TITLE and `layout()`.

A panel with callbacks has `register(app, traffic, simulator)`. The tab of a panel with STARTS_HIDDEN starts hidden.
"""


def mount(dash: Dash, traffic: Traffic, update_interval: float, simulator: CommandExecutor | None = None) -> None:
    """Give `dash` its layout, and register the panels' callbacks."""
    panels = [importlib.import_module(f"components.{name}") for name in PANELS]
    dash.index_string = _index(dash)
    request_guard.mount(dash)
    dash.config.suppress_callback_exceptions = True  # charts that are created later have callbacks too
    dash.layout = html.Div(
        id="page",
        children=[
            topbar.layout(clock.layout()),
            html.Main([*sea_map.layout(alerts.editor()), replay.layout(), *alerts.toasts()], className="chart"),
            table.layout(),
            html.Aside([_handle(), _tabs(panels), *_panels(panels)], id="panel"),
            _key_list(),
            *alerts.dialogs(),
            html.Div(id="notes", role="status", **{"aria-live": "polite"}),
            dcc.Store(id="selected"),
            dcc.Store(id="table-wanted"),
            html.Div(id="constants", hidden=True, **{"data-json": _constants(update_interval)}),
        ],
    )
    for panel in (table, *panels):
        if hasattr(panel, "register"):
            panel.register(dash, traffic, simulator)


def _index(dash: Dash) -> str:
    """Dash's page with preload links: without them a module loads only when the one that imports it has arrived."""
    modules = sorted(Path(dash.config.assets_folder).rglob("*.mjs"))
    names = [path.relative_to(dash.config.assets_folder).as_posix() for path in modules]
    at_once = [name for name in names if not name.startswith(_LATER)]
    links = "".join(f'<link rel="modulepreload" href="{dash.get_asset_url(name)}">' for name in at_once)
    text: str = dash.index_string
    return text.replace("<html>", '<html lang="en">').replace("{%css%}", "{%css%}" + links)


def _handle() -> html.Button:
    """The handle of the sheet with three heights that the panel is on a phone; hidden elsewhere."""
    return html.Button(html.Span(), id="sheet-handle", type="button", **{"aria-label": "Height of the panel"})


def _key_list() -> html.Dialog:
    """The list of keys, which the browser fills from the elements with `aria-keyshortcuts`."""
    close = html.Button("Close", id="keys-close", type="button")
    return html.Dialog([html.H2("Keys"), html.Dl(), close], id="keys", **{"aria-label": "Keys"})


def _tabs(panels: Sequence[ModuleType]) -> html.Nav:
    buttons = [
        html.Button(
            panel.TITLE,
            id=f"tab-{panel.TITLE.lower()}",
            type="button",
            role="tab",
            hidden=hasattr(panel, "STARTS_HIDDEN"),
            **{"aria-selected": str(at == 0).lower(), "aria-controls": f"panel-{panel.TITLE.lower()}"},
        )
        for at, panel in enumerate(panels)
    ]
    return html.Nav(buttons, className="tabs", role="tablist", **{"aria-label": "Panels"})


def _panels(panels: Sequence[ModuleType]) -> list[html.Section]:
    """One section for each panel; the browser shows one at a time."""
    return [
        html.Section(
            panel.layout(),
            id=f"panel-{panel.TITLE.lower()}",
            role="tabpanel",
            tabIndex=0,
            hidden=at > 0,
            **{"aria-labelledby": f"tab-{panel.TITLE.lower()}"},
        )
        for at, panel in enumerate(panels)
    ]


def _constants(update_interval: float) -> str:
    """The constants that Python and JavaScript share, as JSON."""
    ports = [
        {"name": p.name, "country": p.country, "locode": p.locode, "lat": p.lat, "lon": p.lon} for p in load_ports()
    ]
    return json.dumps(
        {
            "vessel_types": fields.VESSEL_TYPES,
            "statuses": fields.STATUSES,
            "palettes": {
                "type": sea_map.TYPE_COLOURS,
                "type_safe": sea_map.SAFE_TYPE_COLOURS,
                "status": sea_map.STATUS_COLOURS,
                "status_safe": sea_map.SAFE_STATUS_COLOURS,
            },
            "colour_modes": sea_map.COLOUR_MODES,
            "routes": [route.name for route in Lanes.load().routes],
            "update_interval": update_interval,
            "ports": ports,
            "grid_script": table.GRID_SCRIPT,
        }
    )
