"""A session without sockets: greeting, requests and errors."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fairway.protocol.context import Context
from fairway.protocol.session import Session
from fairway.runtime.clock import Clock
from tests.support.frames import checked
from tests.support.malformed import judge, spoiled
from tests.support.traffic import NOW, report, static

PIONEER = 352_100_000
WITHOUT_POSITION = 211_000_003


@pytest.fixture
def context(traffic) -> Context:
    traffic.put(report([PIONEER, 2, WITHOUT_POSITION], lat=[50, 50, 91], lon=[-20, -20, 181]))
    traffic.put(static(PIONEER, imo=7000009, name="MV Atlantic Pioneer", vessel_type=0))
    traffic.advance(NOW)
    clock = Clock(NOW, lambda: 0.0, "simulation")
    return Context(clock, traffic.snapshot, lambda: 3, lambda: 7, {"max_message_bytes": 65536})


@pytest.fixture
def session(context) -> Session:
    return Session(context)


def send(session, request):
    text = request if isinstance(request, str | bytes) else json.dumps(request)
    return [checked(message) for message in session.receive(text)]


def test_greeting(session, traffic):
    """The greeting has the summary, the epoch, the seq and the clock."""
    (greeting,) = map(checked, session.open())
    assert greeting["type"] == "connection_established"
    assert greeting["message"] == "Connected to real-time AIS stream"
    assert greeting["fleet_summary"]["total_vessels"] == 2
    assert greeting["fleet_summary"]["connected_clients"] == 3
    assert (greeting["epoch"], greeting["seq"]) == (traffic.snapshot().epoch, traffic.snapshot().seq)
    assert greeting["clock"] == {
        "time": "2027-01-15T08:00:00Z", "rate": 1.0, "rate_actual": 1.0, "paused": False,
        "mode": "simulation", "seed": 7,
    }  # fmt: skip
    assert {"protocol", "server", "features", "limits"} <= greeting.keys()


def test_a_summary_has_all_keys(session):
    """The greeting, the answer and the update have the same summary; its distributions sum to the total."""
    greeting = checked(session.open()[0])["fleet_summary"]
    answer = send(session, {"type": "get_fleet_summary"})[0]
    assert answer["type"] == "fleet_summary"
    update = checked(session.tick()[-1])["summary"]
    assert greeting == answer["summary"] == update
    for key in ("status_distribution", "type_distribution"):
        assert sum(update[key].values()) == update["total_vessels"]
    assert update.keys() >= {"connected_clients", "vessels_with_routes", "timestamp"}


@pytest.mark.parametrize(
    "wanted",
    [
        {"imo_number": "IMO7000009"},
        {"imo_number": "imo 7000009"},
        {"imo_number": 7000009},
        {"imo_number": "7000009"},
        {"mmsi": PIONEER},
        {"mmsi": str(PIONEER)},
    ],
)
def test_get_vessel(session, wanted):
    """A vessel is found by IMO number or MMSI, as number or text."""
    (answer,) = send(session, {"type": "get_vessel", **wanted})
    assert (answer["type"], answer["vessel"]["vessel_name"]) == ("vessel_data", "MV Atlantic Pioneer")
    assert "warning" not in answer


def test_a_vessel_without_a_position(session):
    """`get_vessel` returns a vessel without a position, which updates omit."""
    (answer,) = send(session, {"type": "get_vessel", "mmsi": WITHOUT_POSITION})
    assert answer["vessel"]["position"]["latitude"] is None
    (_, full) = send(session, {"type": "subscribe"})
    assert WITHOUT_POSITION not in [vessel["mmsi"] for vessel in full["updates"]]


@pytest.mark.parametrize(
    ("request_", "code", "names"),
    [
        ("{", "bad_json", "JSON"),
        ("[1]", "bad_request", "[1]"),
        ("null", "bad_request", "null"),
        (b"\x00\x01", "bad_request", "binary"),
        ("[" * 5000, "bad_json", "JSON"),
        ({"type": "sing"}, "unknown_type", "'sing'"),
        ({}, "unknown_type", "null"),
        ({"type": ["subscribe"]}, "unknown_type", "subscribe"),
        ({"type": "subscribe", "subscription_type": "everything"}, "bad_request", "'everything'"),
        ({"type": "subscribe", "subscription_type": ["all"]}, "bad_request", "all, vessels, summary, none"),
        ({"type": "subscribe", "subscription_type": None}, "bad_request", "null"),
        ({"type": "get_vessel"}, "bad_request", "imo_number or mmsi"),
        ({"type": "get_vessel", "imo_number": "IMO12"}, "bad_request", "IMO12"),
        ({"type": "get_vessel", "imo_number": True}, "bad_request", "True"),
        ({"type": "get_vessel", "imo_number": {"$ne": 0}}, "bad_request", "$ne"),
        ({"type": "get_vessel", "mmsi": 1e30}, "bad_request", "1e+30"),
        ({"type": "get_vessel", "imo_number": "IMO9074729"}, "not_found", "IMO9074729"),
        ({"type": "get_vessel", "imo_number": "IMO0000000"}, "not_found", "IMO0000000"),
        ({"type": "get_vessel", "mmsi": "٢١١٠٠٠٠٠١"}, "bad_request", "mmsi"),
        ({"type": "x" * 1000}, "unknown_type", "xxx..."),
    ],
)
def test_errors(session, request_, code, names):
    """The answer to a wrong request is an error that names the value, and the session continues."""
    (answer,) = send(session, request_)
    assert (answer["type"], answer["code"]) == ("error", code)
    assert names in answer["message"]
    assert len(answer["message"]) < 300
    assert send(session, {"type": "get_fleet_summary"})[0]["type"] == "fleet_summary"


def test_an_error_has_the_request_id(session):
    """An error has the `request_id` of its request."""
    (answer,) = send(session, {"type": "sing", "request_id": "r1"})
    assert answer["request_id"] == "r1"


def test_refuse(session):
    """An error of the transport has the form of all errors."""
    (answer,) = map(checked, session.refuse("too_many_requests", "over 20 a second", 500))
    assert answer == {
        "type": "error", "timestamp": "2027-01-15T08:00:00Z",
        "code": "too_many_requests", "message": "over 20 a second", "retry_after_ms": 500,
    }  # fmt: skip


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.randoms(use_true_random=False))
def test_every_malformed_request_gets_an_error_that_names_its_fault(session, rng):
    """One fault at a random place gives an error that names it, and the session continues."""
    text, path = spoiled(rng)
    judge(text, path, session.receive(text))
    assert checked(session.receive('{"type": "get_fleet_summary"}')[0])["type"] == "fleet_summary"


def test_a_wrong_check_digit(session):
    """IMO7000001 of the guide finds IMO7000009, with a warning in the answer."""
    (answer,) = send(session, {"type": "get_vessel", "imo_number": "IMO7000001"})
    assert answer["vessel"]["imo_number"] == "IMO7000009"
    assert "IMO7000001" in answer["warning"]


def test_refused_connections_have_no_retry(session):
    """An error of the transport has `retry_after_ms` only if it is known."""
    (answer,) = map(checked, session.refuse("shutting_down", "the server stops"))
    assert "retry_after_ms" not in answer
