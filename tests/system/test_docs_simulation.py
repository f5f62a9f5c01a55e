"""What docs/guide/simulation.md and docs/guide/scenarios.md show is run as it stands."""

import json
import re
from pathlib import Path

import pytest

from app import create
from fairway.commands.union import EVENT_KINDS
from fairway.settings import Settings
from sim.scenario import scenario
from tests.conftest import code_blocks

DOCS = Path(__file__).parents[2] / "docs/guide"


@pytest.fixture(scope="module")
def built() -> dict:
    """The names that the four Python blocks leave behind, run one after the other."""
    names: dict = {}
    for block in code_blocks(DOCS / "simulation.md", "python"):
        exec(block, names)
    return names


def test_the_four_blocks(built):
    """The guide's configuration, vessel, route and assignment make a vessel that sails that route."""
    fairway, mmsi = built["fairway"], built["mmsi"]
    assert len(code_blocks(DOCS / "simulation.md", "python")) == 4
    assert (fairway.settings.fleet_size, fairway.fleet.update_interval, fairway.clock.rate) == (1000, 15, 2.0)
    snapshot = fairway.traffic.advance(fairway.clock.now())
    assert snapshot.find(mmsi=mmsi) is not None
    part, row = fairway.fleet.simulation.find(mmsi)
    assert part.fleet.destination[row] == "London"
    assert abs(part.fleet.lat[row] - 40.66) < 0.1


def test_the_fleet_is_the_whole_fleet(built):
    """The thousand vessels of the configuration, and the one of our own."""
    fairway = built["fairway"]
    fairway.fleet.advance()
    assert fairway.traffic.advance(fairway.clock.now()).summary["total_vessels"] == 1001


def test_the_commands():
    """Each curl of the page is answered with success by a server that has just been made, in their order."""
    client = create(Settings(state_file="", fleet_size=20)).server.test_client()
    calls = [line for block in code_blocks(DOCS / "simulation.md", "bash") for line in block.splitlines() if line]
    assert len(calls) >= 8
    built = None
    for line in calls:
        method = (re.search(r"-X (\w+)", line) or [None, "GET"])[1]
        path = re.search(r"http://127.0.0.1:8050(\S+)", line)[1]
        body = re.search(r"-d '(.*?)'", line)
        if method == "DELETE":
            path = f"/api/simulation/vessels/{built}"
        answer = client.open(path, method=method, **({"json": json.loads(body[1])} if body else {}))
        assert answer.status_code in (200, 201), (line, answer.text)
        built = answer.json.get("mmsi", built)


def test_the_scenario_of_the_page(tmp_path):
    """The file that the page shows is a scenario, and every kind of event has its row."""
    (text,) = code_blocks(DOCS / "scenarios.md", "toml")
    path = tmp_path / "two_ships.toml"
    path.write_text(text)
    read = scenario.load(path)
    assert (len(read.vessels), len(read.routes), len(read.events)) == (2, 1, 1)
    rows = re.findall(r"^\| `(\w+)` \|", (DOCS / "scenarios.md").read_text(), re.MULTILINE)
    assert set(EVENT_KINDS) <= set(rows)
