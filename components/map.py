"""The map: layers, tools and legend. The browser's modules draw the basemap, the vessels and the ports."""

from __future__ import annotations

from typing import Any, Final

import dash_leaflet as dl
import numpy as np
from dash import html
from dash.development.base_component import Component
from numpy.typing import NDArray

from fairway.chart.lanes import Lanes

TYPE_COLOURS: Final = (
    "#2e7d32", "#7cb342", "#00695c", "#c62828", "#1565c0", "#f9a825",
    "#00838f", "#ef6c00", "#8e24aa", "#558b2f", "#616161",
)  # fmt: skip
"""By index in `fields.VESSEL_TYPES`."""
STATUS_COLOURS: Final = ("#1e88e5", "#6d4c9f", "#f08c00")
"""By index in `fields.STATUSES`."""
SAFE_TYPE_COLOURS: Final = (
    "#0072b2", "#56b4e9", "#009e73", "#d55e00", "#cc79a7", "#f0e442",
    "#1b1b1b", "#e69f00", "#882255", "#44aa99", "#8a8a8a",
)  # fmt: skip
"""For colour-blind people. Source: Okabe and Ito (2008), and three of Tol's muted set (2021)."""
SAFE_STATUS_COLOURS: Final = ("#0072b2", "#8a8a8a", "#e69f00")
COLOUR_MODES: Final = ("type", "status", "speed")
_OSM: Final = (
    "https://tile.openstreetmap.org/{z}/{x}/{y}.png",
    '© <a href="https://www.openstreetmap.org/copyright">OpenStreetMap</a> contributors',
)
_SEAMARKS: Final = (
    "https://tiles.openseamap.org/seamark/{z}/{x}/{y}.png",
    '© <a href="https://www.openseamap.org">OpenSeaMap</a> contributors',
)
_TOLERANCE_DEG: Final = 0.003
"""Tolerance of a drawn lane: 2 pixels at zoom 9, invisible in the open sea."""


def layout(*more: Component) -> list[Any]:
    """The map with its marks, tools and legend. `more` are further layers."""
    layers = dl.LayersControl(
        [
            dl.BaseLayer(dl.LayerGroup(), name="Built-in map", checked=True),
            dl.BaseLayer(_online(*_OSM), name="OpenStreetMap (online)", checked=False),
            dl.Overlay(_drawn("vessel-layer", "onAdd", "onRemove"), name="Vessels", checked=True),
            dl.Overlay(_drawn("heat-layer", "onHeat", "onNoHeat"), name="Density", checked=False),
            dl.Overlay(dl.LayerGroup(_routes()), name="Routes", checked=False),
            dl.Overlay(_drawn("port-layer", "onPorts", "onNoPorts"), name="Ports", checked=True),
            dl.Overlay(_online(*_SEAMARKS), name="Sea marks (online)", checked=False),
        ],
        position="topleft",
        # without its list of overlays the control fails when a layer is switched off
        overlays=["Vessels", "Ports"],
    )
    chart = dl.Map(
        [layers, *more],
        id="map",
        center=[25, 40],
        zoom=3,
        minZoom=2,
        maxZoom=16,
        worldCopyJump=True,
        preferCanvas=True,
    )
    mark = html.Div("Simulated data", id="simulated-mark", className="mark", hidden=True)
    past = html.Div(id="replay-mark", className="mark", hidden=True)
    chips = html.Div(id="filter-chips", hidden=True, role="status", **{"aria-label": "Filter at work"})
    note = html.Div(id="map-note", className="mark", hidden=True)
    over = html.Div([past, mark, chips, note], className="over-map")
    return [chart, over, _tools(), _legend()]


def lane(lanes: Lanes, leg: int) -> list[list[float]]:
    """[latitude, longitude] along a leg, simplified to _TOLERANCE_DEG; longitudes continue beyond 180 degrees."""
    part = slice(int(lanes.first[leg]), int(lanes.first[leg] + lanes.count[leg]))
    points = np.column_stack([lanes.lat[part], np.unwrap(lanes.lon[part], period=360)])
    line: list[list[float]] = points[_needed(points)].round(4).tolist()
    return line


def _needed(points: NDArray[np.float64]) -> NDArray[np.intp]:
    """Indices of the points that a line within _TOLERANCE_DEG needs.

    Source: Douglas and Peucker (1973).
    """
    indices, spans = {0, len(points) - 1}, [(0, len(points) - 1)]
    while spans:
        first, last = spans.pop()
        chord, between = points[last] - points[first], points[first + 1 : last] - points[first]
        if not len(between):
            continue
        off = np.abs(chord[0] * between[:, 1] - chord[1] * between[:, 0]) / max(np.hypot(*chord), _TOLERANCE_DEG)
        worst = int(off.argmax())
        if off[worst] > _TOLERANCE_DEG:
            middle = first + 1 + worst
            indices.add(middle)
            spans += [(first, middle), (middle, last)]
    return np.array(sorted(indices))


def _drawn(name: str, on: str, off: str) -> dl.LayerGroup:
    """A layer that the browser's modules draw; a switch calls `fairway.<on>` or `fairway.<off>`."""
    handlers = {"add": {"variable": f"fairway.{on}"}, "remove": {"variable": f"fairway.{off}"}}
    return dl.LayerGroup(id=name, eventHandlers=handlers)


def _online(url: str, attribution: str) -> dl.TileLayer:
    """An online layer, loaded only while a person has switched it on; the built-in map stays below it."""
    # the tile servers require a referrer, which the page's own policy would hide
    return dl.TileLayer(url=url, attribution=attribution, maxZoom=18, className="online", referrerPolicy="origin")


def _routes() -> list[dl.Polyline]:
    lanes = Lanes.load()
    return [
        dl.Polyline(
            positions=[lane(lanes, leg) for leg in route.legs_out],
            className="route-line",
            color="#3d7ea6",
            weight=1.5,
            opacity=0.8,
            children=dl.Tooltip(route.name, sticky=True),
        )
        for route in lanes.routes
    ]


def _tools() -> html.Div:
    """The buttons on the map, each with its key."""
    tools = (
        ("home", "H", "Show the whole fleet"),
        ("measure", "M", "Measure distance and course"),
        ("choose", "S", "Choose several vessels (or hold Shift)"),
        ("labels", "L", "Names of vessels"),
        ("routes", "P", "Shipping routes"),
        ("base", "B", "Next basemap"),
        ("table", "V", "Table of vessels"),
        ("replay", "R", "Replay the past"),
        ("full", "Z", "Full screen"),
    )
    buttons = [
        html.Button(
            id=f"tool-{name}",
            type="button",
            title=f"{words} ({key})",
            **{"aria-label": words, "aria-keyshortcuts": key, "data-icon": name},
        )
        for name, key, words in tools
    ]
    return html.Div(buttons, className="tools", role="toolbar", **{"aria-label": "Map tools"})


def _legend() -> html.Details:
    """The meaning of shapes and colours; the browser fills in the active colours."""
    shapes = [
        html.Li([html.Span(className=f"shape shape-{shape}"), words])
        for shape, words in (("arrow", "under way"), ("disc", "in port or at rest"), ("ring", "at anchor"))
    ]
    modes = [
        html.Button(mode, type="button", **{"data-mode": mode, "aria-pressed": str(mode == "type").lower()})
        for mode in COLOUR_MODES
    ]
    choice = html.Div([html.Span("Colour by"), *modes], id="colour-modes", role="group", **{"aria-label": "Colour by"})
    safe = html.Button("Colour-blind safe", id="colour-safe", type="button", **{"aria-pressed": "false"})
    body = [html.Ul(shapes, className="shapes"), choice, html.Ul(id="legend-colours"), safe]
    return html.Details([html.Summary("Legend"), *body], id="legend", className="legend", open=True)
