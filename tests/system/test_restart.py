"""Restart: a server killed with kill -9 restores its state."""

import gzip
import json
import os
import shutil
import socket
import sqlite3
import time
import urllib.request
from datetime import datetime

import msgspec
import pytest
from websockets.sync.client import connect

from fairway.chart.geodesy import distance_nm
from fairway.checkpoint.writer import CheckpointHeader
from tests.support.frames import checked

SUBSCRIBE = {"type": "subscribe", "subscription_type": "vessels", "proto": 2, "period_ms": 250}
ZONE = {"name": "Bay", "corners": [[-6, 46], [-2, 46], [-2, 48]]}
SHIP = {
    "vessel_name": "MINE",
    "vessel_type": "tanker",
    "position": {"latitude": 47.0, "longitude": -15.0},
    "speed": 12.0,
    "course": 270.0,
}


def post(server, path: str, body: dict) -> dict:
    request = urllib.request.Request(server.url + path, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.loads(response.read())


def kill(server) -> None:
    """End the process with SIGKILL."""
    server.process.kill()
    server.process.wait(10)


def saved(server, since: float) -> dict:
    """The status after a checkpoint that started after `since` (monotonic seconds)."""
    return server.wait_until(
        lambda status: (
            status["state"]["kept_age_s"] is not None and status["state"]["kept_age_s"] + 0.1 < time.monotonic() - since
        )
    )


def subscribed(ws, resume=None) -> tuple[dict, dict]:
    """The confirmation of a level-2 subscription, and the first updates."""
    ws.send(json.dumps(SUBSCRIBE | ({"resume": resume} if resume else {})))
    messages = {}
    while "vessel_updates" not in messages:
        message = checked(ws.recv(timeout=20))
        messages.setdefault(message["type"], message)
    return messages["subscription_confirmed"], messages["vessel_updates"]


def places(server) -> dict[int, tuple[float, float]]:
    vessels = server.get("/api/realtime/vessels?limit=1000")["vessels"]
    return {v["mmsi"]: (v["position"]["latitude"], v["position"]["longitude"]) for v in vessels}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("state")


@pytest.fixture(scope="module")
def options(folder):
    return (
        *("--state-file", str(folder / "state.db"), "--fleet-size", "80", "--update-interval", "1", "--seed", "6"),
        *("--speed-alert", "1"),
    )


@pytest.fixture(scope="module")
def before_and_after(start_server, options):
    """The answers of a server just before it was killed, and its successor on the same port."""
    first = start_server(*options, vessels=80)
    mine = post(first, "/api/simulation/vessels", SHIP)["mmsi"]
    zone = post(first, "/api/realtime/zones", ZONE)
    with connect(first.ws_url) as ws:
        confirmed, updates = subscribed(ws)
    first.wait_until(lambda status: status["seq"] > updates["seq"] + 4)
    status = saved(first, time.monotonic())
    known = {
        "mine": mine,
        "zone": zone,
        "cursor": {"epoch": confirmed["epoch"], "seq": updates["seq"]},
        "track": first.get(f"/api/realtime/vessels/{mine}/track"),
        "alerts": first.get("/api/realtime/alerts"),
        "places": places(first),
        "status": status,
    }
    kill(first)
    second = start_server(*options, port=first.port, vessels=81)
    return known, second


def test_vessels_are_where_they_were(before_and_after):
    """No vessel has jumped, the added one is there, the clock shows the time, and the epoch is the same."""
    known, server = before_and_after
    status = server.status()
    assert status["state"]["restored"].startswith("81 vessels, as they were")
    assert (status["epoch"], status["state"]["problem"]) == (known["status"]["epoch"], None)
    assert status["seq"] > known["status"]["seq"]
    found = places(server)
    assert found.keys() == known["places"].keys()
    assert known["mine"] in found
    for mmsi, place in known["places"].items():
        assert distance_nm(place[0], place[1], *found[mmsi]) < 1.0
    before = datetime.fromisoformat(known["status"]["clock"]["time"]).timestamp()
    # a busy machine's simulation may lag: what counts is that its time runs on and never ahead
    assert before < datetime.fromisoformat(status["clock"]["time"]).timestamp() < time.time() + 10


def test_tracks_alerts_and_zones_are_there(before_and_after):
    """The track starts where it did, alerts have their numbers, and the zone is there."""
    known, server = before_and_after
    track = server.get(f"/api/realtime/vessels/{known['mine']}/track")
    assert track["points"][: len(known["track"]["points"])] == known["track"]["points"]
    alerts = server.get("/api/realtime/alerts")["alerts"]
    assert known["alerts"]["alerts"]
    assert [alert["event_id"] for alert in known["alerts"]["alerts"]] == [
        alert["event_id"] for alert in alerts[: len(known["alerts"]["alerts"])]
    ]
    assert [zone["name"] for zone in server.get("/api/realtime/zones")["zones"]] == ["Bay"]


def test_a_client_resumes(before_and_after):
    """A client gets what changed since its cursor; one whose cursor is ahead of the checkpoint gets a snapshot."""
    known, server = before_and_after
    with connect(server.ws_url) as ws:
        confirmed, updates = subscribed(ws, known["cursor"])
        assert (confirmed["resumed"], updates["prev"]) == (True, known["cursor"]["seq"])
        assert not updates.get("snapshot")
    for ahead in (200, 10**9):
        with connect(server.ws_url) as ws:
            confirmed, updates = subscribed(ws, known["cursor"] | {"seq": known["status"]["seq"] + ahead})
            assert (confirmed["resumed"], updates["prev"], updates["snapshot"]) == (False, 0, True)


def test_a_file_of_noise(start_server, folder, options):
    """The server starts with a new file, and status and log say so."""
    path = folder / "noise.db"
    path.write_bytes(os.urandom(20_000))
    server = start_server(*options, "--state-file", str(path), vessels=80)
    assert "set aside" in saved(server, time.monotonic())["state"]["problem"]
    assert "was damaged" in server.log.read_text()
    server.stop()


def test_fresh(before_and_after, start_server, folder, options):
    """--fresh starts a new epoch and world, and keeps the zones."""
    known, _ = before_and_after
    shutil.copy(folder / "state.db", folder / "copy.db")
    file = ("--state-file", str(folder / "copy.db"))
    server = start_server(*options, *file, "--fresh", "yes", vessels=80)
    status = server.status()
    assert status["epoch"] != known["status"]["epoch"]
    assert status["total_vessels"] == 80
    assert status["state"]["restored"].startswith("New simulation: --start or --fresh was given")
    assert [zone["name"] for zone in server.get("/api/realtime/zones")["zones"]] == ["Bay"]
    server.stop()


def test_real_reports(start_server, folder, free_port, recording):
    """Vessels of a receiver are back with their true ages before the receiver sends again."""
    port = free_port()
    options = ("--state-file", str(folder / "real.db"), "--feeds", "aivdm_listen", "--aivdm-listen", str(port))
    first = start_server(*options, vessels=0)
    with gzip.open(recording, "rt") as file:
        lines = [line.split("\\")[-1] for line in file.read().splitlines()[:400]]
    with socket.create_connection(("127.0.0.1", port), 10) as receiver:
        receiver.sendall("\r\n".join(lines).encode() + b"\r\n")
        first.wait_until(lambda status: status["total_vessels"] > 20)
        before = saved(first, time.monotonic())
    then = {v["mmsi"]: v for v in first.get("/api/realtime/vessels?limit=1000")["vessels"]}
    kill(first)
    second = start_server(*options, port=first.port, vessels=before["total_vessels"])
    now = {v["mmsi"]: v for v in second.get("/api/realtime/vessels?limit=1000")["vessels"]}
    assert now == then
    assert second.status()["epoch"] == before["epoch"]
    ends = time.time()
    assert second.stop() == 0
    with sqlite3.connect(folder / "real.db") as db:
        (header,) = db.execute("SELECT value FROM latest WHERE name = 'header'").fetchone()
    db.close()
    # SIGTERM writes a last checkpoint
    assert msgspec.msgpack.decode(header, type=CheckpointHeader).wall >= ends
