"""Level 2 without sockets: what a subscriber is told, in every encoding, and that it never misses anything."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairway.protocol import encode_binary, encode_json
from fairway.protocol.context import Context
from fairway.protocol.session import Session
from fairway.runtime.clock import Clock
from fairway.traffic.traffic import Traffic
from tests.support.frames import checked
from tests.support.level2 import Client, GapError, truth
from tests.support.traffic import NOW, report, static

ENCODINGS = ("objects", "columns", "binary")
FEEDS = [{"name": "receiver", "state": "ok", "age_s": 0.5, "reports": 3, "rejected": {}}]


def context_of(traffic, **more) -> Context:
    return Context(
        Clock(NOW, lambda: 0.0, "replay"), traffic.snapshot, lambda: 1, lambda: 7, {}, feeds=lambda: FEEDS, **more
    )


@pytest.fixture
def session(traffic) -> Session:
    traffic.put(report([1, 2, 3], lat=[50, 51, -10], lon=[-20, -21, 179.5], sog=[120, 0, 50]))
    traffic.put(static(1, name="ENDEAVOUR", vessel_type=3, imo=9074729))
    traffic.advance(NOW)
    return Session(context_of(traffic))


def ask(session, **request):
    answers = session.receive(json.dumps({"type": "subscribe", "proto": 2} | request))
    return [answer if isinstance(answer, encode_json.Binary) else checked(answer) for answer in answers]


def texts(messages):
    return [checked(message) for message in messages if not isinstance(message, encode_json.Binary)]


def test_confirmation(session, traffic):
    """It comes first, with the request's id, what matches now, and the place in the chain."""
    session.open()
    confirmed, updates = ask(session, request_id="r1", period_ms=600)
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
def test_every_encoding_says_the_same(session, traffic, encoding):
    """Snapshot, update, removal: whatever the form, the client has the server's state and its place in the chain."""
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


def test_columns(session):
    """Level-1 units, one list for each column, null for what is not known; static data have columns of their own."""
    session.open()
    _, static_, moving = ask(session, encoding="columns", filter={"mmsi": [1]})
    assert moving["columns"] == {
        "mmsi": [1], "age_s": [0.0], "latitude": [50.0], "longitude": [-20.0], "speed_over_ground": [12.0],
        "course_over_ground": [90.0], "heading": [90.0], "rate_of_turn": [0.0], "vessel_type": ["tanker"],
        "status": ["at_sea"],
    }  # fmt: skip
    assert static_["type"] == "vessel_static"
    assert {name: values[0] for name, values in static_["columns"].items()} == {
        "mmsi": 1, "vessel_name": "ENDEAVOUR", "imo_number": "IMO9074729", "callsign": None, "vessel_type": "tanker",
        "ship_type": None, "a": None, "b": None, "c": None, "d": None, "draught": None, "destination": None,
        "eta": None, "flag": None, "route": None, "source": "receiver", "simulated": False,
    }  # fmt: skip


def test_the_binary_layout(session, traffic):
    """Byte for byte as the protocol prints it: a header of 40 bytes, then 24 bytes a vessel, aligned."""
    session.open()
    traffic.put(report(3, t=NOW + 1, lat=-10, lon=179.5, sog=51, cog=2700, heading=271, rot=-15))
    traffic.delete([2])
    snapshot = traffic.advance(NOW + 2)
    (message,) = (m for m in ask(session, encoding="binary", filter={"mmsi": [3]}) if isinstance(m, bytes))
    assert message[:8] == b"FWY2" + (40).to_bytes(2, "little") + (1).to_bytes(2, "little")
    assert np.frombuffer(message, "<u4", 2, 8).tolist() == [1, 0]
    assert np.frombuffer(message, "<u8", 2, 16).tolist() == [snapshot.seq, 0]
    assert np.frombuffer(message, "<i8", 1, 32).tolist() == [(NOW + 2) * 1000]
    assert np.frombuffer(message, "<u4", 1, 40).tolist() == [3]
    assert np.frombuffer(message, "<i4", 2, 44).tolist() == [-6_000_000, 107_700_000]
    assert np.frombuffer(message, "<u2", 4, 52).tolist() == [10, 51, 2700, 271]
    assert np.frombuffer(message, "<i2", 1, 60).tolist() == [-15]
    assert message[62:] == bytes([10, 0])


@pytest.mark.parametrize(
    ("wanted", "matching"),
    [
        ({"bbox": [-30, 40, 0, 60]}, {1, 2}),
        ({"bbox": [170, -20, -170, 0]}, {3}),
        ({"bbox": [-20, 50, -20, 50]}, {1}),
        ({"mmsi": [1, "3"]}, {1, 3}),
        ({"mmsi": []}, {1, 2, 3}),
        ({"imo_number": ["IMO9074729"]}, {1}),
        ({"imo_number": [9074729]}, {1}),
        ({"vessel_type": ["tanker", "fishing"]}, {1}),
        ({"status": ["at_sea"]}, {1, 2, 3}),
        ({"status": ["anchored"]}, set()),
        ({"min_speed": 5}, {1, 3}),
        ({"max_speed": 5}, {2, 3}),
        ({"min_speed": 5, "max_speed": 5.0}, {3}),
        ({"near": {"latitude": 50.5, "longitude": -20.5, "nm": 40}}, {1, 2}),
        ({"near": {"latitude": 50.5, "longitude": -20.5, "nm": 10}}, set()),
        ({"near": {"latitude": -10, "longitude": -179.9, "nm": 40}}, {3}),
        ({"bbox": [-30, 40, 0, 60], "min_speed": 1}, {1}),
    ],
)
def test_filters(session, wanted, matching):
    """Each filter alone, and together they are a conjunction; the box and the circle cross the antimeridian."""
    session.open()
    confirmed, updates = ask(session, filter=wanted)
    assert confirmed["matched_now"] == len(matching)
    assert {vessel["mmsi"] for vessel in updates["updates"]} == matching


@pytest.mark.parametrize(
    ("wanted", "warnings"),
    [
        ({"bbox": [-30, 40, 0, 60]}, []),
        ({"status": ["anchored"]}, ["matches no vessel now"]),
        ({"bbox": [49, -30, 52, 0]}, ["matches no vessel now", "latitude, longitude swapped"]),
        ({"imo_number": ["IMO9074720"]}, ["IMO9074729"]),
        ({"imo_number": ["IMO7000001"]}, ["IMO7000009", "matches no vessel now"]),
    ],
)
def test_warnings(session, wanted, warnings):
    """What is allowed but looks like a mistake is told: nothing matches, a swapped box, a wrong check digit."""
    session.open()
    confirmed = ask(session, filter=wanted)[0]
    assert len(confirmed["warnings"]) == len(warnings)
    assert all(part in text for part, text in zip(warnings, confirmed["warnings"], strict=True))


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({"bbox": [3, 52, -6, 49]}, "south 52 is north of north 49"),
        ({"bbox": [51, -170, 53, -160]}, "looks like latitude, longitude swapped"),
        ({"bbox": [190, 0, 195, 10]}, "west 190 is outside -180 to 180"),
        ({"bbox": [1, 2, 3]}, "filter.bbox: expected a list of 4, not [1, 2, 3]"),
        ({"colour": "red"}, "filter: unknown key 'colour'; known are bbox, mmsi"),
        ({"near": {"latitude": 1, "longitude": 2, "nm": 0}}, "near.nm: expected a number over 0 to 10800, not 0"),
        ({"near": {"latitude": 1, "longitude": 2}}, "filter.near.nm: is missing"),
        ({"min_speed": 9, "max_speed": 8}, "filter.min_speed 9 is over max_speed 8"),
        ({"min_speed": "fast"}, "filter.min_speed: expected a number from 0 to 102.2, not 'fast'"),
        ({"mmsi": [0]}, "filter.mmsi[0]: 0 is not an MMSI"),
        ({"imo_number": ["IMO0000000"]}, "filter.imo_number[0]: 'IMO0000000' is not an IMO number"),
        ({"vessel_type": ["boat"]}, "filter.vessel_type 'boat' is not one of container, bulker"),
    ],
)
def test_wrong_filters(session, wanted, names):
    """The error names the key, the value, and what was expected."""
    session.open()
    (error,) = ask(session, filter=wanted)
    assert (error["type"], error["code"]) == ("error", "bad_request")
    assert names in error["message"]
    assert error["field"].startswith("filter")


def test_entering_and_leaving_a_filter(session, traffic):
    """A vessel that leaves is removed with the reason, one that enters brings its static data."""
    traffic.put(report(4, lat=49.992, lon=-20))
    traffic.advance(NOW)
    client = Client()
    client.hear(session.open())
    request = {"type": "subscribe", "proto": 2, "encoding": "columns", "filter": {"bbox": [-30, 49.996, 0, 60]}}
    client.hear(session.receive(json.dumps(request)))
    assert client.fleet.keys() == {1, 2}
    traffic.put(report([1, 4], t=NOW + 1, lat=[49.992, 50], lon=-20))
    traffic.put(static(4, name="THIRD"))
    traffic.advance(NOW + 1)
    client.hear(session.tick())
    assert (client.fleet.keys(), client.removed) == ({2, 4}, {1: "left_filter"})
    assert client.static[4]["vessel_name"] == "THIRD"
    traffic.put(report(1, t=NOW + 2, lat=49.99, lon=-20))
    traffic.delete([4])
    traffic.advance(NOW + 2)
    client.hear(session.tick())
    assert (client.fleet.keys(), client.removed) == ({2}, {1: "left_filter", 4: "deleted"})
    assert session.tick() == []


@pytest.mark.parametrize("box", [None, [-30, 40, 0, 60]])
def test_removed_and_back_within_a_step(session, traffic, box):
    """Who was deleted and is heard again before the next tick is an update and no removal, wherever it is kept."""
    client = Client(filtered=bool(box))
    client.hear(session.open())
    wanted = {"bbox": box} if box else {}
    client.hear(session.receive(json.dumps({"type": "subscribe", "proto": 2, "filter": wanted})))
    traffic.delete([1, 2])
    traffic.put(report([1, 2], t=NOW + 1, lat=[50, -50], lon=-20))
    traffic.advance(NOW + 1)
    client.hear(session.tick())
    assert client.removed == ({2: "deleted"} if box else {})
    assert client.fleet.keys() == ({1} if box else {1, 2, 3})


def test_a_row_that_is_used_again(ports):
    """A newcomer outside the filter, on the row of one that the client had, is no removal."""
    traffic = Traffic(ports, lambda: "e", tombstones=1)
    traffic.advance(NOW)
    traffic.put(report([1, 2]))
    traffic.advance(NOW)
    client, session = Client(filtered=True), Session(context_of(traffic))
    client.hear(session.open())
    client.hear(session.receive(json.dumps({"type": "subscribe", "proto": 2, "filter": {"bbox": [-30, 40, 0, 60]}})))
    for mmsi in (1, 2):
        traffic.delete([mmsi])
        traffic.advance(NOW)
        client.hear(session.tick())
    traffic.put(report(9, lat=0))
    snapshot = traffic.advance(NOW)
    client.hear(session.tick())
    assert snapshot.find(mmsi=9) == 0
    assert client.removed == {1: "deleted", 2: "deleted"}


def test_fields(session):
    """Only the chosen ones come, and always the MMSI; with columns a key of an update stands for its columns."""
    session.open()
    _, updates = ask(session, fields=["kinematics", "eta"], subscription_type="vessels")
    assert updates["updates"][0].keys() == {"kinematics", "eta", "mmsi"}
    _, static_, updates = ask(session, fields=["position", "timestamp", "vessel_name"], encoding="columns")
    assert list(updates["columns"]) == ["mmsi", "age_s", "latitude", "longitude"]
    assert list(static_["columns"]) == ["mmsi", "vessel_name"]
    assert [m["type"] for m in ask(session, fields=["position"], encoding="columns")] == [
        "subscription_confirmed", "vessel_updates",
    ]  # fmt: skip


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_resume(session, traffic, encoding):
    """Who comes back with a known cursor gets what changed, removals included, chained to what it has."""
    client = Client()
    client.hear(session.open())
    client.hear(session.receive(json.dumps({"type": "subscribe", "proto": 2, "encoding": encoding})))
    traffic.put(report(2, t=NOW + 1, lat=10, lon=10))
    traffic.put(static(3, name="THIRD"))
    traffic.delete([1])
    traffic.advance(NOW + 1)
    again = Session(session._context)
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
    """An unknown epoch, seq 0, a seq of the future, or a filter: a snapshot, and it says so."""
    session.open()
    wanted = resume.pop("filter", {})
    cursor = {"epoch": traffic.snapshot().epoch, "seq": traffic.snapshot().seq} | resume
    confirmed, updates = ask(session, resume=cursor, filter=wanted)
    assert confirmed["resumed"] is False
    assert updates["snapshot"] is True


def test_a_cursor_older_than_the_ring(ports):
    """When the removals that a client missed are forgotten, it gets a snapshot instead of a wrong state."""
    traffic = Traffic(ports, lambda: "e", tombstones=1)
    traffic.advance(NOW)
    traffic.put(report([1, 2, 3]))
    traffic.advance(NOW)
    client, session = Client(), Session(context_of(traffic))
    client.hear(session.open())
    client.hear(session.receive('{"type": "subscribe", "proto": 2}'))
    for mmsi in (1, 2):
        traffic.delete([mmsi])
        traffic.advance(NOW)
    (message,) = texts(session.tick())[:1]
    assert (message["snapshot"], message["prev"]) == (True, 0)
    assert [vessel["mmsi"] for vessel in message["updates"]] == [3]


def test_heartbeat(session, traffic):
    """It has the seq that the client has, the clock, and each feed's state; it does not move the chain."""
    client = Client()
    client.hear(session.open())
    client.hear(session.receive('{"type": "subscribe", "proto": 2}'))
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
    """When the clock is set back the client is told, then gets a snapshot."""
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


def test_conflation(session, traffic):
    """Ticks that were left out are made up for in one message with the newest state, which says how many they were."""
    client = Client()
    client.hear(session.open())
    client.hear(session.receive('{"type": "subscribe", "proto": 2, "subscription_type": "vessels"}'))
    for second in (1, 2, 3):
        traffic.put(report(2, t=NOW + second, sog=second))
        traffic.advance(NOW + second)
    (message,) = texts(session.tick(skipped=2))
    assert message["conflated"] == 2
    assert [vessel["kinematics"]["speed_over_ground"] for vessel in message["updates"]] == [0.3]
    assert message["prev"] == client.seq


def test_those_in_step_share_every_message(session, traffic):
    """Unfiltered clients of one form get the very same objects, snapshot and update."""
    other = Session(session._context)
    request = '{"type": "subscribe", "proto": 2, "encoding": "binary"}'
    for each in (session, other):
        each.open()
    mine, others = session.receive(request), other.receive(request)
    assert all(one is two for one, two in zip(mine[1:], others[1:], strict=True))
    traffic.put(report(2, t=NOW + 1))
    traffic.advance(NOW + 1)
    mine, others = session.tick(), other.tick()
    assert len(mine) == 2
    assert all(one is two for one, two in zip(mine, others, strict=True))


def test_summaries(session, traffic):
    """At level 2 a summary comes when it has changed, not on every tick."""
    session.open()
    ask(session, subscription_type="summary")
    assert [m["type"] for m in texts(session.tick())] == ["fleet_summary_update"]
    assert session.tick() == []
    traffic.delete([1])
    traffic.advance(NOW + 1)
    (message,) = texts(session.tick())
    assert message["summary"]["total_vessels"] == 2


def test_level_2_from_the_first_message(traffic, session):
    """`?proto=2`: the greeting has milliseconds, and the chain begins with its seq."""
    client, second = Client(), Session(session._context, proto=2)
    client.hear(second.open())
    traffic.put(report(2, t=NOW + 1))
    traffic.advance(NOW + 1)
    client.hear(second.tick())
    assert client.seq == traffic.snapshot().seq
    assert client.fleet.keys() == {2}


def test_level_1_stays_the_guides(session):
    """A subscription without `proto` knows nothing of level 2; and a client can go back to level 1."""
    session.open()
    ask(session)
    confirmed, updates = ask(session, proto=1)
    assert confirmed.keys() == {"type", "timestamp", "subscription_type"}
    assert "prev" not in updates
    assert session.heartbeat() == []


def test_events(traffic, session):
    """Each event comes once, in order, none is conflated; who falls behind the ring is told how many it missed."""
    events = session._context.events
    session.open()
    ask(session, subscription_type="vessels")
    raise_event(events, "a", 1)
    raise_event(events, "a", 1, "cleared")
    messages = texts(session.tick(skipped=5))
    assert [(m["type"], m["event_id"], m["state"]) for m in messages] == [
        ("event", "a", "raised"),
        ("event", "a", "cleared"),
    ]
    for number in range(1030):
        raise_event(events, f"n{number}", 1)
    missed, *rest = texts(session.tick())
    assert (missed["type"], missed["missed"], len(rest)) == ("events_missed", 6, 1024)
    assert [m["event_seq"] for m in rest] == list(range(missed["event_seq"] + 1, 1033))


def test_events_of_a_filter(traffic, session):
    """With a filter come the events of its vessels; what was seen raised is seen cleared, wherever the vessel is."""
    events = session._context.events
    session.open()
    ask(session, subscription_type="vessels", filter={"bbox": [-30, 40, 0, 60]})
    raise_event(events, "in", 1)
    raise_event(events, "out", 3)
    assert [m["event_id"] for m in texts(session.tick())] == ["in"]
    traffic.put(report(1, t=NOW + 1, lat=0, lon=0))
    traffic.advance(NOW + 1)
    raise_event(events, "in", 1, "cleared")
    raise_event(events, "out", 3, "cleared")
    assert [m.get("event_id") for m in texts(session.tick())] == [None, "in"]


def test_events_after_a_drop(session):
    """A client that comes back with its `event_seq` gets the events it missed."""
    events = session._context.events
    session.open()
    ask(session)
    raise_event(events, "a", 1)
    raise_event(events, "b", 2)
    again = Session(session._context)
    again.open()
    confirmed, *_ = ask(again, resume={"epoch": session._context.snapshot().epoch, "seq": 1, "event_seq": 1})
    assert confirmed["event_seq"] == 1
    assert [m["event_id"] for m in texts(again.tick()) if m["type"] == "event"] == ["b"]


def raise_event(events, event_id, mmsi, state="raised"):
    events.publish(NOW, event_id=event_id, kind="speed", state=state, vessel={"mmsi": mmsi}, evidence={"sog": 30.1})


@pytest.mark.parametrize("encoding", ["objects", "columns"])
@pytest.mark.slow
def test_no_text_is_over_512_kib(ports, encoding):
    """A large fleet, long names, many removals: parts, each within the limit, the whole of it once."""
    traffic = Traffic(ports, lambda: "e", lost_after_s=100)
    traffic.advance(NOW)
    traffic.put(report(np.arange(1, 9001)))
    for mmsi in range(1, 1000):
        traffic.put(static(mmsi, name="\x07" * 300))
    traffic.advance(NOW)
    client, session = Client(), Session(context_of(traffic))
    client.hear(session.open())
    messages = session.receive(json.dumps({"type": "subscribe", "proto": 2, "encoding": encoding}))
    client.hear(messages)
    assert len(client.fleet) == 9000
    assert encoding == "objects" or len(client.static) == 9000
    traffic.put(report(np.arange(7000, 20_000), t=NOW + 90))
    traffic.advance(NOW + 101)
    second = session.tick()
    client.hear(second)
    assert client.fleet == truth(traffic.snapshot())
    assert client.seq == traffic.snapshot().seq
    assert max(map(len, (*messages, *second))) <= 512 * 1024


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_more_removals_than_updates(traffic, encoding):
    """Five thousand that leave at once are told in parts, of which all but the first have no updates."""
    traffic.put(report(np.arange(1, 5002)))
    traffic.advance(NOW)
    client, session = Client(), Session(context_of(traffic))
    client.hear(session.open())
    client.hear(
        session.receive(
            json.dumps({"type": "subscribe", "proto": 2, "encoding": encoding, "subscription_type": "vessels"})
        )
    )
    traffic.delete(range(1, 5001))
    traffic.put(report(5001, t=NOW + 1))
    traffic.advance(NOW + 1)
    client.kinds = []
    client.hear(session.tick())
    assert client.fleet.keys() == {5001}
    assert len(client.removed) == 5000
    assert client.kinds == (["binary"] if encoding == "binary" else ["vessel_updates"] * 3)


WORLDS = st.lists(
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
    """A server, one client, and a connection that can break after any message."""

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
@given(WORLDS, st.sampled_from(ENCODINGS), st.booleans())
@pytest.mark.slow
def test_any_interleaving_ends_in_the_servers_state(ports, acts, encoding, filtered):
    """Reports, removals, epochs, drops at any message, resumes, conflation: no gap, and at last the exact state."""
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


def test_a_gap_is_seen(session, traffic):
    """A client that loses one message on the way notices with the next."""
    client = Client()
    client.hear(session.open())
    client.hear(session.receive('{"type": "subscribe", "proto": 2, "subscription_type": "vessels"}'))
    for second in (1, 2):
        traffic.put(report(2, t=NOW + second))
        traffic.advance(NOW + second)
        messages = session.tick()
    with pytest.raises(GapError):
        client.hear(messages)


def test_binary_that_is_none():
    """What is no message of ours, or was cut, is refused."""
    with pytest.raises(ValueError, match="not an FWY2"):
        encode_binary.read(b"GIF89a" + bytes(60))
    with pytest.raises(ValueError, match="header says"):
        encode_binary.read(encode_binary.HEAD.pack(b"FWY2", 40, 0, 0, 0, 1, 0, 0) + b"x")
