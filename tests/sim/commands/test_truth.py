"""The truth for JSON."""

import math

import pytest

from fairway.commands.quantities import Coordinates
from fairway.commands.vessels import AddVessel
from sim.commands import truth, vessels
from sim.reports.faults import FaultyLine
from sim.scenario.events import ScenarioEvents
from sim.scenario.scenario import Scenario
from tests.support.scenarios import scenario_event

NOW = 1_800_000_000.0
IDENTITY = scenario_event(0, "identity", 3600.0, {"vessel": "One", "mmsi": 352_999_001})


@pytest.fixture
def events(simulation) -> ScenarioEvents:
    """Events of a simulation with a vessel One; an event is an hour ahead."""
    here = Coordinates(45.0, -30.0)
    vessels.add(simulation, AddVessel(vessel_name="One", vessel_type="tanker", position=here))
    plan = Scenario("test", "Test", events=(scenario_event(3600.0, "close_suez"),))
    return ScenarioEvents(plan, simulation, FaultyLine(1), NOW)


def test_an_event_has_times_of_json(simulation, events):
    """A running event has its begin and end as RFC 3339; one without an end has null."""
    started = truth.begin(events, IDENTITY)
    assert (started["state"], started["began"], started["until"]) == (
        "running",
        "2027-01-15T08:00:00Z",
        "2027-01-15T09:00:00Z",
    )
    listed = truth.all_events(events)
    assert [(event["kind"], event["state"]) for event in listed] == [("identity", "running"), ("close_suez", "ahead")]
    assert listed[1]["until"] is None


def test_the_truth_knows_both_identities(simulation, events):
    """A vessel with a false identity is listed by its true one, with the label of the event."""
    truth.begin(events, IDENTITY)
    (vessel,) = truth.truth(simulation, events, everyone=False)["vessels"]
    assert vessel["mmsi"] == simulation.independent.fleet.mmsi[0]
    assert (vessel["reported_mmsi"], vessel["labels"], vessel["on_a_lane"]) == (352_999_001, ["identity"], False)
    assert vessel["position"] == pytest.approx({"latitude": 45.0, "longitude": -30.0}, abs=0.01)


def test_everyone_is_listed_once(simulation, events):
    """On request the fleet and the independent vessels are listed too."""
    truth.begin(events, IDENTITY)
    numbers = [vessel["mmsi"] for vessel in truth.truth(simulation, events, everyone=True)["vessels"]]
    assert len(set(numbers)) == len(numbers) == 11


def test_an_impossible_event_is_an_error(events):
    """The error gives the reason."""
    with pytest.raises(LookupError, match="No one"):
        truth.begin(events, scenario_event(0, "dark", values={"vessel": "No one"}))


def test_a_time_that_is_none_is_null():
    """NaN and infinity are null in JSON."""
    assert [truth.rfc3339_or_none(value) for value in (math.nan, math.inf)] == [None, None]
    assert truth.rfc3339_or_none(NOW) == "2027-01-15T08:00:00Z"
