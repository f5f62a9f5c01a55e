"""aisstream.io's protocol: its fields, its filters, and errors where it would say nothing."""

import itertools
import json
import re
import threading
import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.sync.client import connect

from fairway.ais.aisstream_models import read
from fairway.chart.ports import PortIndex
from fairway.protocol.context import Context
from fairway.protocol.encode_json import Binary
from fairway.traffic import fields
from fairway.traffic.traffic import Traffic
from fairway.web.aisstream import stream
from fairway.web.aisstream.frames import pages
from fairway.web.aisstream.session import SILENT_TICKS
from tests.fairway.ais.test_encode import lines, messages, turn_code
from tests.support.reports import NOW, POSITION, VOYAGE, fleet_batches, moving, static

# `required` of type-definition.yaml 1.0.0 in github.com/aisstream/ais-message-models
COMMON = {"MessageID", "RepeatIndicator", "UserID", "Valid"}
MOTION = {"Sog", "PositionAccuracy", "Longitude", "Latitude", "Cog", "Raim"}
REQUIRED = {
    "PositionReport": COMMON | MOTION | {
        "NavigationalStatus", "RateOfTurn", "TrueHeading", "Timestamp", "SpecialManoeuvreIndicator", "Spare",
        "CommunicationState",
    },
    "StandardClassBPositionReport": COMMON | MOTION | {
        "Spare1", "TrueHeading", "Timestamp", "Spare2", "ClassBUnit", "ClassBDisplay", "ClassBDsc", "ClassBBand",
        "ClassBMsg22", "AssignedMode", "CommunicationStateIsItdma", "CommunicationState",
    },
    "LongRangeAisBroadcastMessage": COMMON | MOTION | {"NavigationalStatus", "PositionLatency", "Spare"},
    "ShipStaticData": COMMON | {
        "AisVersion", "ImoNumber", "CallSign", "Name", "Type", "Dimension", "FixType", "Eta", "MaximumStaticDraught",
        "Destination", "Dte", "Spare",
    },
    "StaticDataReport": COMMON | {"Reserved", "PartNumber", "ReportA", "ReportB"},
}  # fmt: skip
REPORT_B = {
    "Valid", "ShipType", "VendorIDName", "VenderIDModel", "VenderIDSerial", "CallSign", "Dimension", "FixType", "Spare",
}  # fmt: skip
BOOLEANS = {
    "Valid", "PositionAccuracy", "Raim", "Dte", "PartNumber", "AssignedMode", "CommunicationStateIsItdma",
    "PositionLatency", "ClassBUnit", "ClassBDisplay", "ClassBDsc", "ClassBBand", "ClassBMsg22",
}  # fmt: skip
WORLD = [[[-90, -180], [90, 180]]]


PORTS = PortIndex.load()


def traffic_of(*batches):
    built = Traffic(PORTS, lambda: "e")
    for batch in batches:
        built.put(batch)
    built.advance(NOW + 60)
    return built


def frames(*batches, known=()) -> list[dict]:
    """What is reported of batches when Traffic has them, and `known`."""
    snapshot = traffic_of(*known, *batches).snapshot()
    return [json.loads(text) for batch in batches for page in pages(batch, snapshot) for text in page.frames]


@pytest.mark.parametrize(
    ("kind", "batch"),
    [
        ("PositionReport", moving({})),
        ("StandardClassBPositionReport", moving({"nav_status": None, "rot": None})),
        ("ShipStaticData", static(VOYAGE)),
        ("StaticDataReport", static({"name": "DINGHY"})),
        ("StaticDataReport", static({"callsign": "LM1234", "ship_type": 36, "a": 5, "b": 5, "c": 2, "d": 2})),
    ],
)
def test_fields(kind, batch):
    """Each message has the fields of the public models, all of them and no other, of their types."""
    (frame,) = frames(batch, known=[moving({"nav_status": None, "rot": None}, t=NOW - 60)])
    body = frame["Message"][kind]
    assert (frame["MessageType"], list(frame["Message"])) == (kind, [kind])
    assert set(body) == REQUIRED[kind]
    wrong = {name: body[name] for name in body if isinstance(body[name], bool) != (name in BOOLEANS)}
    assert wrong.keys() <= ({"Spare"} if kind in ("ShipStaticData", "LongRangeAisBroadcastMessage") else set())
    if kind == "StaticDataReport":
        assert (set(body["ReportA"]), set(body["ReportB"])) == ({"Valid", "Name"}, REPORT_B)


REAL = {
    "PositionReport": b"!AIVDM,1,1,,A,13u?etPv2;0n:dDPwUM1U1Cb069D,0*24",
    "StaticDataReport": b"!AIVDM,1,1,,A,H42O55i18tMET00000000000000,2*6D",
    "AidsToNavigationReport": b"!AIVDM,1,1,,B,E>kb9O9aS@7PUh10dh19@;0Tah2cWrfP:l?M`00003vP100,0*01",
    "LongRangeAisBroadcastMessage": b"!AIVDM,1,1,,B,KCQ9r=hrFUnH7P00,0*41",
}


def test_what_was_heard_is_reported_as_it_was_sent():
    """A real message has its own accuracy, RAIM and communication state, and every type with a place is sent."""
    numbers = {kind: read(sentence.split(b",")[5])[1]["UserID"] for kind, sentence in REAL.items()}
    batch = replace(moving(*[POSITION] * len(REAL), source="aivdm_tcp"), sentences=list(REAL.values()))
    batch = replace(batch, mmsi=np.array(list(numbers.values()), np.uint32), simulated=False)
    reported = {frame["MessageType"]: frame for frame in frames(batch)}
    assert reported.keys() == REAL.keys()
    body = reported["PositionReport"]["Message"]["PositionReport"]
    assert (body["PositionAccuracy"], body["CommunicationState"], body["RateOfTurn"]) == (False, 25_172, -8)
    assert reported["PositionReport"]["MetaData"]["Simulated"] is False
    assert set(body) == REQUIRED["PositionReport"]
    assert (
        set(reported["LongRangeAisBroadcastMessage"]["Message"]["LongRangeAisBroadcastMessage"])
        == (REQUIRED["LongRangeAisBroadcastMessage"])
    )
    # a static report has the place that is known of the vessel
    assert reported["StaticDataReport"]["MetaData"]["latitude"] == 50.0


def test_meta_data():
    """Whose, called what, where and when: nine digits of a second, so that clients may cut it after six."""
    position, voyage = moving({}, t=NOW + 0.25), static(VOYAGE, t=NOW + 1)
    for frame, second in zip(frames(position, voyage), ("00.250000000", "01.000000000"), strict=True):
        assert frame["MetaData"] == {
            "MMSI": 352_100_000, "MMSI_String": 352_100_000, "ShipName": "MV ATLANTIC PIONEER", "latitude": 50.0,
            "longitude": -20.0, "time_utc": f"2027-01-15 08:00:{second} +0000 UTC", "Source": "simulator",
            "Simulated": True,
        }  # fmt: skip


def test_what_is_not_known():
    """As there: AIS's own values. A vessel without a place is not told."""
    unknown = {"sog": fields.U2_NA, "cog": fields.U2_NA, "heading": fields.U2_NA, "rot": fields.ROT_NA}
    (frame,) = frames(moving(unknown))
    body = frame["Message"]["PositionReport"]
    assert (body["Sog"], body["Cog"], body["TrueHeading"], body["RateOfTurn"]) == (102.3, 360.0, 511, -128)
    assert frames(moving({"lat": fields.LAT_NA, "lon": fields.LON_NA}), static(VOYAGE)) == []
    client = Client(FilterMessageTypes=["ShipStaticData"])
    client.report(static(VOYAGE, mmsi=352_099_999), static(VOYAGE, mmsi=352_100_009))
    assert client.reported() == []


def test_agrees_with_the_sentences():
    """Of a whole fleet every frame says what the sentence of the same report says."""
    batches, _ = fleet_batches(200, 600)
    reported = frames(*batches)
    heard = list(itertools.chain.from_iterable(messages(batch) for batch in batches))
    turns = iter([turn_code(line) for batch in batches if batch.moving for line in lines(batch)])
    assert len(reported) == len(heard) >= 600
    for frame, message in zip(reported, heard, strict=True):
        body = frame["Message"][frame["MessageType"]]
        assert (body["MessageID"], body["UserID"]) == (message.msg_type, message.mmsi)
        if message.msg_type == 5:
            assert (body["Name"], body["Destination"], body["CallSign"], body["MaximumStaticDraught"]) == (
                message.shipname, message.destination, message.callsign, message.draught,
            )  # fmt: skip
            assert list(body["Eta"].values()) == [message.month, message.day, message.hour, message.minute]
        else:
            assert (body["Latitude"], body["Longitude"]) == (message.lat, message.lon)
            assert (body["Sog"], body["Cog"], body["TrueHeading"], body["Timestamp"], body["RateOfTurn"]) == (
                message.speed, message.course, message.heading, message.second, next(turns),
            )  # fmt: skip


class Client:
    """A session, and the stream that it hangs on, without threads."""

    def __init__(self, **subscription) -> None:
        self.traffic = traffic_of(moving(POSITION, POSITION), static(VOYAGE))
        self.stream = stream.AisstreamServer(self.traffic.snapshot, time.monotonic)
        self.session = self.stream.begin(Context(None, self.traffic.snapshot, lambda: 1, lambda: None, {}))
        assert self.session.open() == self.session.heartbeat() == []
        if subscription:
            assert self.subscribe(**subscription) == []

    def subscribe(self, **request) -> list[bytes]:
        return self.session.receive(json.dumps({"APIKey": "any", "BoundingBoxes": WORLD} | request))

    def report(self, *batches) -> None:
        for batch in batches:
            for page in pages(batch, self.traffic.snapshot()):
                self.stream.add(page)

    def reported(self, skipped: int = 0) -> list[tuple]:
        texts = self.session.tick(skipped)
        assert all(isinstance(text, Binary) for text in texts)
        return [(frame["MetaData"]["MMSI"], frame["MessageType"]) for frame in map(json.loads, texts)]


def test_a_subscription():
    """Nothing without one; then what is reported from then on, once; a second one replaces the first."""
    client = Client()
    client.report(moving(POSITION))
    assert client.reported() == []
    assert client.subscribe() == []
    assert client.reported() == []
    client.report(moving(POSITION), static(VOYAGE))
    assert client.reported() == [(352_100_000, "PositionReport"), (352_100_000, "ShipStaticData")]
    assert client.reported() == []
    assert client.subscribe(FilterMessageTypes=["ShipStaticData"]) == []
    client.report(moving(POSITION), static(VOYAGE))
    assert client.reported() == [(352_100_000, "ShipStaticData")]


def test_filter_by_mmsi():
    """Only the listed vessels."""
    client = Client(FiltersShipMMSI=["352100001"])
    client.report(moving(POSITION, POSITION), static(VOYAGE))
    assert client.reported() == [(352_100_001, "PositionReport")]


@given(
    st.lists(st.lists(st.tuples(st.integers(-90, 90), st.integers(-180, 180)), min_size=2, max_size=2), min_size=1),
    st.integers(-89, 89),
    st.integers(-179, 179),
)
def test_filter_by_box(boxes, lat, lon):
    """A vessel is reported if it is in any box; the two corners may be any opposite ones."""
    client = Client(BoundingBoxes=boxes)
    client.report(moving({"lat": lat * fields.LATLON_SCALE, "lon": lon * fields.LATLON_SCALE}))
    inside = any(
        min(a[0], b[0]) <= lat <= max(a[0], b[0]) and min(a[1], b[1]) <= lon <= max(a[1], b[1]) for a, b in boxes
    )
    assert len(client.reported()) == inside


def test_static_reports_are_where_the_vessel_is():
    """A box takes the static reports of the vessels in it."""
    client = Client(BoundingBoxes=[[[49, -21], [51, -19]]])
    client.report(static(VOYAGE))
    assert client.reported() == [(352_100_000, "ShipStaticData")]
    client.subscribe(BoundingBoxes=[[[0, 0], [1, 1]]])
    client.report(static(VOYAGE))
    assert client.reported() == []


@pytest.mark.parametrize("key", ["APIKey", "Apikey", "APIkey", "apikey"])
def test_the_case_of_a_key_does_not_matter(key):
    """Public examples write the key's name in all these ways, and give latitudes up to 180."""
    client = Client()
    request = {key: "x", "BoundingBoxes": [[[-180, -90], [180, 90]]]}
    assert client.session.receive(json.dumps(request)) == []
    assert client.session.receive(json.dumps(request).encode()) == []


@pytest.mark.parametrize(
    ("request_", "says"),
    [
        ("{", "not JSON"),
        ("[]", "JSON object"),
        ('{"BoundingBoxes":[[[0,0],[1,1]]]}', "APIKey: is missing"),
        ('{"APIKey":"x"}', "BoundingBoxes: is missing"),
        ('{"APIKey":"x","BoundingBoxes":[]}', "BoundingBoxes: expected a list of 1 to 1000"),
        ('{"APIKey":"x","BoundingBoxes":[[0,0,1,1]]}', r"BoundingBoxes\[0\]: expected a list of 2 values"),
        ('{"APIKey":"x","BoundingBoxes":[[[0,181],[1,200]]]}', "no place has a longitude from 181 to 200"),
        ('{"APIKey":"x","BoundingBoxes":[[[120,10],[125,20]]]}', "no place has a latitude from 120 to 125"),
        ('{"APIKey":"x","BoundingBoxes":[[[0,0],[1,1]]],"FilterShipMMSI":["1"]}', "FilterShipMMSI.*FiltersShipMMSI"),
        ('{"APIKey":"x","BoundingBoxes":[[[0,0],[1,1]]],"FiltersShipMMSI":["123"]}', "FiltersShipMMSI"),
        (
            '{"APIKey":"x","BoundingBoxes":[[[0,0],[1,1]]],"FilterMessageTypes":["Position"]}',
            "'Position' is not one of",
        ),
        ('{"APIKey":"x","BoundingBoxes":[[[0,0],[1,1]]],"FilterMessageTypes":["Interrogation"]}', "none of these"),
    ],
)
def test_errors_say_what_is_wrong(request_, says):
    """A bad subscription gets an error in that protocol's shape, and the one before goes on."""
    client = Client(FiltersShipMMSI=["352100001"])
    (answer,) = client.session.receive(request_)
    assert isinstance(answer, Binary)
    error = json.loads(answer)
    assert list(error) == ["error"]
    assert error["error"].startswith("Subscription Object Is Malformed: ")
    assert re.search(says, error["error"]), error["error"]
    client.report(moving(POSITION, POSITION))
    assert client.reported() == [(352_100_001, "PositionReport")]


def test_silence_is_named():
    """A client without a subscription after three seconds learns so, once."""
    client = Client()
    answers = [client.session.tick() for _ in range(2 * SILENT_TICKS)]
    assert [len(answer) for answer in answers] == [0] * (SILENT_TICKS - 1) + [1] + [0] * SILENT_TICKS
    assert "no subscription came within 3 seconds" in json.loads(answers[SILENT_TICKS - 1][0])["error"]
    assert client.session.period_s * SILENT_TICKS == 3


def test_a_slow_client_gets_the_newest():
    """After skipped ticks each vessel is reported once, as it is now; no backlog."""
    client = Client(FilterMessageTypes=["PositionReport"])
    for second in range(5):
        client.report(moving({"sog": second}, {"sog": second + 100}, t=NOW + second))
    newest = [json.loads(text)["Message"]["PositionReport"]["Sog"] for text in client.session.tick(4)]
    assert newest == [0.4, 10.4]


def test_what_is_kept_is_bounded(monkeypatch):
    """The oldest frames go; a client that was further behind goes on with what is there."""
    monkeypatch.setattr(stream, "KEPT_FRAMES", 10)
    client = Client(FilterMessageTypes=["PositionReport"])
    for second in range(20):
        client.report(moving({"sog": second}, t=NOW + second))
    sogs = [json.loads(text)["Message"]["PositionReport"]["Sog"] for text in client.session.tick()]
    assert sogs == [second / 10 for second in range(10, 20)]
    client.report(moving(POSITION))
    assert client.reported() == [(352_100_000, "PositionReport")]


def test_no_one_listens():
    """Without clients no report is queued; a client that has gone is not counted."""
    client = Client()
    client.stream.record(moving(POSITION))
    assert client.stream.status()["queued"] == 1
    client.session = None
    client.stream.record(moving(POSITION))
    assert (client.stream.status()["queued"], client.stream.counts["clients"]) == (1, 0)


def test_nothing_is_kept_for_no_one():
    """When the last client has gone the frames go; who comes later begins with what is new."""
    client = Client()
    client.report(moving(POSITION))
    client.session = None
    client.stream.tidy()
    assert client.stream.missed(0) == (1, ())
    later = client.stream.begin(None)
    later.receive(json.dumps({"APIKey": "y", "BoundingBoxes": WORLD}))
    client.report(moving(POSITION))
    assert len(later.tick()) == 1


def test_a_fleet_that_reports_at_once(monkeypatch):
    """More frames than are kept come in portions, with time between for a client that keeps up to take them all."""
    monkeypatch.setattr(stream, "KEPT_FRAMES", 1200)
    client = Client(FilterMessageTypes=["PositionReport"])
    reported = []

    class Stop(threading.Event):
        def wait(self, timeout=None) -> bool:
            reported.extend(client.reported())
            return False

    def take(timeout_s, most=None):
        batches = [waiting.pop()] if waiting else []
        if not batches and not client.stream._waiting:
            stop.set()
        return batches

    waiting, stop = [moving(*[POSITION] * 5000)], Stop()
    monkeypatch.setattr(client.stream, "take", take)
    stream.run(client.stream, None, None, stop)
    reported += client.reported()
    assert [mmsi for mmsi, _ in reported] == list(range(352_100_000, 352_105_000))


def test_clients_share_frames():
    """Two clients with other filters get the very same objects, which the hub frames once."""
    client = Client(FilterMessageTypes=["PositionReport"])
    other = client.stream.begin(None)
    other.receive(json.dumps({"APIKey": "y", "BoundingBoxes": WORLD}))
    client.report(moving(POSITION, POSITION))
    assert all(a is b for a, b in zip(client.session.tick(), other.tick(), strict=True))


@pytest.fixture(scope="module")
def server(start_server):
    return start_server("--update-interval", "1", vessels=500)


def test_a_running_server(server):
    """A client as the public examples write it gets the fleet when its host is changed."""
    with connect(f"ws://127.0.0.1:{server.port}/v0/stream") as socket:
        socket.send(json.dumps({"APIKey": "<YOUR API KEY>", "BoundingBoxes": WORLD}))
        seen = set()
        while len(seen) < 400:
            text = socket.recv(timeout=20)
            assert isinstance(text, bytes)
            message = json.loads(text)
            seen.add(message["Message"][message["MessageType"]]["UserID"])
        (output,) = [output for output in server.status()["outputs"] if output["name"] == "aisstream"]
        assert (output["clients"], output["dropped"], output["state"]) == (1, 0, "ok")
        socket.send("{}")
        while "error" not in json.loads(socket.recv(timeout=20)):
            continue


def test_a_page_elsewhere_is_refused(server):
    """The stream obeys the same rule of origins as /ws."""
    with (
        pytest.raises(Exception, match="403"),
        connect(f"ws://127.0.0.1:{server.port}/v0/stream", origin="http://evil.example"),
    ):
        raise AssertionError


def test_fairway_drinks_from_fairway(server, start_server):
    """Our feed for stream.io, with its host changed, has the same vessels, and knows them simulated."""
    url = f"ws://127.0.0.1:{server.port}/v0/stream"
    second = start_server("--feeds", "aisstream", "--aisstream-key", "any", "--aisstream-url", url, vessels=300)
    theirs = {vessel["mmsi"]: vessel for vessel in second.get("/api/realtime/vessels")["vessels"]}
    ours = {vessel["mmsi"]: vessel for vessel in server.get("/api/realtime/vessels")["vessels"]}
    assert theirs.keys() <= ours.keys()
    for mmsi, vessel in theirs.items():
        assert vessel["simulated"] is True
        assert vessel["position"]["latitude"] == pytest.approx(ours[mmsi]["position"]["latitude"], abs=0.02)
        assert vessel["vessel_name"] in (None, ours[mmsi]["vessel_name"].upper())
