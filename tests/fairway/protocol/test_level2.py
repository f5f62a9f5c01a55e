"""Level 2 of one client, from the confirmation to a resume."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairway.protocol.level2 import period_ms
from fairway.protocol.session import Session
from fairway.traffic.traffic import Traffic
from tests.support.level2 import (
    ENCODINGS,
    Client,
    GapError,
    context_of,
    subscribe,
    subscribe_raw,
    texts,
    truth,
)
from tests.support.traffic import NOW, report, static


def test_confirmation(session, traffic):
    """The confirmation comes first, with the request id, the number of matches, and the cursor."""
    session.open()
    confirmed, updates = subscribe(session, request_id="r1", period_ms=600)
    assert confirmed.pop("timestamp") == "2027-01-15T08:00:00.000Z"
    assert confirmed == {
        "type": "subscription_confirmed", "subscription_type": "all", "request_id": "r1", "proto": 2,
        "encoding": "objects", "period_ms": 1000, "matched_now": 3, "resumed": False,
        "epoch": traffic.snapshot().epoch, "seq": traffic.snapshot().seq, "event_seq": 0, "warnings": [],
    }  # fmt: skip
    assert (updates["snapshot"], updates["prev"], updates["removed"], updates["conflated"]) == (True, 0, [], 0)
    assert updates["updates"][0]["timestamp"] == "2027-01-15T08:00:00.000Z"
    assert session.period_s == 1.0


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_encoding_has_the_same_state(session, traffic, encoding):
    """After a snapshot, updates and removals a client has the state and the seq of the server in every encoding."""
    client = Client()
    client.hear(session.open())
    client.hear(session.receive(json.dumps({"type": "subscribe", "proto": 2, "encoding": encoding})))
    assert client.fleet == truth(traffic.snapshot())
    traffic.put(report(2, t=NOW + 1, lat=51.005, lon=-21, sog=65535, heading=65535, rot=-32768, cog=65535))
    traffic.put(static(2, t=NOW + 1, name="ENDURANCE"))
    traffic.delete([1])
    traffic.advance(NOW + 1)
    client.hear(session.tick())
    assert client.fleet == truth(traffic.snapshot())
    assert client.fleet[2]["speed_over_ground"] is None
    assert client.seq == traffic.snapshot().seq
    assert client.removed == {1: "?" if encoding == "binary" else "deleted"}
    if encoding != "objects":
        assert client.static[1]["vessel_name"] == "ENDEAVOUR"
        assert client.static[2]["vessel_name"] == "ENDURANCE"


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_resume(context, session, traffic, encoding):
    """A client that resumes gets the changes and removals since its cursor."""
    client = Client()
    client.hear(session.open())
    client.hear(session.receive(json.dumps({"type": "subscribe", "proto": 2, "encoding": encoding})))
    traffic.put(report(2, t=NOW + 1, lat=10, lon=10))
    traffic.put(static(3, name="THIRD"))
    traffic.delete([1])
    traffic.advance(NOW + 1)
    again = Session(context)
    again.open()
    resume = {"epoch": client.epoch, "seq": client.seq}
    request = {"type": "subscribe", "proto": 2, "encoding": encoding, "resume": resume}
    answers = again.receive(json.dumps(request))
    assert json.loads(answers[0])["resumed"] is True
    client.hear(answers)
    assert client.fleet == truth(traffic.snapshot())
    assert encoding == "objects" or client.static[3]["vessel_name"] == "THIRD"
    client.hear(again.tick())
    assert client.seq == traffic.snapshot().seq


@pytest.mark.parametrize("resume", [{"epoch": "x", "seq": 1}, {"seq": 0}, {"seq": 10**9}, {"filter": {"mmsi": [1]}}])
def test_no_resume(session, traffic, resume):
    """With an unknown epoch, seq 0, a future seq or a filter, the server sends a snapshot."""
    session.open()
    wanted = resume.pop("filter", {})
    cursor = {"epoch": traffic.snapshot().epoch, "seq": traffic.snapshot().seq} | resume
    confirmed, updates = subscribe(session, resume=cursor, filter=wanted)
    assert confirmed["resumed"] is False
    assert updates["snapshot"] is True


def test_a_cursor_older_than_the_removals(ports):
    """A client whose missed removals have left the ring gets a snapshot."""
    traffic = Traffic(ports, lambda: "e", tombstones=1)
    traffic.advance(NOW)
    traffic.put(report([1, 2, 3]))
    traffic.advance(NOW)
    client, session = Client(), Session(context_of(traffic))
    client.hear(session.open())
    client.hear(subscribe_raw(session))
    for mmsi in (1, 2):
        traffic.delete([mmsi])
        traffic.advance(NOW)
    (message,) = texts(session.tick())[:1]
    assert (message["snapshot"], message["prev"]) == (True, 0)
    assert [vessel["mmsi"] for vessel in message["updates"]] == [3]


def test_heartbeat(session, traffic):
    """A heartbeat has the client's seq, the clock and the state of each feed, and does not change the client's seq."""
    client = Client()
    client.hear(session.open())
    client.hear(subscribe_raw(session))
    have = client.seq
    traffic.put(report(2, t=NOW + 1))
    traffic.advance(NOW + 1)
    (beat,) = texts(session.heartbeat())
    assert (beat["type"], beat["seq"], beat["epoch"]) == ("heartbeat", have, client.epoch)
    assert beat["feeds"] == [{"name": "receiver", "state": "ok", "age_s": 0.5}]
    assert beat["clock"]["mode"] == "replay"
    client.hear(session.tick())
    assert client.seq == have + 1


def test_a_new_epoch(session, traffic):
    """After the clock is set back the client gets an epoch message and a snapshot."""
    client = Client()
    client.hear(session.open())
    client.hear(session.receive('{"type": "subscribe", "proto": 2, "subscription_type": "vessels"}'))
    traffic.advance(NOW - 1000)
    traffic.put(report([7, 8], t=NOW - 1000))
    traffic.advance(NOW - 1000)
    messages = texts(session.tick())
    assert [message["type"] for message in messages] == ["epoch", "vessel_updates"]
    assert messages[0]["epoch"] == traffic.snapshot().epoch
    assert messages[1]["snapshot"] is True
    assert session.tick() == []


def test_summaries(session, traffic):
    """A summary is sent only if it has changed."""
    session.open()
    subscribe(session, subscription_type="summary")
    assert [m["type"] for m in texts(session.tick())] == ["fleet_summary_update"]
    assert session.tick() == []
    traffic.delete([1])
    traffic.advance(NOW + 1)
    (message,) = texts(session.tick())
    assert message["summary"]["total_vessels"] == 2


def test_level_2_from_the_first_message(context, traffic, session):
    """A session that starts at level 2 sends changes from the seq of its greeting."""
    client, second = Client(), Session(context, proto=2)
    client.hear(second.open())
    traffic.put(report(2, t=NOW + 1))
    traffic.advance(NOW + 1)
    client.hear(second.tick())
    assert client.seq == traffic.snapshot().seq
    assert client.fleet.keys() == {2}


def test_back_to_level_1(session):
    """A client of level 2 can go back to level 1, whose messages have no key of level 2."""
    session.open()
    subscribe(session)
    confirmed, updates = subscribe(session, proto=1)
    assert confirmed.keys() == {"type", "timestamp", "subscription_type"}
    assert "prev" not in updates
    assert session.heartbeat() == []


def test_a_lost_message_is_a_gap(session, traffic):
    """A client that loses a message detects the gap with the next one."""
    client = Client()
    client.hear(session.open())
    client.hear(session.receive('{"type": "subscribe", "proto": 2, "subscription_type": "vessels"}'))
    for second in (1, 2):
        traffic.put(report(2, t=NOW + second))
        traffic.advance(NOW + second)
        messages = session.tick()
    with pytest.raises(GapError):
        client.hear(messages)


ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("report"), st.integers(1, 6), st.integers(-3, 3), st.integers(0, 3)),
        st.tuples(st.just("rename"), st.integers(1, 6), st.integers(0, 10)),
        st.tuples(st.just("delete"), st.integers(1, 6)),
        st.tuples(st.just("replace"), st.integers(1, 6), st.integers(-3, 3), st.integers(0, 3)),
        st.just(("silence",)),
        st.just(("rewind",)),
        st.just(("advance",)),
        st.just(("tick",)),
        st.tuples(st.just("drop"), st.integers(0, 4)),
        st.just(("resubscribe",)),
    ),
    max_size=60,
)


BOX = [-15, -15, 15, 15]


class Line:
    """A server, one client, and a connection that can drop after any message."""

    def __init__(self, ports, encoding, filtered):
        self.now, epochs = NOW, iter(range(10_000))
        self.traffic = Traffic(ports, lambda: f"e{next(epochs)}", lost_after_s=100, tombstones=3)
        self.traffic.advance(self.now)
        self.context = context_of(self.traffic)
        self.request = {"type": "subscribe", "proto": 2, "encoding": encoding}
        self.request |= {"filter": {"bbox": BOX, "max_speed": 2}} if filtered else {}
        self.client = Client(filtered)
        self.connect()

    def connect(self):
        seq, epoch = self.client.seq, self.client.epoch
        self.session = Session(self.context)
        self.session.open()
        request = self.request | ({"resume": {"epoch": epoch, "seq": seq}} if epoch else {})
        self.client.hear(self.session.receive(json.dumps(request)))

    def play(self, act, *what):
        if act == "report":
            mmsi, place, speed = what
            self.traffic.put(report(mmsi, t=self.now, lat=10 * place, lon=10 * place, sog=10 * speed))
        elif act == "rename":
            self.traffic.put(static(what[0], t=self.now, name=f"N{what[1]}", vessel_type=what[1]))
        elif act == "delete":
            self.traffic.delete(what)
        elif act == "replace":
            self.play("delete", what[0])
            self.play("report", *what)
            self.play("advance")
        elif act == "drop":
            messages = self.session.tick()
            self.client.hear(messages[: what[0]])
            self.connect()
        elif act == "tick":
            self.client.hear(self.session.tick())
        elif act == "resubscribe":
            self.client.hear(self.session.receive(json.dumps(self.request)))
        else:
            self.now += {"silence": 101, "rewind": -500, "advance": 1}[act]
            self.traffic.advance(self.now)


@settings(max_examples=200, deadline=None)
@given(ACTIONS, st.sampled_from(ENCODINGS), st.booleans())
@pytest.mark.slow
def test_any_interleaving_ends_in_the_servers_state(ports, acts, encoding, filtered):
    """After any reports, removals, epochs, drops and resumes the client has the exact state without a gap."""
    line = Line(ports, encoding, filtered)
    for act in acts:
        line.play(*act)
    line.traffic.advance(line.now)
    line.client.hear(line.session.tick())

    def wanted(vessel):
        inside = abs(vessel["latitude"]) <= 15 and abs(vessel["longitude"]) <= 15
        return inside and vessel["speed_over_ground"] <= 2

    snapshot = line.traffic.snapshot()
    assert line.client.fleet == truth(snapshot, wanted if filtered else None)
    assert line.client.epoch == snapshot.epoch
    if encoding != "objects":
        names = {m: n or None for m, n in zip(snapshot.columns["mmsi"], snapshot.static_columns["name"], strict=True)}
        assert {m: line.client.static[m]["vessel_name"] for m in line.client.fleet} == {
            m: names[m] for m in line.client.fleet
        }


@pytest.mark.parametrize(
    ("wanted", "interval_s", "period"),
    [(250, 30, 250), (600, 30, 1000), (30_000, 1, 30_000), (None, 1, 1000), (None, 0.1, 250), (None, 300, 30_000)],
)
def test_period_ms(wanted, interval_s, period):
    """A period is rounded up to one that clients share; the default is the update interval, at most 30 s."""
    assert period_ms(wanted, interval_s) == period
