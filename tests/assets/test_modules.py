"""The page's modules: their tests in node, and that each one has its test."""

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest

from fairway.chart.ports import PortIndex
from fairway.protocol import encode_binary
from fairway.traffic import fields
from fairway.traffic.batch import Batch
from fairway.traffic.traffic import Traffic

ASSETS = Path(__file__).parents[2] / "assets"
MAX_LINES = 250
WIRING = {
    "main": "creates the parts and connects them",
    "map/basemap": "a Leaflet layer; its tiles are basemap_tiles",
    "map/basemap_paint": "draws on a canvas",
    "map/layer_style": "connects filter and palette with the map",
    "map/layers": "clicks the inputs of Leaflet's layer control",
    "map/legend": "fills a list",
    "map/ports": "a Leaflet layer",
    "map/tools/map_pointer": "events of the map",
    "map/tools/zones": "events of the map, and a list",
    "map/vessel_layer": "draws on a canvas; projection, symbols and labels are modules",
    "map/vessel_paint": "draws on a canvas",
    "replay/replay": "events of the bar; clock, loader and buffer are modules",
    "ui/actions": "connects buttons with the parts",
    "ui/counters": "fills elements; the counts are fleet/stats",
    "ui/dom": "short forms of the DOM",
    "ui/filter_form": "a form; the filter is fleet/filter",
    "ui/hooks": "names for the console",
    "ui/icons": "drawings",
    "ui/log": "a list",
}
"""Modules without a test of their own, with the reason: they only connect or draw, and the browser tests use them."""
FILES = sorted(Path(__file__).parent.rglob("*.test.mjs"))
DECODE = """
import { decode } from "%s";
const bytes = Buffer.from(process.argv.at(-1), "hex");
const frame = decode(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
console.log(JSON.stringify(frame, (_, value) => (ArrayBuffer.isView(value) ? [...value] : value)));
"""


@pytest.mark.node
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(Path(__file__).parent).as_posix())
def test_module(path):
    """`node --test` passes."""
    run = subprocess.run(["node", "--test", str(path)], capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stdout


@pytest.mark.node
def test_the_browser_reads_what_the_server_writes():
    """A binary message of the server's encoder gives the browser the same columns."""
    traffic = Traffic(PortIndex.load(), lambda: "e")
    mmsi, t = np.array([235000001, 351000002], np.uint32), np.array([999_000, 1_000_000])
    names = [field.name for field in fields.MOVING if field.name != "nav_status"]
    moving = {name: np.array([at + 1, fields.U2_NA if name in ("sog", "cog") else 7]) for at, name in enumerate(names)}
    traffic.put(Batch(mmsi, t, "receiver", False, moving, {}))
    snapshot = traffic.advance(1000.0)
    message = encode_binary.message(snapshot.changes(0), np.arange(2), [5], 3, encode_binary.SNAPSHOT)
    head, columns = encode_binary.read(message)
    script = DECODE % (Path(__file__).parents[2] / "assets/stream/wire.mjs").as_uri()
    run = subprocess.run(
        ["node", "--input-type=module", "-", message.hex()], input=script, capture_output=True, text=True, timeout=60
    )
    frame = json.loads(run.stdout)
    renamed = {"removed_mmsi": "removed", "vessel_type": "type"}
    assert {name: frame[renamed.get(name, name)] for name in columns} == {n: c.tolist() for n, c in columns.items()}
    assert (frame["seq"], frame["prev"], frame["time"], frame["snapshot"]) == (head["seq"], 3, 1_000_000, True)


def test_each_module_has_its_test():
    """A module of the page has a test of the same name or a reason in WIRING; no test lacks its module."""
    modules = {path.relative_to(ASSETS).with_suffix("").as_posix() for path in ASSETS.rglob("*.mjs")}
    modules = {name for name in modules if not name.startswith("vendor/")}
    tests = {path.relative_to(Path(__file__).parent).as_posix().removesuffix(".test.mjs") for path in FILES}
    assert tests | set(WIRING) == modules
    assert not tests & set(WIRING)


def test_modules_are_short():
    """No module of the page has more than MAX_LINES lines."""
    lengths = {
        path.name: len(path.read_text().splitlines()) for path in ASSETS.rglob("*.mjs") if "vendor" not in path.parts
    }
    assert {name: length for name, length in lengths.items() if length > MAX_LINES} == {}
