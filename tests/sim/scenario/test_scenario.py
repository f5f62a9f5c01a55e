"""Scenario files: what they may say, and how a mistake is named."""

import math

import pytest

from fairway.settings.parsing import SCENARIOS
from sim.scenario.scenario import ScenarioError, load


@pytest.fixture
def write(tmp_path):
    def write(text: str):
        path = tmp_path / "mine.toml"
        path.write_text(text)
        return path

    return write


@pytest.mark.parametrize("path", sorted(SCENARIOS.glob("*.toml")), ids=lambda path: path.stem)
def test_those_that_come_with_the_program(path):
    """Each can be read, has a title and says what it is about."""
    scenario = load(path)
    assert scenario.title
    assert len(scenario.about) > 40
    assert scenario.events


def test_all_of_it(write):
    """Routes, vessels, shares and events are read; events come in the order of their times."""
    scenario = load(
        write("""
title = "Test"
seed = 3
start = 2026-01-31T12:00:00Z
rate = 10
update_interval = 5
[fleet]
size = 20
shares = { tanker = 3, bulker = 1 }
[[route]]
name = "A"
waypoints = [{ lat = 40.0, lon = -70.0, name = "x" }, { lat = 45.0, lon = -30.0 }]
[[vessel]]
vessel_name = "One"
vessel_type = "tanker"
route = "A"
route_progress = 0.5
[[event]]
at = "1h30m"
kind = "dark"
vessel = "One"
for = "2d"
[[event]]
at = 60
kind = "drift"
vessel = 7000009
""")
    )
    assert scenario.shares == {"tanker": 3.0, "bulker": 1.0}
    assert scenario.routes[0].command.waypoints[1].lat == 45.0
    assert (scenario.vessels[0].command.vessel_name, scenario.vessels[0].command.route_progress) == ("One", 0.5)
    assert [(e.kind, e.at_s, e.for_s) for e in scenario.events] == [
        ("drift", 60.0, math.inf),
        ("dark", 5400.0, 172_800.0),
    ]


BAD = [
    ("seed = -1", "line 1: seed: expected an integer from 0"),
    ("\nspeed = 1", "line 2: speed: unknown key"),
    ("start = 2026-01-31T12:00:00", "line 1: start"),
    ("[fleet]\nshares = { galleon = 1 }", "line 2: fleet.shares: unknown key 'galleon'"),
    ("[fleet]\nshares = { tanker = 0 }", "line 2: fleet.shares: all shares are 0"),
    ("[fleet]\nsize = 0", "line 2: fleet.size"),
    ("[event]\nat = 1", "write [[event]]"),
    ("[[event]]\nat = 1\nkind = 'party'", "line 3: event.kind: expected one of dark, "),
    ("[[event]]\nkind = 'dark'\nvessel = 'x'", "line 1: event.at: is missing"),
    ("[[event]]\nat = 1\nkind = 'dark'", "line 1: event.vessel: is missing"),
    ("[[event]]\nat = 'soon'\nkind = 'close_suez'", "line 2: event.at: expected a span like '2h30m'"),
    ("[[event]]\nat = 1\nkind = 'close_suez'\nport = 'x'", "line 4: event.port"),
    (
        "[[event]]\nat = 1\nkind='close_suez'\n[[event]]\nat = 1\nkind = 'faults'\ndrop = 2",
        "line 7: event.drop: expected a number from 0 to 1",
    ),
    ("[[vessel]]\nvessel_type = 'tanker'", "line 1: vessel.vessel_name: is missing"),
    ("[[vessel]]\nvessel_name = 'a'\nvessel_type = 'galleon'", "line 3: vessel.vessel_type"),
    ("[[vessel]]\nvessel_name = 'a'\nvessel_type = 'tanker'", "line 1: vessel.position"),
    ("[[vessel]]\nvessel_name = 'a'\nvessel_type = 'tanker'\nroute = 'R'", "line 4: vessel.route: no [[route]]"),
    ("[[vessel]]\nvessel_name='a'\nvessel_type='tanker'\nposition = {latitude = 95, longitude = 0}", "line 4: vessel"),
    ("[[route]]\nname = 'R'\nwaypoints = [{lat = 1, lon = 2}]", "line 3: route.waypoints"),
    (
        "[[route]]\nname = 'R'\nwaypoints = [{lat = 1, lon = 2}, 5]",
        "line 3: route.waypoints: [1]: expected an object",
    ),
    ("title = 5", "line 1: title: expected a text"),
    ("= 5", "line 1"),
    ("event = 5", "line 1: event: write [[event]]"),
    ("fleet = 5", "line 1: fleet"),
    (
        "[[event]]\nat = 1\nkind = 'identity'\nvessel = 'a'\nmmsi = 12",
        "line 5: event.mmsi: expected an integer",
    ),
]


@pytest.mark.parametrize(("text", "says"), BAD)
def test_mistakes_are_named(write, text, says):
    """Every mistake is an error with the file's name, the line and the key."""
    with pytest.raises(ScenarioError) as caught:
        load(write(text))
    assert "mine.toml" in str(caught.value)
    assert says in str(caught.value)
