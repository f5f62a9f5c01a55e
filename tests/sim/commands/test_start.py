"""The vessels and routes of a scenario, at the start of its simulation."""

import pytest

from sim.commands.start import start_scenario
from sim.scenario.scenario import ScenarioError, load

TEXT = """title = "Test"
[[route]]
name = "R"
waypoints = [{ lat = 45.0, lon = -30.0 }, { lat = LAT, lon = LON }]
[[vessel]]
vessel_name = "One"
vessel_type = "tanker"
route = "R"
[[vessel]]
vessel_name = "Two"
vessel_type = "tanker"
position = { latitude = PLACE, longitude = 2.3522 }
"""


@pytest.fixture
def read(tmp_path):
    def read(lat: float = 45.5, lon: float = -30.0, place: float = 54.5):
        path = tmp_path / "mine.toml"
        path.write_text(TEXT.replace("LAT", f"{lat}").replace("LON", f"{lon}").replace("PLACE", f"{place}"))
        return load(path)

    return read


def test_routes_and_vessels_are_there(simulation, read):
    """Vessels are added after the routes that they are on."""
    start_scenario(simulation, read())
    assert list(simulation.routes) == ["R"]
    assert simulation.independent.fleet.name == ["One", "Two"]
    assert simulation.independent.fleet.route[0] == simulation.routes["R"].number


@pytest.mark.parametrize(("values", "line"), [({"lat": 48.8566, "lon": 2.3522}, 3), ({"place": 48.8566}, 10)])
def test_a_mistake_is_named_by_its_line(simulation, read, values, line):
    """A route or vessel on land is an error with the file and the line of its name."""
    with pytest.raises(ScenarioError, match=rf"^mine.toml line {line}: "):
        start_scenario(simulation, read(**values))
