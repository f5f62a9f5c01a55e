"""The page as Dash sees it, and the lines on its map."""

import json

import numpy as np
import pytest
from dash import Dash

from components import fleet, page
from components import map as sea_map
from fairway.chart.lanes import Lanes
from fairway.chart.ports import PortIndex
from fairway.traffic import fields
from fairway.traffic.traffic import Traffic


@pytest.fixture(scope="module")
def app() -> Dash:
    dash = Dash("test", assets_folder="none")
    page.mount(dash, Traffic(PortIndex.load(), lambda: "e"), 30.0)
    return dash


def ids(component) -> set[str]:
    """The ids of a component and of all within it."""
    return {part.id for part in (component, *component._traverse()) if getattr(part, "id", None)}


def test_every_callback_finds_its_components(app):
    """What a callback names is in the layout from the start, or among the charts that come later."""
    named = {
        item["id"]
        for callback in [*app.callback_map.values(), *app._callback_list]
        for item in (*callback.get("inputs", ()), *callback.get("state", ()))
    }
    assert {"selected", "fleet-stats", "track"} <= named
    assert named <= ids(app.layout).union(*map(ids, fleet.charts_over_time()))


def test_the_browser_is_told_every_type_and_status(app):
    """Names and colours come with the page, one colour each."""
    (constants,) = [part for part in app.layout._traverse() if getattr(part, "id", None) == "constants"]
    told = json.loads(getattr(constants, "data-json"))
    assert told["vessel_types"] == list(fields.VESSEL_TYPES)
    for name, codes in (("type", fields.VESSEL_TYPES), ("status", fields.STATUSES)):
        for colours in (told["palettes"][name], told["palettes"][f"{name}_safe"]):
            assert len(set(colours)) == len(codes)
    assert told["statuses"] == list(fields.STATUSES)
    assert told["update_interval"] == 30.0


def test_what_others_count_on_is_there(app):
    """The ids that the browser's modules look for."""
    expected = "map vessel-layer selected fleet-stats constants log-list search-box search-results connection"
    assert set(f"{expected} connection-words theme-toggle simulated-mark server-time clock-panel".split()) <= ids(
        app.layout
    )


def test_each_key_has_one_button(app):
    """Keys are declared on what they press: no two that are seen together share one; none is missing."""
    bearers = [part for part in app.layout._traverse() if getattr(part, "aria-keyshortcuts", None)]
    past = [part for part in bearers if part.id.startswith("replay-")]
    for seen in ([part for part in bearers if part not in past], past):
        keys = sorted(getattr(part, "aria-keyshortcuts") for part in seen)
        assert keys == sorted(set(keys))
    declared = [getattr(part, "aria-keyshortcuts") for part in bearers]
    assert set("FITLVMHPB?") <= set(declared)


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
