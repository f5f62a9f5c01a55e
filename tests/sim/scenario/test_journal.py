"""What was done by hand, saved as a scenario and run again: the same to the byte."""

import hashlib
import tomllib

import orjson
import pytest

from fairway.chart.ports import PortIndex
from fairway.commands.events import SetFaults
from fairway.commands.queries import GetLog, GetScenario, GetTruth
from fairway.commands.union import SimulatorCommand
from fairway.commands.validation import checked
from fairway.errors import RequestError
from fairway.protocol import encode_json
from fairway.runtime.clock import Clock
from fairway.settings import Settings
from fairway.traffic.traffic import Traffic
from sim.custom import Vessel
from sim.custom.paths import Waypoint
from sim.scenario import scenario
from sim.scenario.journal import MAX_ENTRIES, Journal
from sim.scenario.scenario import Scenario
from sim.simulator import Simulator
from sim.world.vessel_types import VesselType
from tests.sim.test_simulator import NOW, Bench
from tests.support.settings import load

pytestmark = pytest.mark.slow

ATLANTIC = {
    "name": 'Ours "\\ \u2013 é',
    "waypoints": [
        {"lat": 40.7128, "lon": -74.0060, "name": "New York"},
        {"lat": 51.5074, "lon": -0.1278, "name": "London"},
    ],
}
PLAN = """
title = "Planned"
[fleet]
shares = { tanker = 0.5, container = 0.5 }
[[route]]
name = "Bight"
waypoints = [{ lat = 54.0, lon = 7.0 }, { lat = 56.0, lon = 4.0 }]
[[vessel]]
vessel_name = "Planned"
vessel_type = "tanker"
route = "Bight"
route_progress = 0.3
[[event]]
at = 40.5
kind = "dark"
vessel = "Planned"
for = 30
[[event]]
at = "10h"
kind = "close_suez"
"""


class Again(Bench):
    """A Bench with a scenario from a file; Traffic advances after each batch, and each update is hashed."""

    def __init__(self, path, **settings) -> None:
        self.plan, self.updates = scenario.load(path), hashlib.sha256()
        super().__init__(**settings)

    def built(self, chosen: Settings) -> Simulator:
        return Simulator(self.publish, self.clock, chosen, self.traffic, self.plan)

    def publish(self, batch) -> None:
        self.traffic.put(batch)
        for message in encode_json.vessel_updates(self.traffic.advance(self.simulator.world.now), self.seq):
            self.updates.update(orjson.dumps(orjson.loads(message)["updates"]))
        self.seq = self.traffic.snapshot().seq

    def look(self):
        """When Traffic advances is the ticker's affair: here with each batch and at no other time."""
        return self.traffic.snapshot()


def session(bench: Bench) -> None:
    """Every kind of command, at odd moments, with a refusal between them."""
    built = bench.simulator

    def do(kind: str, **values):
        return built.execute(checked({"kind": kind} | values, SimulatorCommand))

    bench.go(10)
    built.add_route(ATLANTIC)
    one = {"vessel_name": "One", "vessel_type": "tanker", "route": ATLANTIC["name"], "route_progress": 0.4}
    mmsi = do("add_vessel", **one, length=120)["mmsi"]
    free = built.add(Vessel("Two", VesselType.TANKER, (48.0, -20.0), 12.5, 80.0, Waypoint(50.0, -10.0, "there")))
    bench.go(41)
    with pytest.raises(RequestError):
        do("change_vessel", vessel=mmsi, destination={"latitude": 42.0, "longitude": 51.0, "name": "Caspian"})
    do("change_vessel", vessel=mmsi, destination="Rotterdam", speed=17)
    built.assign(free, ATLANTIC, 0.25)
    do("set_faults", drop=0.2, disorder=0.3)
    built.steer(update_interval=7.0)
    bench.go(33)
    do("begin_event", event={"kind": "false_position", "vessel": "Two", "north_nm": 60, "for": "5m"})
    built.steer(time=bench.clock.now() + 3600)
    bench.go(25)
    fleet = built.world.fleet
    do("change_vessel", vessel=int(fleet.mmsi[fleet.nav_status == 0][0]), course=90)
    do("set_faults")
    do("remove_route", name=ATLANTIC["name"])
    built.steer(update_interval=0.5)
    bench.go(20)
    built.remove_vessel(free)
    built.steer(update_interval=20.0)


@pytest.mark.parametrize("plan", ["", PLAN], ids=["no scenario", "a scenario"])
def test_a_session_is_done_again(tmp_path, plan):
    """The scenario that a session is saved as gives the same updates and the same AIVDM log."""
    (tmp_path / "plan.toml").write_text(plan)
    first = Again(tmp_path / "plan.toml", seed=5)
    session(first)
    first.go(300)
    log = first.simulator.execute(GetLog())
    assert log["complete"]
    kinds = {event["kind"] for event in log["events"]}
    assert kinds >= {"add_route", "add_vessel", "change_vessel", "assign", "set_faults", "jump", "update_interval"}
    path = tmp_path / "session.toml"
    path.write_text(log["scenario"])
    again = Again(path, seed=5)
    end = first.simulator.simulation.now
    while again.simulator.simulation.now < end:
        again.go(1)
    assert [run["reason"] for run in again.simulator.execute(GetTruth())["events"] if run["state"] == "failed"] == []
    assert again.updates.hexdigest() == first.updates.hexdigest()
    assert again.aivdm.hexdigest() == first.aivdm.hexdigest()
    assert again.simulator.execute(GetLog())["events"] == log["events"]


def test_the_file_brings_its_world(tmp_path):
    """Seed, size, start, interval and reporting stand in the file and are settings of the next start."""
    built = Bench(seed=9, fleet_size=12, update_interval=6.0, reporting="itu").simulator
    path = tmp_path / "session.toml"
    path.write_text(built.execute(GetLog())["scenario"])
    read = load({}, ["--scenario", str(path)])
    assert (read.seed, read.fleet_size, read.update_interval, read.reporting) == (9, 12, 6.0, "itu")
    assert read.start.startswith("2027-01-15 08:00:00")
    assert scenario.load(path).title == "A recorded session"


def test_a_clock_set_back_begins_a_new_log():
    """After a jump back there is nothing to repeat, and nothing goes wrong on purpose."""
    bench = Bench()
    bench.go(5)
    bench.simulator.execute(SetFaults(silence=True))
    bench.simulator.steer(time=NOW - 3600.5)
    assert bench.simulator.execute(GetLog())["events"] == []
    assert not bench.simulator.state()["faults"]["active"]
    assert bench.simulator.journal.start == NOW - 3600.5


def test_an_impossible_command_of_a_file_fails(tmp_path):
    """It is reported in the scenario with its reason, and the simulation goes on."""
    path = tmp_path / "bad.toml"
    path.write_text('[[event]]\nat = 2\nkind = "remove_vessel"\nvessel = "no one"\n'
                    "[[event]]\nat = 3\nkind = \"jump\"\ntime = 1990-01-01T00:00:00Z\n")  # fmt: skip
    bench = Again(path)
    bench.go(10)
    events = bench.simulator.execute(GetScenario())["events"]
    assert [event["state"] for event in events] == ["failed", "failed"]
    assert "no one" in events[0]["reason"]
    assert "over" in events[1]["reason"]
    assert bench.simulator.simulation.now == NOW + 10


def test_missing_commands_are_counted():
    """What is not kept is counted, and said in the file."""
    journal = Journal(NOW, 30.0)
    for _ in range(MAX_ENTRIES + 3):
        journal.note(NOW, SetFaults())
    assert (journal.reply()["complete"], journal.lost, len(journal.entries)) == (False, 3, MAX_ENTRIES)
    assert "3 commands" in tomllib.loads(journal.scenario(Scenario("", ""), [], {}))["about"]


def test_commands_before_the_start_of_a_server():
    """A simulator that no one runs yet notes what is asked of it."""
    traffic = Traffic(PortIndex.load(), lambda: "e")
    built = Simulator(traffic.put, Clock(NOW, lambda: 0.0, "simulation"), Settings(fleet_size=3), traffic)
    built.add_route(ATLANTIC)
    assert [event["kind"] for event in built.execute(GetLog())["events"]] == ["add_route"]
