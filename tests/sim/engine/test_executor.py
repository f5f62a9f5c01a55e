"""Execution of commands: each has its effect and its reply, and one that is refused changes nothing."""

from datetime import UTC, datetime
from typing import get_args

import pytest

from fairway.chart.routing import UnsailableError
from fairway.commands.clock import Step
from fairway.commands.union import JournalCommand, SimulatorCommand, kind_of
from fairway.commands.validation import checked
from fairway.errors import RequestError
from sim.custom.errors import CustomError
from sim.engine import resume
from tests.support.scenarios import scenario_event

NOW = 1_800_000_000.0
A, B = {"lat": 45.0, "lon": -30.0, "name": "A"}, {"lat": 45.5, "lon": -30.0, "name": "B"}
ONE = {"vessel_name": "One", "vessel_type": "tanker", "position": {"latitude": 45.0, "longitude": -30.0}}
PARIS = {"lat": 48.8566, "lon": 2.3522, "name": "Paris"}


def time(seconds: float) -> str:
    return datetime.fromtimestamp(NOW + seconds, UTC).isoformat()


def command(kind: str, **values) -> SimulatorCommand:
    return checked({"kind": kind, **values}, SimulatorCommand)


@pytest.fixture
def ready(engine):
    """An engine with a vessel One and a route R."""
    engine.executor.execute(command("add_vessel", **ONE))
    engine.executor.execute(command("add_route", name="R", waypoints=[A, B]))
    return engine


# kind -> further keys, and what holds for the engine and the reply afterwards
EFFECTS = {
    "add_vessel": (ONE | {"vessel_name": "Two"}, lambda e, reply: e.loop.simulation.find(reply["mmsi"])),
    "change_vessel": (
        {"vessel": "One", "speed": 7},
        lambda e, _: e.loop.simulation.independent.fleet.cruise_kn[0] == 7,
    ),
    "assign": (
        {"vessel": "One", "route": "R"},
        lambda e, _: e.loop.simulation.independent.fleet.route[0] == e.loop.simulation.routes["R"].number,
    ),
    "remove_vessel": ({"vessel": "One"}, lambda e, reply: e.loop.simulation.find(reply) is None),
    "add_route": (
        {"name": "S", "waypoints": [A, B]},
        lambda e, reply: reply["name"] == "S" in e.loop.simulation.routes,
    ),
    "remove_route": ({"name": "R"}, lambda e, _: not e.loop.simulation.routes),
    "set_faults": ({"drop": 0.5}, lambda e, reply: reply["drop"] == e.loop.line.faults.drop == 0.5),
    "update_interval": ({"seconds": 5}, lambda e, _: e.loop.update_interval == 5),
    "jump": ({"time": time(100)}, lambda e, _: e.loop.simulation.now == e.clock.now() == NOW + 100),
    "change_clock": ({"rate": 2, "paused": True}, lambda e, _: (e.clock.rate, e.clock.paused) == (2.0, True)),
    "step": ({"seconds": 5}, lambda e, _: e.clock.paused and e.loop.simulation.now == NOW + 15),
    "begin_event": (
        {"event": {"kind": "dark", "vessel": "One"}},
        lambda e, reply: (reply["kind"], reply["state"]) == ("dark", "running"),
    ),
    "plan_route": ({"waypoints": [A, B]}, lambda e, reply: 29 < reply["length_nm"] < 31),
    "get_vessels": ({}, lambda e, reply: [vessel["vessel_name"] for vessel in reply] == ["One"]),
    "get_routes": ({}, lambda e, reply: [route["name"] for route in reply] == ["R"]),
    "get_truth": ({"everyone": True}, lambda e, reply: len(reply["vessels"]) == 11),
    "get_scenario": ({}, lambda e, reply: (reply["name"], reply["events"]) == (None, [])),
    "get_log": ({}, lambda e, reply: [row["kind"] for row in reply["events"]] == ["add_vessel", "add_route"]),
}


def test_each_command_is_in_the_table():
    """The table of effects has every command that a simulator takes."""
    assert set(EFFECTS) == {kind_of(kind) for kind in get_args(SimulatorCommand)}


@pytest.mark.parametrize("kind", EFFECTS)
def test_each_command_has_its_effect(ready, kind):
    """Each command does what its class says; those that change the world are noted in the journal."""
    values, holds = EFFECTS[kind]
    before = len(ready.loop.journal.entries)
    reply = ready.executor.execute(command(kind, **values))
    assert holds(ready, reply)
    noted = [row["kind"] for row in ready.loop.journal.entries[before:]]
    # the journal has the event itself, as a scenario file would
    expected = {kind_of(item): kind_of(item) for item in get_args(JournalCommand)} | {"begin_event": "dark"}
    assert noted == ([expected[kind]] if kind in expected else [])


@pytest.mark.parametrize(
    ("kind", "values", "error"),
    [
        ("add_vessel", {"vessel_name": "Two", "vessel_type": "tanker"}, CustomError),
        ("add_vessel", ONE | {"route": "none"}, LookupError),
        ("add_vessel", ONE | {"position": {"latitude": 48.8566, "longitude": 2.3522}}, UnsailableError),
        ("add_vessel", ONE | {"destination": "Atlantis"}, CustomError),
        ("change_vessel", {"vessel": "One"}, CustomError),
        ("change_vessel", {"vessel": "One", "course": 1, "route": "R"}, CustomError),
        ("change_vessel", {"vessel": "No one", "speed": 5}, LookupError),
        ("assign", {"vessel": "One", "route": "none"}, LookupError),
        ("remove_vessel", {"vessel": "No one"}, LookupError),
        ("add_route", {"name": "R", "waypoints": [A, B]}, CustomError),
        ("add_route", {"name": "S", "waypoints": [A, PARIS]}, UnsailableError),
        ("remove_route", {"name": "none"}, LookupError),
        ("jump", {"time": time(-3600)}, LookupError),
        ("change_clock", {"time": time(40 * 86400), "rate": 5, "paused": True}, RequestError),
        ("plan_route", {"waypoints": [A, PARIS]}, UnsailableError),
    ],
)
def test_a_refused_command_changes_nothing(ready, kind, values, error):
    """Everything that a checkpoint saves is the same after the error as before the command."""
    saved = resume.save(ready.loop, 0.0)
    with pytest.raises(error):
        ready.executor.execute(command(kind, **values))
    assert resume.save(ready.loop, 0.0) == saved


def test_an_impossible_event_is_listed_as_failed(ready):
    """An event that can't begin is an error, changes no vessel, and is listed with its reason."""
    everyone = command("get_truth", everyone=True)
    before = ready.executor.execute(everyone)["vessels"]
    with pytest.raises(LookupError, match="No one"):
        ready.executor.execute(command("begin_event", event={"kind": "dark", "vessel": "No one"}))
    after = ready.executor.execute(everyone)
    assert after["vessels"] == before
    assert [(event["kind"], event["state"]) for event in after["events"]] == [("dark", "failed")]


def test_utc_can_not_be_controlled(make_engine):
    """Where the clock is UTC, time and rate are refused; the interval is not."""
    engine = make_engine(mode="live")
    for refused in (Step(seconds=1), command("change_clock", rate=2), command("change_clock", time=time(100))):
        with pytest.raises(RequestError, match="the clock is UTC") as caught:
            engine.executor.execute(refused)
        assert caught.value.code == "not_steerable"
    engine.executor.execute(command("change_clock", update_interval=5))
    assert engine.loop.update_interval == 5.0


def test_a_recorded_session_repeats_its_commands(ready):
    """The scenario file of the log has the session's commands and its seed."""
    text = ready.executor.recorded()
    assert 'kind = "add_vessel"' in text
    assert 'name = "R"' in text
    assert f"seed = {ready.settings.seed}" in text


def test_a_command_is_an_event_of_a_scenario(make_engine):
    """A scenario executes commands at their time."""
    plan = make_engine().loop.scenario
    built = make_engine(plan=type(plan)("s", "S", events=(scenario_event(5, "add_vessel", values=ONE),)))
    built.go(10)
    assert built.loop.simulation.independent.fleet.name == ["One"]
