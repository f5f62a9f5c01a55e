"""The seams: every feed, output, alert rule and panel, and what a new one costs."""

import importlib
import inspect
import re
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from dash import Dash

from app import create
from components import page
from fairway import registry
from fairway.chart.ports import PortIndex
from fairway.registry import FEEDS, OUTPUTS, RULES, Entry
from fairway.settings import Settings
from fairway.settings.settings import SECTIONS
from fairway.traffic.traffic import Traffic
from tests.support.servers import wait_for

ROOT = Path(__file__).parents[2]
FEED = '''
"""A feed with one buoy tender."""

import numpy as np

from fairway.traffic.batch import Batch


def run(publish, clock, settings, stop):
    """Report one vessel, then wait for the end."""
    now = round(clock.now() * 1000)
    moving = {"lat": np.array([18_000_000], np.int32), "lon": np.array([-24_000_000], np.int32)}
    publish(Batch(np.array([235_000_001], np.uint32), np.array([now]), "tender", False, moving, {}))
    stop.wait()
'''
WITH_PARTS = ("simulator", "redis")
"""Feeds that the server connects to more than `publish`: the simulator's commands, the replica of a cluster."""
SEAMS = {"fairway/feeds": FEEDS, "fairway/outputs": OUTPUTS, "fairway/alerts/rules": RULES}


def parameters(entry: Entry) -> list[str]:
    return list(inspect.signature(entry.load()).parameters)


@pytest.mark.parametrize("name", [name for name in FEEDS if name not in WITH_PARTS])
def test_feeds(name):
    """A feed is `run(publish, clock, settings, stop)`."""
    assert parameters(FEEDS[name]) == ["publish", "clock", "settings", "stop"]


@pytest.mark.parametrize("name", OUTPUTS)
def test_outputs(name):
    """An output is `run(report_queue, clock, settings, stop)`."""
    assert parameters(OUTPUTS[name]) == ["report_queue", "clock", "settings", "stop"]


@pytest.mark.parametrize("name", RULES)
def test_rules(name):
    """An alert rule is `rules(settings, zones)`, and its module's `check` takes the snapshot and what is active."""
    rules = RULES[name].load()
    assert parameters(RULES[name]) == ["settings", "zones"]
    check = sys.modules[rules.__module__].check
    assert list(inspect.signature(check).parameters)[:2] == ["snapshot", "active"]
    assert check.__doc__


@pytest.mark.parametrize("entry", [*FEEDS.values(), *OUTPUTS.values(), *RULES.values()], ids=lambda entry: entry.target)
def test_entries(entry):
    """What is registered explains itself, in its module, its function and its sentence, and names its settings."""
    function = entry.load()
    assert function.__doc__
    assert sys.modules[function.__module__].__doc__
    assert entry.section in SECTIONS
    assert entry.about
    assert not entry.about.endswith(".")


@pytest.mark.parametrize("folder", SEAMS)
def test_every_module_is_registered(folder):
    """A module of a seam that has the seam's function is in the registry."""
    targets = {entry.target.partition(":")[0] for entry in SEAMS[folder].values()}
    modules = {path.stem: path.read_text() for path in (ROOT / folder).glob("*.py")}
    package = folder.replace("/", ".")
    seam = re.compile(r"^def (run|rules)\(", re.MULTILINE)
    assert {f"{package}.{name}" for name, text in modules.items() if seam.search(text)} <= targets


@pytest.mark.parametrize("name", sorted({*FEEDS, *OUTPUTS, *RULES}))
def test_docs(name):
    """Every feed, output and alert rule is in the docs."""
    pages = [*(ROOT / "docs/guide").glob("*.md"), *(ROOT / "docs/reference").glob("*.md")]
    assert any(f"`{name}`" in page.read_text() for page in pages)


def test_a_feed_from_another_package(tmp_path, monkeypatch):
    """A file and one line of the registry make a feed: `--feeds` takes its name, and its vessel is on the server."""
    package = tmp_path / "harbour_office"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "tender.py").write_text(FEED)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(registry.FEEDS, "tender", Entry("harbour_office.tender:run", "a buoy tender", "feeds"))
    off = ["--state-file", "", "--database-url", ""]
    server = create(Settings.load({}, ["--feeds", "tender", *off], registry.choices()))
    server.start()
    try:
        wait_for(lambda: server.traffic.snapshot().summary["total_vessels"] == 1)
        answer = server.server.test_client().get("/api/realtime/vessels/235000001").json
    finally:
        server.stop()
    assert (answer["position"]["latitude"], answer["position"]["longitude"]) == (30.0, -40.0)


@pytest.mark.parametrize("name", page.PANELS)
def test_panels(name):
    """A panel has a title, a layout and a docstring, and registers its callbacks, if it has any, on an app."""
    panel = importlib.import_module(f"components.{name}")
    assert isinstance(panel.TITLE, str)
    assert panel.__doc__
    assert list(inspect.signature(panel.layout).parameters) == []
    if hasattr(panel, "register"):
        assert list(inspect.signature(panel.register).parameters) == ["app", "traffic", "simulator"]


def test_a_panel_from_another_module(monkeypatch):
    """A module and one name in PANELS make a tab and a panel on the page."""
    tides = SimpleNamespace(TITLE="Tides", layout=lambda: "High water at noon")
    monkeypatch.setitem(sys.modules, "components.tides", tides)
    monkeypatch.setattr(page, "PANELS", (*page.PANELS, "tides"))
    dash = Dash("test", assets_folder="none")
    page.mount(dash, Traffic(PortIndex.load(), lambda: "e"), 30.0)
    layout = dash.server.test_client().get("/_dash-layout").text
    assert '"id":"tab-tides"' in layout
    assert "High water at noon" in layout
