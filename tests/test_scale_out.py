"""Several processes serve one fleet: an ingest process, Redis, and web processes."""

import json
import subprocess
import sys
import time

import pytest
from websockets.sync.client import connect

from tests.frames import checked

from .conftest import ROOT, clean_environ

pytestmark = pytest.mark.redis
SUBSCRIBE = {"type": "subscribe", "subscription_type": "vessels", "proto": 2, "period_ms": 250}


@pytest.fixture
def options(private_redis):
    return ("--redis-url", private_redis.url, "--fleet-size", "100", "--update-interval", "1")


@pytest.fixture
def ingest(start_server, options):
    server = start_server(*options, "--ingest", "yes", vessels=100)
    yield server
    server.stop()


def chain(ws, seq=None, until=3):
    """The last (epoch, seq) after some updates of which each begins where the one before ended."""
    epoch, seen = None, 0
    while seen < until:
        message = checked(ws.recv(timeout=20))
        if message["type"] == "epoch":
            epoch, seq = message["epoch"], None
        if message["type"] == "subscription_confirmed":
            epoch = message["epoch"]
        if message["type"] == "vessel_updates":
            assert message.get("snapshot") or seq is None or message["prev"] == seq
            seq, seen = message["seq"], seen + 1
    return epoch, seq


def test_a_client_moves_between_web_processes(ingest, start_server, options):
    """Epoch and seqs are the same everywhere: a client resumes at another web process and misses nothing."""
    first, second = start_server(*options, vessels=100), start_server(*options, vessels=100)
    with connect(first.ws_url) as ws:
        ws.send(json.dumps(SUBSCRIBE))
        epoch, seq = chain(ws)
    second.wait_until(lambda status: status["seq"] >= seq)
    with connect(second.ws_url) as ws:
        ws.send(json.dumps(SUBSCRIBE | {"resume": {"epoch": epoch, "seq": seq}}))
        checked(ws.recv(timeout=20))
        confirmed = checked(ws.recv(timeout=20))
        assert (confirmed["resumed"], confirmed["epoch"]) == (True, epoch)
        assert chain(ws, seq)[1] > seq
    assert {feed["name"] for feed in second.status()["feeds"]} == {"redis", "simulator"}
    assert first.status()["clock"]["mode"] == "simulation"


def test_the_ingest_process_is_killed(ingest, start_server, options):
    """The clients of the web process keep their connection; a new ingest process serves them within five seconds."""
    web = start_server(*options, vessels=100)
    with connect(web.ws_url) as ws:
        ws.send(json.dumps(SUBSCRIBE))
        before, _ = chain(ws)
        ingest.process.kill()
        ingest.process.wait(10)
        began = time.monotonic()
        successor = start_server(*options, "--ingest", "yes", vessels=100)
        after = before
        while after == before:
            message = checked(ws.recv(timeout=20))
            after = message["epoch"] if message["type"] == "epoch" else after
        assert chain(ws)[1] > 0
        taken = time.monotonic() - began
    successor.stop()
    # the lease lapses after three of them; the bound is wide, for busy machines
    assert taken < 15


def test_a_second_ingest_process_refuses(ingest, options, private_redis):
    """It ends with a word about why."""
    command = [sys.executable, str(ROOT / "app.py"), *options, "--ingest", "yes", "--port", "1"]
    ended = subprocess.run(command, capture_output=True, text=True, env=clean_environ(), timeout=60, check=False)
    assert ended.returncode == 1
    assert ended.stderr.strip().endswith("there can be only one")
