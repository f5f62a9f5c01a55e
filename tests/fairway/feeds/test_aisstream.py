"""aisstream.io as a source: what its frames mean, hostile ones, its errors, and a server that goes away."""

import copy
import gzip
import json
import logging
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import serve

from fairway.ais.decoder import Decoder
from fairway.ais.nmea import parse
from fairway.chart.ports import PortIndex
from fairway.feeds import aisstream
from fairway.runtime.clock import Clock
from fairway.traffic import fields
from fairway.traffic.batch import Batch, SourceReport
from fairway.traffic.traffic import Traffic
from fairway.web.aisstream.frames import pages

NOW = 1_795_551_300.0
META = {"MMSI": 211000001, "ShipName": "X", "latitude": 54.0, "longitude": 10.0}
COMMON = {"MessageID": 1, "RepeatIndicator": 0, "UserID": 211000001, "Valid": True}
PLACE = {"Sog": 12.3, "Cog": 359.9, "Latitude": 54.123456, "Longitude": -10.5, "PositionAccuracy": True, "Raim": False}
POSITION = {
    "MessageType": "PositionReport",
    "MetaData": META | {"time_utc": "2026-11-24 20:15:00.25 +0000 UTC"},
    "Message": {
        "PositionReport": COMMON | PLACE | {
            "NavigationalStatus": 0, "RateOfTurn": -20, "TrueHeading": 358, "Timestamp": 0, "Spare": 0,
            "SpecialManoeuvreIndicator": 0, "CommunicationState": 2249,
        }
    },
}  # fmt: skip
VOYAGE = {
    "MessageType": "ShipStaticData",
    "MetaData": META | {"time_utc": "2026-11-24 20:15:01 +0000 UTC"},
    "Message": {
        "ShipStaticData": COMMON | {
            "MessageID": 5, "AisVersion": 2, "ImoNumber": 9134270, "CallSign": "3FOF8  ", "Name": "EVER DIADEM@@@",
            "Type": 70, "Dimension": {"A": 225, "B": 70, "C": 1, "D": 31}, "FixType": 1, "MaximumStaticDraught": 12.2,
            "Eta": {"Month": 12, "Day": 1, "Hour": 10, "Minute": 0}, "Destination": "NLRTM",
            "Dte": False, "Spare": False,
        }
    },
}  # fmt: skip


def read(*frames):
    """The batches of some frames, and the counts of what gave none."""
    published = []
    stream = aisstream.AisstreamReader(published.append, Clock(NOW, lambda: 0.0, "live"))
    stream.take([frame if isinstance(frame, str | bytes) else json.dumps(frame).encode() for frame in frames])
    reports = [item for item in published if isinstance(item, SourceReport)]
    rejected = {reason: n for report in reports for reason, n in report.rejected.items()}
    return [item for item in published if isinstance(item, Batch)], rejected


def only(batch):
    return {name: column.tolist()[0] for name, column in (batch.moving | batch.static).items()}


def test_a_position():
    """Degrees, knots and codes become the columns; the time is that of the event, the arrival stands beside it."""
    (batch,), rejected = read(POSITION)
    assert (batch.mmsi.tolist(), batch.source, batch.simulated, rejected) == ([211000001], "aisstream", False, {})
    assert (batch.t.tolist(), batch.received) == ([round(NOW * 1000) + 250], round(NOW * 1000))
    assert only(batch) == {
        "lat": 32474074, "lon": -6300000, "sog": 123, "cog": 3599, "heading": 358, "rot": -179, "nav_status": 0,
    }  # fmt: skip


def test_voyage_data():
    """Static and voyage data, with texts as AIS fills them."""
    (batch,), _ = read(VOYAGE)
    assert only(batch) == {
        "name": "EVER DIADEM", "callsign": "3FOF8", "destination": "NLRTM", "a": 225, "b": 70, "c": 1, "d": 31,
        "ship_type": 70, "vessel_type": fields.VESSEL_TYPES.index("cargo"), "imo": 9134270, "draught": 122,
        "eta": 1_796_119_200_000,
    }  # fmt: skip


def test_not_available():
    """AIS's codes become the columns' own, and a frame without a time has that of its arrival."""
    frame = copy.deepcopy(POSITION)
    unknown = {"Sog": 102.3, "Cog": 360, "TrueHeading": 511, "Latitude": 91, "Longitude": 181, "RateOfTurn": -128}
    frame["Message"]["PositionReport"] |= unknown | {"NavigationalStatus": 15}
    del frame["MetaData"]["time_utc"]  # type: ignore[attr-defined]
    (batch,), _ = read(frame)
    assert only(batch) == {item.name: item.missing for item in fields.MOVING}
    assert batch.t.tolist() == [round(NOW * 1000)]


def test_simulated_vessels_of_another_fairway():
    """Vessels that another server marks as simulated are in a source of their own and are simulated."""
    frame = copy.deepcopy(POSITION)
    frame["MetaData"]["Simulated"] = True
    found, _ = read(frame, POSITION)
    assert {(batch.source, batch.simulated) for batch in found} == {("aisstream", False), ("aisstream simulated", True)}


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        ({"MessageType": "BaseStationReport", "Message": {"BaseStationReport": COMMON}}, "base station"),
        ({"MessageType": "AidsToNavigationReport", "Message": {"AidsToNavigationReport": COMMON}}, "aid to navigation"),
        ({"MessageType": "Interrogation", "Message": {"Interrogation": COMMON}}, "another message"),
        ({"Message": {"PositionReport": COMMON | {"Valid": False}}}, "not valid"),
        ({"Message": {"PositionReport": COMMON | {"UserID": 992000001}}}, "not a ship's MMSI"),
        ({"Message": {"PositionReport": COMMON | {"UserID": "211000001"}}}, "cannot be decoded"),
        ({"Message": {"PositionReport": COMMON | PLACE | {"Latitude": 1e300}}}, "cannot be decoded"),
        ({"Message": {"PositionReport": COMMON | PLACE | {"Sog": True}}}, "cannot be decoded"),
        ({"Message": {"PositionReport": []}}, "cannot be decoded"),
        ({"Message": {"PositionReport": COMMON | PLACE | {"Cog": float("nan")}}}, "cannot be decoded"),
        (b"\xff\xfe", "cannot be decoded"),
        ("[" * 100_000, "cannot be decoded"),
        ("7", "cannot be decoded"),
    ],
)
def test_what_gives_no_report(frame, reason):
    """It is counted under its reason, and the next frame is read."""
    found, rejected = read(POSITION | frame if isinstance(frame, dict) else frame, POSITION)
    assert (len(found), rejected) == (1, {reason: 1})


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda inner: st.lists(inner, max_size=3)
)


@given(st.sampled_from([POSITION, VOYAGE]), st.data())
def test_any_value_anywhere_is_survived(frame, choose):
    """Whatever stands in a field, nothing is raised, and Traffic takes what comes of it."""
    frame = copy.deepcopy(frame)
    place = frame
    while isinstance(place, dict):
        name = choose.draw(st.sampled_from(sorted(place)))
        if not isinstance(place[name], dict) or choose.draw(st.integers(0, 9)) == 0:
            place[name] = choose.draw(json_values)
            break
        place = place[name]
    found, _ = read(frame)
    for batch in found:
        assert all(len(text) <= 20 and text.isprintable() for text in batch.static.get("name", []))


def test_the_same_by_aivdm_and_by_our_own_frames(recording):
    """What Fairway serves in this protocol is read back as the very columns that came from the sentences."""
    decoder = Decoder()
    with gzip.open(recording) as lines:
        for number, line in enumerate(lines):
            parsed = parse(line)
            if parsed and parsed.sentence.startswith(b"!"):
                decoder.take([parsed.sentence], round(NOW * 1000) - 12_000 + number)
    traffic = Traffic(PortIndex.load(), lambda: "e")
    sent = [batch for batch in decoder.batches("aisstream") if batch.moving]
    for batch in sent:
        traffic.put(batch)
    snapshot = traffic.advance(NOW)
    known = {
        int(m) for batch in sent for m, lat in zip(batch.mmsi, batch.moving["lat"], strict=True) if lat != fields.LAT_NA
    }
    assert len(known) > 700
    compared = 0
    for batch in sent:
        frames = [frame for page in pages(batch, snapshot) for frame in page.frames]
        (back,), rejected = read(*frames)
        assert not rejected
        placed = batch.moving["lat"] != fields.LAT_NA
        assert back.mmsi.tolist() == batch.mmsi[placed].tolist()
        assert back.t.tolist() == batch.t[placed].tolist()
        for name, column in batch.moving.items():
            # pyais rounds the rate of turn to whole degrees a minute
            far = np.abs(back.moving[name].astype(int) - column[placed]).max()
            assert far <= (5 if name == "rot" else 0), name
        compared += len(back.mmsi)
    assert compared > 3000


@pytest.fixture
def server():
    """A server of the protocol: what it was sent, and what it is to send to each connection in turn."""
    asked, scripts = [], []

    def answer(peer):
        script = scripts.pop(0) if scripts else []
        asked.append(json.loads(peer.recv(5)))
        for frame in script:
            peer.send(frame if isinstance(frame, bytes) else json.dumps(frame).encode())
        if not scripts:
            try:
                peer.recv(20)
            except (ConnectionClosed, TimeoutError):
                return

    with serve(answer, "127.0.0.1", 0) as served:
        thread = threading.Thread(target=served.serve_forever)
        thread.start()
        yield f"ws://127.0.0.1:{served.socket.getsockname()[1]}/v0/stream", asked, scripts
        served.shutdown()
        thread.join()


def test_a_stream(start, server, caplog):
    """The key and the areas go out first; a connection that ends is made again; the key is in no log."""
    caplog.set_level(logging.DEBUG)
    url, asked, scripts = server
    scripts += [[POSITION], [VOYAGE]]
    heard = start(aisstream, aisstream_url=url, aisstream_key="sesame", aisstream_boxes="1,2,3,4;-90,-180,90,180")
    heard.until(lambda h: h.mmsi == [211000001] and any(batch.static for batch in h.batches))
    subscription = {"APIKey": "sesame", "BoundingBoxes": [[[1, 2], [3, 4]], [[-90, -180], [90, 180]]]}
    assert asked == [subscription, subscription]
    assert heard.states == ["connecting", "", "closed by the server", ""]
    ours = [record.getMessage() for record in caplog.records if record.name != "websockets.server"]
    assert [message for message in ours if "sesame" in message] == []


def test_the_server_refuses(start, server):
    """Its error is the reason why the source is down; a key in it is not shown."""
    url, _, scripts = server
    scripts += [[{"error": "Api Key sesame Is Not Valid"}], []]
    heard = start(aisstream, aisstream_url=url, aisstream_key="SESAME")
    heard.until(lambda h: len(h.states) == 2)
    assert heard.states == ["connecting", "refused by the server: API KEY *** IS NOT VALID"]


def test_a_server_that_is_away(start, free_port):
    """An unreachable server is the reason of a source that is down."""
    heard = start(aisstream, aisstream_url=f"ws://127.0.0.1:{free_port()}/", aisstream_key="sesame")
    heard.until(lambda h: len(h.states) >= 2)
    assert "refused" in heard.states[1]
