"""Scenario files: what they may say, and how a mistake is named."""

import math

import pytest

from fairway.settings.parsing import SCENARIOS
from sim.scenario.scenario import ScenarioError, event, load, span_s  # type: ignore[attr-defined]


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
    assert scenario.routes[0].waypoints[1].name == "45, -30"
    assert (scenario.vessels[0].vessel.vessel_name, scenario.vessels[0].route_progress) == ("One", 0.5)
    assert [(e.kind, e.at_s, e.for_s) for e in scenario.events] == [
        ("drift", 60.0, math.inf),
        ("dark", 5400.0, 172_800.0),
    ]


BAD = [
    ("seed = -1", "line 1: seed: -1"),
    ("\nspeed = 1", "line 2: speed: is not one of"),
    ("start = 2026-01-31T12:00:00", "line 1: start"),
    ("start = '2026-01-31T12:00:00Z'", "line 1: start"),
    ("[fleet]\nshares = { galleon = 1 }", "line 2: fleet.shares"),
    ("[fleet]\nshares = { tanker = 0 }", "line 2: fleet.shares: all shares are 0"),
    ("[fleet]\nsize = 0", "line 2: fleet.size"),
    ("[event]\nat = 1", "write [[event]]"),
    ("[[event]]\nat = 1\nkind = 'party'", "line 3: event.kind: 'party'"),
    ("[[event]]\nkind = 'dark'\nvessel = 'x'", "line 1: event.at: is missing"),
    ("[[event]]\nat = 1\nkind = 'dark'", "line 1: event.vessel: is missing"),
    ("[[event]]\nat = 'soon'\nkind = 'close_suez'", "line 2: event.at: 'soon'"),
    ("[[event]]\nat = 1\nkind = 'close_suez'\nport = 'x'", "line 4: event.port"),
    ("[[event]]\nat = 1\nkind='close_suez'\n[[event]]\nat = 1\nkind = 'faults'\ndrop = 2", "line 7: event.drop: 2"),
    ("[[vessel]]\nvessel_type = 'tanker'", "line 1: vessel.vessel_name: is missing"),
    ("[[vessel]]\nvessel_name = 'a'\nvessel_type = 'galleon'", "line 3: vessel.vessel_type"),
    ("[[vessel]]\nvessel_name = 'a'\nvessel_type = 'tanker'", "line 1: vessel.position"),
    ("[[vessel]]\nvessel_name = 'a'\nvessel_type = 'tanker'\nroute = 'R'", "line 4: vessel.route: no [[route]]"),
    ("[[vessel]]\nvessel_name='a'\nvessel_type='tanker'\nposition = {latitude = 95, longitude = 0}", "line 4: vessel"),
    ("[[route]]\nname = 'R'\nwaypoints = [{lat = 1, lon = 2}]", "line 3: route.waypoints"),
    ("[[route]]\nname = 'R'\nwaypoints = [{lat = 1, lon = 2}, 5]", "line 3: route.waypoints: 5"),
    ("title = 5", "line 1: title: 5"),
    ("= 5", "line 1"),
    ("event = 5", "line 1: event: write [[event]]"),
    ("fleet = 5", "line 1: fleet"),
    ("[[event]]\nat = 1\nkind = 'identity'\nvessel = 'a'\nmmsi = 12", "line 5: event.mmsi: 12"),
]


@pytest.mark.parametrize(("text", "says"), BAD)
def test_mistakes_are_named(write, text, says):
    """Every mistake is an error with the file's name, the line and the key."""
    with pytest.raises(ScenarioError) as caught:
        load(write(text))
    assert "mine.toml" in str(caught.value)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("text", "seconds"), [("1d", 86400), ("2h30m", 9000), ("1h 5s", 3605), ("90s", 90), (12, 12), (0.5, 0.5)]
)
def test_spans(text, seconds):
    """Days, hours, minutes and seconds, or a number of seconds."""
    assert span_s(text) == seconds


@pytest.mark.parametrize("text", ["", "soon", "5", "-1h", -1, True, None, "1h2d"])
def test_what_is_no_span(text):
    """Anything else is refused."""
    with pytest.raises(ValueError, match="span"):
        span_s(text)


def test_an_event_by_itself():
    """An event from elsewhere needs no time, and its mistakes are named by key."""
    assert event({"kind": "dark", "vessel": "a", "for": "1h"}).for_s == 3600
    with pytest.raises(ScenarioError, match=r"event\.colour"):
        event({"kind": "dark", "vessel": "a", "colour": 1})
