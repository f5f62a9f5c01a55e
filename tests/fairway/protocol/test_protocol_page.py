"""docs/reference/protocol.md: each example equals the output of a session, and each message has one."""

import json
import re

import pytest

from fairway.protocol import encode_binary, requests, schema
from fairway.protocol.context import Context
from fairway.protocol.encode_json import Binary
from fairway.protocol.session import Session
from fairway.runtime.clock import Clock
from fairway.traffic.traffic import Traffic
from tests.conftest import ROOT
from tests.support.frames import validators
from tests.support.traffic import NOW, report, static

PAGE = (ROOT / "docs/reference/protocol.md").read_text()
PIONEER, STAR = 352_100_000, 235_000_017
FEEDS = [{"name": "simulator", "state": "ok", "age_s": 0.3}, {"name": "aivdm_tcp", "state": "silent", "age_s": 312.0}]
BOX = {"bbox": [-6, 49, 3, 52]}


def examples() -> dict[str, dict | bytes]:
    """Return the example of each message on the page, by its name in the schemas."""
    found: dict[str, dict | bytes] = {}
    sections = re.split(r"^### `(\w+)`$", PAGE, flags=re.MULTILINE)[1:]
    for name, section in zip(sections[::2], sections[1::2], strict=True):
        (block,) = re.findall(r"```(?:json|text)\n(.*?)```", section, re.DOTALL)
        binary_ = name == "vessel_updates_binary"
        found[name] = bytes.fromhex(re.sub(r" +#.*", "", block)) if binary_ else json.loads(block)
    return found


def placed(t, pioneer, star):
    """Yield positions of the two vessels of the page."""
    moving = {"source": "simulator", "simulated": True, "t": t}
    yield report(PIONEER, lat=pioneer[0], lon=pioneer[1], sog=142, cog=2471, heading=249, rot=-15, **moving)
    yield report(STAR, lat=star[0], lon=star[1], sog=98, cog=601, heading=65535, rot=-32768, **moving)


class Server:
    """Two vessels, a clock under control of the test, and the messages of clients by name."""

    def __init__(self, ports):
        epochs = iter(["b7e1", "c204"])
        self.traffic, self.wall, self.messages = Traffic(ports, lambda: next(epochs)), [0.0], {}
        self.clock = Clock(NOW, lambda: self.wall[0], "replay")
        limits = {"max_message_bytes": 65536}
        arguments = (self.clock, self.traffic.snapshot, lambda: 3, lambda: 7, limits, lambda: 30.0, lambda: FEEDS)
        self.context = Context(*arguments)
        self.traffic.advance(NOW)
        voyage = {"destination": "NLRTM", "eta": round(NOW + 86_400) * 1000, "flag": "PA", "callsign": "HOAB"}
        ship = {"name": "MV Atlantic Pioneer", "imo": 7000009, "vessel_type": 0, "ship_type": 71, "draught": 121}
        size = {"a": 210, "b": 84, "c": 16, "d": 16}
        self.put(
            *placed(NOW, (49.93, -5.2), (51.99998, 2.1)), static(PIONEER, source="simulator", **ship, **voyage, **size)
        )
        self.put(static(STAR, source="simulator", name="Channel Star", vessel_type=3, ship_type=80))

    def put(self, *batches):
        for batch in batches:
            self.traffic.put(batch)
        self.traffic.advance(self.clock.now())

    def sail(self):
        self.wall[0] = 1.2
        self.put(*placed(NOW + 1.2, (49.9291, -5.2034), (52.00003, 2.10008)))
        self.wall[0] = 1.5

    def alert(self):
        alert = {"event_id": "speed-352100000-1", "kind": "speed", "state": "raised", "zone": "Dover Strait"}
        vessel = {"mmsi": PIONEER, "imo_number": "IMO7000009", "vessel_name": "MV Atlantic Pioneer"}
        vessel["vessel_type"] = "container"
        evidence = {"speed_over_ground": 14.2, "limit": 12.0}
        self.context.events.publish(self.clock.now(), **alert, vessel=vessel, evidence=evidence)

    def client(self, **request) -> tuple[Session, list[bytes]]:
        session = Session(self.context, proto=request.get("proto", 1))
        return session, [*session.open(), *session.receive(json.dumps(request))]

    def record(self, messages, *names):
        """Store the messages under their names; `_` is not an example."""
        assert len(messages) == len(names)
        for name, message in zip(names, messages, strict=True):
            self.messages[name] = message if isinstance(message, Binary) else json.loads(message)


@pytest.fixture(scope="module")
def recorded(ports) -> dict[str, dict | bytes]:
    """Return the messages of the sessions that the page shows, by name."""
    server, shown = Server(ports), examples()
    plain, messages = server.client(**shown["subscribe"])
    server.record(messages, "connection_established", "subscription_confirmed", "_")
    filtered, messages = server.client(**shown["subscribe_2"])
    server.record(messages, "_", "subscription_confirmed_2", "vessel_static", "_")
    objects, _ = server.client(type="subscribe", proto=2, filter=BOX, fields=["position", "status"])
    packed, _ = server.client(type="subscribe", proto=2, subscription_type="vessels", encoding="binary")
    server.sail()
    server.record(plain.tick(), "vessel_updates", "fleet_summary_update")
    server.record(objects.tick(), "vessel_updates_objects", "_")
    server.record(filtered.tick(skipped=2), "vessel_updates_columns", "_")
    server.record(packed.tick(), "vessel_updates_binary")
    server.record(plain.receive(json.dumps(shown["get_vessel"])), "vessel_data")
    server.record(plain.receive(json.dumps(shown["get_fleet_summary"])), "fleet_summary")
    wrong = {"type": "subscribe", "proto": 2, "request_id": "r2", "filter": {"vessel_type": ["boat"]}}
    server.record(filtered.receive(json.dumps(wrong)), "error")
    stream_messages(server, filtered)
    return server.messages


def stream_messages(server, client):
    """Store the messages about the stream."""
    server.record(client.heartbeat(), "heartbeat")
    server.alert()
    server.record(client.tick(), "event")
    for _ in range(1030):
        server.alert()
    server.record(client.tick()[:1], "events_missed")
    server.clock.set(NOW - 3600)
    server.put()
    server.record(client.tick()[:1], "epoch")


NAMES = [*(message.name for message in schema.from_server()), "vessel_updates_binary"]


@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_a_message_of_the_server(recorded, name):
    """Each example equals the message of a session, byte for byte if binary."""
    assert examples()[name] == recorded[name]


def test_the_requests_are_accepted():
    """Each request on the page is valid."""
    shown = examples()
    requests.subscribe(shown["subscribe_2"])
    assert {message.name for message in schema.from_client()} <= shown.keys()


def test_nothing_else_is_on_the_page():
    """The page has no example of a message that does not exist."""
    assert examples().keys() == {*NAMES, *(message.name for message in schema.from_client())}
    assert sum(map(len, validators().values())) == len(schema.from_server())


def test_the_layout_is_that_of_the_encoder():
    """The page has name, type and missing value of each field and column of the binary encoding."""
    rows = re.findall(r"^\| `(\w+)` \| `(\w+)`(?:\[(n|removed)\])? \|.*\| (-?\d+)? ?\|$", PAGE, re.MULTILINE)
    expected = []
    for part in (*encode_binary.HEADER, *encode_binary.COLUMNS):
        count, missing = "" if part.count == "1" else part.count, "" if part.missing is None else str(part.missing)
        expected.append((part.name, part.dtype.lstrip("<"), count, missing))
    assert rows == expected
