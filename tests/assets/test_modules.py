"""The browser's pure modules, tested by node's own runner."""

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
