"""The map and the lanes on it."""

import numpy as np

from components import map as sea_map
from fairway.chart.lanes import Lanes
from fairway.traffic import fields


def test_layout(ids):
    """The map has its layers, its tools and its legend."""
    assert {"map", "vessel-layer", "heat-layer", "port-layer", "tool-home", "legend"} <= ids(*sea_map.layout())


def test_no_online_layer_at_first():
    """The layers that need the internet are off until a person switches them on."""
    control = sea_map.layout()[0].children[0]
    online = [layer for layer in control.children if "online" in layer.name]
    assert len(online) == 2
    assert not any(layer.checked for layer in online)


def test_colours():
    """Each type and each status has a colour of its own in each set."""
    for colours, codes in (
        (sea_map.TYPE_COLOURS, fields.VESSEL_TYPES),
        (sea_map.SAFE_TYPE_COLOURS, fields.VESSEL_TYPES),
        (sea_map.STATUS_COLOURS, fields.STATUSES),
        (sea_map.SAFE_STATUS_COLOURS, fields.STATUSES),
    ):
        assert len(set(colours)) == len(codes)


def test_drawn_lanes_are_where_vessels_sail():
    """A drawn lane passes every point of the leg within the tolerance, with far fewer points."""
    lanes = Lanes.load()
    legs = {leg for route in lanes.routes for leg in route.legs_out}
    for leg in legs:
        part = slice(lanes.first[leg], lanes.first[leg] + lanes.count[leg])
        lat, lon = lanes.lat[part], np.unwrap(lanes.lon[part], period=360)
        drawn = np.array(sea_map.lane(lanes, leg))
        start, step = drawn[:-1], np.diff(drawn, axis=0)
        away = np.stack([lat, lon], 1)[:, None] - start
        along = np.clip((away * step).sum(2) / (step**2).sum(1), 0, 1)
        assert np.hypot(*np.moveaxis(away - along[..., None] * step, 2, 0)).min(1).max() < 0.0032
        assert len(drawn) < len(lat) / 2
