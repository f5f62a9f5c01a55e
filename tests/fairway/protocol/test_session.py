"""The level-1 conversation, without sockets."""

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
UNPLACED = 211_000_003


@pytest.fixture
def session(traffic) -> Session:
    traffic.put(report([PIONEER, 2, UNPLACED], lat=[50, 50, 91], lon=[-20, -20, 181]))
    traffic.put(static(PIONEER, imo=7000009, name="MV Atlantic Pioneer", vessel_type=0))
    traffic.advance(NOW)
    clock = Clock(NOW, lambda: 0.0, "simulation")
    return Session(Context(clock, traffic.snapshot, lambda: 3, lambda: 7, {"max_message_bytes": 65536}))


def ask(session, request):
    text = request if isinstance(request, str | bytes) else json.dumps(request)
    return [checked(message) for message in session.receive(text)]


def test_greeting(session, traffic):
    """The first message greets, sums up the fleet, and says which epoch, seq and clock the client has met."""
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


@pytest.mark.parametrize(
    ("wanted", "answers", "on_tick"),
    [
        ("all", ["subscription_confirmed", "vessel_updates"], ["vessel_updates", "fleet_summary_update"]),
        ("vessels", ["subscription_confirmed", "vessel_updates"], ["vessel_updates"]),
        ("summary", ["subscription_confirmed"], ["fleet_summary_update"]),
        ("none", ["subscription_confirmed"], []),
    ],
)
def test_subscribe(session, traffic, wanted, answers, on_tick):
    """The confirmation comes first, then the whole state at once, then on each tick what was asked for."""
    session.open()
    messages = ask(session, {"type": "subscribe", "subscription_type": wanted})
    assert [m["type"] for m in messages] == answers
    assert messages[0]["subscription_type"] == wanted
    if len(messages) > 1:
        assert messages[1]["snapshot"] is True
        assert sorted(v["mmsi"] for v in messages[1]["updates"]) == [2, PIONEER]
    traffic.put(report(2, t=NOW + 1))
    traffic.advance(NOW + 1)
    ticked = list(map(checked, session.tick()))
    assert [m["type"] for m in ticked] == on_tick
    if "vessel_updates" in on_tick:
        assert [v["mmsi"] for v in ticked[0]["updates"]] == [2]


def test_the_guides_server_broadcasts_to_all(session, traffic):
    """A client that never subscribes gets updates and summaries as well, from its connection on."""
    session.open()
    traffic.put(report(2, t=NOW + 1))
    traffic.advance(NOW + 1)
    kinds = [checked(m)["type"] for m in session.tick()]
    assert kinds == ["vessel_updates", "fleet_summary_update"]
    assert [checked(m)["type"] for m in session.tick()] == ["fleet_summary_update"]


def test_a_summary_has_all_keys(session):
    """The same summary, with all keys, in all three places; distributions sum to the total."""
    greeting = checked(session.open()[0])["fleet_summary"]
    answer = ask(session, {"type": "get_fleet_summary"})[0]
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
    (answer,) = ask(session, {"type": "get_vessel", **wanted})
    assert (answer["type"], answer["vessel"]["vessel_name"]) == ("vessel_data", "MV Atlantic Pioneer")
    assert "warning" not in answer


def test_the_guides_wrong_check_digit(session):
    """IMO7000001 of the guide finds IMO7000009, and says what was wrong."""
    (answer,) = ask(session, {"type": "get_vessel", "imo_number": "IMO7000001"})
    assert answer["vessel"]["imo_number"] == "IMO7000009"
    assert "IMO7000001" in answer["warning"]
    assert "IMO7000009" in answer["warning"]


def test_a_vessel_without_position_can_be_asked_for(session):
    """It is in no list, but `get_vessel` knows it, with nulls for its position."""
    (answer,) = ask(session, {"type": "get_vessel", "mmsi": UNPLACED})
    assert answer["vessel"]["position"]["latitude"] is None
    (_, whole) = ask(session, {"type": "subscribe"})
    assert UNPLACED not in [vessel["mmsi"] for vessel in whole["updates"]]


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
    """A bad request is answered with an error that names the offending value, and the conversation goes on."""
    (answer,) = ask(session, request_)
    assert (answer["type"], answer["code"]) == ("error", code)
    assert names in answer["message"]
    assert len(answer["message"]) < 300
    assert ask(session, {"type": "get_fleet_summary"})[0]["type"] == "fleet_summary"


def test_an_error_bears_the_request_id(session):
    """Who numbers requests finds the number in the error."""
    (answer,) = ask(session, {"type": "sing", "request_id": "r1"})
    assert answer["request_id"] == "r1"


def test_what_the_transport_refuses(session):
    """A transport that limits requests answers through the session, in the one shape of errors."""
    (answer,) = map(checked, session.refuse("too_many_requests", "over 20 a second", 500))
    assert answer == {
        "type": "error", "timestamp": "2027-01-15T08:00:00Z",
        "code": "too_many_requests", "message": "over 20 a second", "retry_after_ms": 500,
    }  # fmt: skip


def test_level_1_has_no_heartbeat(session):
    """The guide's clients get only what the guide shows, at the pace that the server was set to."""
    session.open()
    assert session.heartbeat() == []
    assert session.period_s == 30.0


def test_clients_in_step_share_every_message(session, traffic):
    """Two clients at one cursor get the very same objects, the summary as well."""
    context = session._context
    other = Session(context)
    session.open(), other.open()
    traffic.put(report(2, t=NOW + 1))
    traffic.advance(NOW + 1)
    mine, others = session.tick(), other.tick()
    assert len(mine) == 2
    assert all(one is two for one, two in zip(mine, others, strict=True))


def test_a_new_epoch(session, traffic):
    """After the clock was set back the next tick brings the whole new state."""
    session.open()
    traffic.advance(NOW - 1000)
    traffic.put(report([7, 8], t=NOW - 1000))
    traffic.advance(NOW - 1000)
    (updates, _) = map(checked, session.tick())
    assert sorted(v["mmsi"] for v in updates["updates"]) == [7, 8]


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.randoms(use_true_random=False))
def test_every_malformed_request_gets_an_error_that_names_its_fault(session, rng):
    """One fault at a random place: an error of the one shape that names it, and the conversation goes on."""
    text, path = spoiled(rng)
    judge(text, path, session.receive(text))
    assert checked(session.receive('{"type": "get_fleet_summary"}')[0])["type"] == "fleet_summary"
