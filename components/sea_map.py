"""The map: built-in basemap and vessels (drawn by the browser's modules), routes, ports, legend."""

from __future__ import annotations

from typing import Any, Final

import dash_leaflet as dl
import numpy as np
from dash import Dash, html
from numpy.typing import NDArray

from sea.lanes import Lanes
from sea.ports import load_ports
from traffic import fields
from traffic.table import Traffic

TITLE = "Map"
ORDER = 0
TYPE_COLOURS: Final = (
    "#2e7d32", "#7cb342", "#00695c", "#c62828", "#1565c0", "#f9a825",
    "#00838f", "#ef6c00", "#8e24aa", "#558b2f", "#616161",
)  # fmt: skip
"""By index in `fields.VESSEL_TYPES`."""
STATUS_COLOURS: Final = ("#1e88e5", "#6d4c9f", "#f08c00")
"""By index in `fields.STATUSES`."""
_TOLERANCE_DEG: Final = 0.003
"""How far a drawn lane may be from the sailed one: 2 pixels at zoom 9, in the middle of the sea unnoticed."""


def layout() -> list[Any]:
    """The map fills its frame; the legend and the mark of simulated vessels lie on it."""
    layers = dl.LayersControl(
        [
            dl.Overlay(_vessels(), name="Vessels", checked=True),
            dl.Overlay(dl.LayerGroup(_routes()), name="Routes", checked=False),
            dl.Overlay(dl.LayerGroup(_ports()), name="Ports", checked=True),
        ],
        position="topleft",
    )
    chart = dl.Map(
        [layers, dl.ScaleControl(position="bottomleft", imperial=False)],
        id="map",
        center=[25, 40],
        zoom=3,
        minZoom=2,
        maxZoom=16,
        worldCopyJump=True,
        preferCanvas=True,
    )
    mark = html.Div("Simulated data", id="simulated-mark", className="mark", hidden=True)
    return [chart, mark, _legend()]


def register(app: Dash, traffic: Traffic, control: Any) -> None:
    """Pan and zoom never ask the server."""


def lane(lanes: Lanes, leg: int) -> list[list[float]]:
    """[latitude, longitude] along a leg, with as few points as draw it; longitudes run on over 180 degrees."""
    part = slice(int(lanes.first[leg]), int(lanes.first[leg] + lanes.count[leg]))
    points = np.column_stack([lanes.lat[part], np.unwrap(lanes.lon[part], period=360)])
    line: list[list[float]] = points[_needed(points)].round(4).tolist()
    return line


def _needed(points: NDArray[np.float64]) -> NDArray[np.intp]:
    """Indices of the points without which the line would be off by more than _TOLERANCE_DEG.

    Source: Douglas and Peucker (1973).
    """
    kept, spans = {0, len(points) - 1}, [(0, len(points) - 1)]
    while spans:
        first, last = spans.pop()
        chord, between = points[last] - points[first], points[first + 1 : last] - points[first]
        if not len(between):
            continue
        off = np.abs(chord[0] * between[:, 1] - chord[1] * between[:, 0]) / max(np.hypot(*chord), _TOLERANCE_DEG)
        worst = int(off.argmax())
        if off[worst] > _TOLERANCE_DEG:
            middle = first + 1 + worst
            kept.add(middle)
            spans += [(first, middle), (middle, last)]
    return np.array(sorted(kept))


def _vessels() -> dl.LayerGroup:
    handlers = {"add": {"variable": "fairway.onAdd"}, "remove": {"variable": "fairway.onRemove"}}
    return dl.LayerGroup(id="vessel-layer", eventHandlers=handlers)


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


def _ports() -> list[dl.CircleMarker]:
    return [
        dl.CircleMarker(
            center=[port.lat, port.lon],
            radius=3,
            color="#5b6b79",
            fillColor="#ffffff",
            fillOpacity=1,
            weight=1.5,
            children=dl.Tooltip(f"{port.name}, {port.country} ({port.locode})"),
        )
        for port in load_ports()
    ]


def _legend() -> html.Details:
    types = [
        html.Li([html.Span(className="swatch", style={"backgroundColor": colour}), name.replace("_", " ")])
        for name, colour in zip(fields.VESSEL_TYPES, TYPE_COLOURS, strict=True)
    ]
    shapes = [
        html.Li([html.Span(className=f"shape shape-{shape}"), words])
        for shape, words in (("arrow", "under way"), ("disc", "in port or at rest"), ("ring", "at anchor"))
    ]
    return html.Details([html.Summary("Legend"), html.Ul(shapes), html.Ul(types)], className="legend", open=True)
