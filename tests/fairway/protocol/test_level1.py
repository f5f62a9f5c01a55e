"""Level 1 of one client."""

import json

import pytest

from fairway.protocol.session import Session
from tests.support.frames import checked
from tests.support.traffic import NOW, report


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
    """The confirmation comes first, then the current state, then on each tick the subscribed messages."""
    session.open()
    request = json.dumps({"type": "subscribe", "subscription_type": wanted})
    messages = [checked(message) for message in session.receive(request)]
    assert [m["type"] for m in messages] == answers
    assert messages[0]["subscription_type"] == wanted
    if len(messages) > 1:
        assert messages[1]["snapshot"] is True
        assert sorted(v["mmsi"] for v in messages[1]["updates"]) == [1, 2, 3]
    traffic.put(report(2, t=NOW + 1))
    traffic.advance(NOW + 1)
    ticked = list(map(checked, session.tick()))
    assert [m["type"] for m in ticked] == on_tick
    if "vessel_updates" in on_tick:
        assert [v["mmsi"] for v in ticked[0]["updates"]] == [2]


def test_without_a_subscription(session, traffic):
    """A client that never subscribes gets updates and summaries from its connection on."""
    session.open()
    traffic.put(report(2, t=NOW + 1))
    traffic.advance(NOW + 1)
    kinds = [checked(m)["type"] for m in session.tick()]
    assert kinds == ["vessel_updates", "fleet_summary_update"]
    assert [checked(m)["type"] for m in session.tick()] == ["fleet_summary_update"]


def test_no_heartbeat(session):
    """Level 1 has no heartbeat, and its period is the update interval of the server."""
    session.open()
    assert session.heartbeat() == []
    assert session.period_s == 30.0


def test_clients_at_one_cursor_share_messages(context, session, traffic):
    """Two clients at one cursor get the same bytes objects, updates and summary."""
    other = Session(context)
    session.open(), other.open()
    traffic.put(report(2, t=NOW + 1))
    traffic.advance(NOW + 1)
    mine, others = session.tick(), other.tick()
    assert len(mine) == 2
    assert all(one is two for one, two in zip(mine, others, strict=True))


def test_a_new_epoch(session, traffic):
    """After the clock is set back the next tick has every vessel."""
    session.open()
    traffic.advance(NOW - 1000)
    traffic.put(report([7, 8], t=NOW - 1000))
    traffic.advance(NOW - 1000)
    (updates, _) = map(checked, session.tick())
    assert sorted(v["mmsi"] for v in updates["updates"]) == [7, 8]


def test_a_wrong_request_keeps_the_subscription(session):
    """A refused request leaves the previous subscription in place."""
    session.receive('{"type": "subscribe", "subscription_type": "none"}')
    (error,) = map(checked, session.receive('{"type": "subscribe", "subscription_type": "everything"}'))
    assert (error["code"], error["field"]) == ("bad_request", "subscription_type")
    assert session.subscription == "none"
    assert session.tick() == []
