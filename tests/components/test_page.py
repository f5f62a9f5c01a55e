"""The page as Dash sees it."""

import json
import re
from pathlib import Path

import pytest
from dash import Dash

from components import fleet, page
from fairway.chart.ports import PortIndex
from fairway.traffic import fields
from fairway.traffic.traffic import Traffic

ASSETS = Path(__file__).parents[2] / "assets"


@pytest.fixture(scope="module")
def app() -> Dash:
    dash = Dash("test", assets_folder="none")
    page.mount(dash, Traffic(PortIndex.load(), lambda: "e"), 30.0)
    return dash


def test_every_callback_finds_its_components(app, ids):
    """Every id of a callback is in the layout, or among the charts that are created later."""
    named = {
        item["id"]
        for callback in [*app.callback_map.values(), *app._callback_list]
        for item in (*callback.get("inputs", ()), *callback.get("state", ()))
    }
    assert {"selected", "fleet-stats", "track"} <= named
    assert named <= ids(app.layout, *fleet.charts_over_time())


def test_constants(app):
    """The page holds the names and colours of every type and status, and the interval."""
    (element,) = [part for part in app.layout._traverse() if getattr(part, "id", None) == "constants"]
    constants = json.loads(getattr(element, "data-json"))
    assert constants["vessel_types"] == list(fields.VESSEL_TYPES)
    for name, codes in (("type", fields.VESSEL_TYPES), ("status", fields.STATUSES)):
        for colours in (constants["palettes"][name], constants["palettes"][f"{name}_safe"]):
            assert len(set(colours)) == len(codes)
    assert constants["statuses"] == list(fields.STATUSES)
    assert constants["update_interval"] == 30.0


def test_ids_of_the_modules(app, ids):
    """The layout has the ids that the browser's modules need from the start."""
    expected = "map vessel-layer selected fleet-stats constants log-list search-box search-results connection"
    assert set(f"{expected} connection-words theme-toggle simulated-mark server-time clock-panel".split()) <= ids(
        app.layout
    )


def test_each_key_has_one_button(app):
    """Each key is declared on one button; the buttons of a replay replace others, and may share their keys."""
    bearers = [part for part in app.layout._traverse() if getattr(part, "aria-keyshortcuts", None)]
    past = [part for part in bearers if part.id.startswith("replay-")]
    for seen in ([part for part in bearers if part not in past], past):
        keys = sorted(getattr(part, "aria-keyshortcuts") for part in seen)
        assert keys == sorted(set(keys))
    declared = [getattr(part, "aria-keyshortcuts") for part in bearers]
    assert set("FITLVMHPB?") <= set(declared)


def test_preloaded_modules():
    """The page preloads every module that it needs at once, and none that comes later."""
    dash = Dash("test", assets_folder=str(ASSETS))
    page.mount(dash, Traffic(PortIndex.load(), lambda: "e"), 30.0)
    preloaded = set(re.findall(r'modulepreload" href="/assets/([^"]+)"', dash.index_string))
    assert preloaded == imported_at_once("main.mjs")


def imported_at_once(name: str, known: set[str] | None = None) -> set[str]:
    """A module of the page with all that it imports statically, as paths below assets."""
    known = set() if known is None else known
    known.add(name)
    for found in re.findall(r'^import .*?from "(\..*?)";', (ASSETS / name).read_text(), re.MULTILINE):
        path = ((ASSETS / name).parent / found).resolve().relative_to(ASSETS).as_posix()
        if path not in known:
            imported_at_once(path, known)
    return known


def test_style_sheets_find_their_files():
    """Every file that a style sheet names exists."""
    for sheet in (ASSETS / "css").glob("*.css"):
        for name in re.findall(r'url\("?([^")]+)"?\)', sheet.read_text()):
            assert (sheet.parent / name).is_file(), f"{sheet.name}: {name}"
