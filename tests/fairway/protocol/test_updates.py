"""The messages of level 2 about vessels."""

import json

import numpy as np
import pytest

from fairway.protocol import updates
from fairway.protocol.session import Session
from fairway.protocol.updates import Encoding, VesselChanges
from fairway.traffic.snapshot import RowView
from fairway.traffic.traffic import Traffic
from tests.support.level2 import (
    ENCODINGS,
    Client,
    context_of,
    subscribe,
    texts,
    truth,
)
from tests.support.traffic import NOW, report, static


def test_fields(session):
    """Updates have the chosen fields and the MMSI; with columns, a key of an update selects its columns."""
    session.open()
    _, updates = subscribe(session, fields=["kinematics", "eta"], subscription_type="vessels")
    assert updates["updates"][0].keys() == {"kinematics", "eta", "mmsi"}
    _, static_, updates = subscribe(session, fields=["position", "timestamp", "vessel_name"], encoding="columns")
    assert list(updates["columns"]) == ["mmsi", "age_s", "latitude", "longitude"]
    assert list(static_["columns"]) == ["mmsi", "vessel_name"]
    assert [m["type"] for m in subscribe(session, fields=["position"], encoding="columns")] == [
        "subscription_confirmed", "vessel_updates",
    ]  # fmt: skip


@pytest.mark.parametrize("encoding", ["objects", "columns"])
@pytest.mark.slow
def test_no_text_is_over_512_kib(ports, encoding):
    """A large fleet with long names and many removals is sent in parts, each within 512 KiB."""
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
    """Five thousand removals are sent in parts; only the first has updates."""
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


def test_clients_at_one_cursor_share_messages(context, session, traffic):
    """Unfiltered clients of one encoding get the same bytes objects, in snapshots and updates."""
    other = Session(context)
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


def test_conflation(session, traffic):
    """One message covers the skipped ticks, with their number and the newest state."""
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


def test_no_change_no_message(context):
    """Without a change there is no message; a snapshot is sent also if empty."""
    snapshot = context.snapshot()
    form = Encoding.of("objects", None)
    assert updates.delta(snapshot, snapshot.seq, form, 0) == ()
    nothing = RowView(snapshot, np.zeros(0, np.intp))
    (message,) = texts(VesselChanges.full(nothing).encode(form))
    assert (message["snapshot"], message["update_count"]) == (True, 0)


def test_encoding_of():
    """Objects have no columns of static data; other encodings have them only if one is selected."""
    assert Encoding.of("objects", ["mmsi", "eta"]).static == ()
    assert Encoding.of("columns", ["latitude"]) == Encoding("columns", ("mmsi", "latitude"), ())
    assert Encoding.of("binary", ["flag"]).static == ("mmsi", "flag")
