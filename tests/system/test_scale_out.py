"""Several processes serve one fleet: an ingest process, Redis, and web processes."""

import contextlib
import functools
import json
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.sync.client import connect

from tests.conftest import ROOT, clean_environ
from tests.support.frames import checked

pytestmark = pytest.mark.redis
SUBSCRIBE = {"type": "subscribe", "subscription_type": "vessels", "proto": 2, "period_ms": 250}
RING = [[-29.95, 44], [-29, 44], [-29, 46], [-29.95, 46]]


@pytest.fixture(scope="module")
def options(private_redis):
    return ("--redis-url", private_redis.url, "--fleet-size", "100", "--update-interval", "1", "--seed", "7")


@pytest.fixture(scope="module")
def start_ingest(start_server, options, tmp_path_factory):
    """Starts the ingest process, which goes on where the last one was."""
    stored = ("--state-file", str(tmp_path_factory.mktemp("state") / "state.db"))
    return functools.partial(start_server, *options, *stored, "--ingest", "yes", vessels=100)


@pytest.fixture(scope="module")
def ingest(start_ingest):
    return start_ingest()


@pytest.fixture(scope="module")
def webs(ingest, start_server, options):
    """Two web processes; they know nothing of the fleet but what comes from Redis."""
    return [start_server("--redis-url", options[1], vessels=100) for _ in range(2)]


def ask(server, method, path, body=None, status=200, **headers):
    """The answer of a request under /api, as JSON."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"} | headers
    request = urllib.request.Request(f"{server.url}/api/{path}", data, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            code, text = answer.status, answer.read()
    except urllib.error.HTTPError as error:
        code, text = error.code, error.read()
    assert code == status, text
    return json.loads(text) if text else None


class Watcher:
    """A client that keeps the chain: what it holds, by MMSI, at (epoch, seq)."""

    def __init__(self, stack, *servers):
        self.stack, self.servers, self.epoch, self.seq, self.held, self.resumed = stack, servers, "", 0, {}, []
        self.ws = None

    def open(self):
        resume = {"resume": {"epoch": self.epoch, "seq": self.seq}} if self.epoch else {}
        for server in self.servers:
            try:
                self.ws = self.stack.enter_context(connect(server.ws_url, max_size=None))
                break
            except (OSError, WebSocketException):  # it may die in the middle of the handshake
                continue
        self.ws.send(json.dumps(SUBSCRIBE | resume))

    def hear(self, updates=1):
        """Some updates, each of which begins where the one before ended; after a break at the next server."""
        while updates:
            try:
                if self.ws is None:
                    self.open()
                message = checked(self.ws.recv(timeout=20))
            except ConnectionClosed:
                self.ws = None
                continue
            updates -= self.take(message)

    def take(self, message):
        if message["type"] == "epoch":
            self.epoch, self.seq = message["epoch"], 0
        if message["type"] == "subscription_confirmed":
            self.epoch, self.seq = message["epoch"], self.seq if message["resumed"] else 0
            self.resumed.append(message["resumed"])
        if message["type"] != "vessel_updates":
            return 0
        if message.get("snapshot"):
            self.held = {}
        else:
            assert message["prev"] == self.seq
        for gone in message["removed"]:
            del self.held[gone["mmsi"]]
        self.held |= {vessel["mmsi"]: vessel for vessel in message["updates"]}
        self.seq = message["seq"]
        return 1

    def misses_nothing(self, server):
        """With the clock stopped, it holds what the server says."""
        ask(server, "PATCH", "simulation/clock", {"paused": True})
        truth = server.get("/api/realtime/vessels")
        while (self.epoch, self.seq) != (truth["epoch"], truth["seq"]):
            self.hear()
            truth = server.get("/api/realtime/vessels")
        assert {m: v["position"] for m, v in self.held.items()} == {v["mmsi"]: v["position"] for v in truth["vessels"]}
        ask(server, "PATCH", "simulation/clock", {"paused": False})


@pytest.fixture
def watch():
    """Makes Watchers, whose connections end with the test."""
    with contextlib.ExitStack() as stack:
        yield functools.partial(Watcher, stack)


def test_a_client_moves_between_web_processes(webs, watch):
    """Epoch and seqs are the same everywhere: a client resumes at another web process and misses nothing."""
    first, second = webs
    watcher = watch(first)
    watcher.hear(3)
    second.wait_until(lambda status: status["seq"] >= watcher.seq)
    watcher.ws.close()
    watcher.servers = (second,)
    watcher.hear(3)
    assert watcher.resumed == [False, True]
    watcher.misses_nothing(first)
    assert {feed["name"] for feed in second.status()["feeds"]} == {"redis", "simulator"}


def test_any_web_process_steers(ingest, webs):
    """The clock is paused, stepped, raced and set from one process, and stands so at all, with the ingest's seed."""
    first, second = webs
    paused = ask(first, "PATCH", "simulation/clock", {"paused": True, "update_interval": 2})
    assert (paused["paused"], paused["seed"], paused["update_interval"], paused["mode"]) == (True, 7, 2.0, "simulation")
    stepped = ask(first, "POST", "simulation/step", {"seconds": 90})
    for server in (ingest, second):
        server.wait_until(lambda status: status["clock"]["time"] == stepped["time"] and status["update_interval"] == 2)
    raced = ask(second, "PATCH", "simulation/clock", {"paused": False, "rate": 2, "update_interval": 1})
    assert (raced["paused"], raced["rate"]) == (False, 2.0)
    assert ask(ingest, "PATCH", "simulation/clock", {"rate": 1})["rate"] == 1.0
    first.wait_until(lambda status: status["clock"]["rate"] == 1.0)
    assert first.status()["simulation"] == ingest.status()["simulation"]
    error = ask(first, "PATCH", "simulation/clock", {"rate": 5000}, 400)
    assert (error["code"], error["field"]) == ("bad_request", "rate")
    assert ask(first, "PATCH", "simulation/clock", {"rate": 2}, 403, Origin="http://evil.example")["type"] == "error"


def test_vessels_routes_and_faults_from_a_web_process(webs):
    """A vessel that a user adds at one web process is in the fleet of all; an error names the field."""
    first, second = webs
    order = {"vessel_name": "Tracker", "vessel_type": "tanker", "position": {"latitude": 45.0, "longitude": -30.0}}
    built = ask(first, "POST", "simulation/vessels", order, 201)
    second.wait_until(lambda status: status["total_vessels"] == 101)
    assert ask(second, "GET", f"realtime/vessels/{built['mmsi']}")["vessel_name"] == "Tracker"
    changed = ask(second, "PATCH", f"simulation/vessels/{built['mmsi']}", {"course": 90})
    assert [vessel["mmsi"] for vessel in ask(first, "GET", "simulation/vessels")["vessels"]] == [changed["mmsi"]]
    assert ask(second, "DELETE", f"simulation/vessels/{built['mmsi']}") == {"removed": built["mmsi"]}
    first.wait_until(lambda status: status["total_vessels"] == 100)
    assert ask(second, "DELETE", f"simulation/vessels/{built['mmsi']}", status=404)["code"] == "not_found"
    ends = [{"lat": 40.7128, "lon": -74.006}, {"lat": 51.5074, "lon": -0.1278}]
    route = ask(first, "POST", "simulation/routes", {"name": "Atlantic", "waypoints": ends}, 201)
    assert ask(second, "GET", "simulation/routes")["routes"] == [route]
    assert route["name"] in [reported["name"] for reported in ask(second, "GET", "realtime/routes")["routes"]]
    ends.append({"lat": 48.8566, "lon": 2.3522, "name": "Paris"})
    error = ask(first, "POST", "simulation/routes", {"name": "x", "waypoints": ends}, 400)
    assert (error["code"], error["field"]) == ("unsailable", "waypoints")
    assert ask(first, "PUT", "simulation/faults", {"duplicate": 0.5})["duplicate"] == 0.5
    assert ask(second, "PUT", "simulation/faults", {})["duplicate"] == 0
    assert len(ask(second, "GET", "simulation/truth?all=true")["vessels"]) == 100
    assert ask(second, "GET", "simulation/scenario")["events"] == []


def test_zones_at_every_web_process(ingest, webs):
    """A zone drawn at one web process exists at all; a vessel in it raises an alert at all; any can delete it."""
    first, second = webs
    zone = ask(first, "POST", "realtime/zones", {"name": "Azores", "corners": RING}, 201)
    assert ask(first, "GET", "realtime/zones")["zones"] == [zone]
    ship = {"vessel_name": "Incomer", "vessel_type": "tanker", "speed": 20, "course": 90}
    ship = ask(first, "POST", "simulation/vessels", ship | {"position": {"latitude": 45.0, "longitude": -30.0}}, 201)
    for server in (ingest, second):
        server.wait_until(lambda status: status["total_vessels"] == 101)
        assert ask(server, "GET", "realtime/zones")["zones"] == [zone]
    ask(second, "POST", "simulation/step", {"seconds": 3000})
    ask(second, "PATCH", "simulation/clock", {"paused": False})
    for server in (ingest, *webs):
        server.wait_until(lambda _, server=server: "entered_zone" in kinds_of(server, ship["mmsi"]))
    seen = ask(first, "GET", "realtime/alerts?limit=200")["alerts"][-1]["event_id"]
    assert seen in ask(first, "POST", "realtime/alerts/acknowledged", {"event_ids": [seen]})["acknowledged"]
    second.wait_until(lambda _: seen in ask(second, "GET", "realtime/alerts")["acknowledged"])
    assert ask(second, "DELETE", f"realtime/zones/{zone['id']}", status=204) is None
    assert ask(second, "GET", "realtime/zones")["zones"] == []
    first.wait_until(lambda _: ask(first, "GET", "realtime/zones")["zones"] == [])


def kinds_of(server, mmsi):
    alerts = ask(server, "GET", "realtime/alerts?limit=200")["alerts"]
    return {alert["kind"] for alert in alerts if alert["vessel"]["mmsi"] == mmsi}


def test_a_second_ingest_process_refuses(ingest, options, private_redis, free_port):
    """It ends with a word about why."""
    command = [sys.executable, str(ROOT / "app.py"), *options, "--ingest", "yes", "--port", str(free_port())]
    ended = subprocess.run(command, capture_output=True, text=True, env=clean_environ(), timeout=60, check=False)
    assert ended.returncode == 1
    assert ended.stderr.strip().endswith("there can be only one")


def test_a_web_process_is_killed(webs, start_server, options, watch):
    """Its clients go on at another where they were."""
    first, second = webs
    watcher = watch(first, second)
    watcher.hear(3)
    second.wait_until(lambda status: status["seq"] >= watcher.seq)
    first.process.kill()
    watcher.hear(3)
    assert watcher.resumed == [False, True]
    watcher.misses_nothing(second)
    webs[0] = start_server("--redis-url", options[1], port=first.port, vessels=100)


def test_redis_is_away(private_redis, webs, watch):
    """During an outage clients stay connected, the feed is down and commands are refused; then nothing is missed."""
    watcher = watch(webs[0])
    watcher.hear(2)
    private_redis.process.kill()
    private_redis.process.wait(10)
    webs[0].wait_until(
        lambda status: {"redis": "down"}.items() <= {f["name"]: f["state"] for f in status["feeds"]}.items()
    )
    assert ask(webs[0], "PATCH", "simulation/clock", {"rate": 2}, 503)["code"] == "ingest_away"
    assert ask(webs[0], "POST", "realtime/zones", {"name": "World", "corners": RING}, 503)["code"] == "ingest_away"
    assert not any(route["custom"] for route in webs[0].get("/api/realtime/routes")["routes"])
    before = watcher.ws
    private_redis.start()
    seq = watcher.seq
    while watcher.seq <= seq:
        watcher.hear()
    assert watcher.ws is before
    watcher.misses_nothing(webs[1])


def test_the_ingest_process_is_killed(ingest, webs, start_ingest, watch):
    """Clients keep their connection, and the next one serves them within five seconds; without one it is said."""
    watcher = watch(webs[0])
    watcher.hear(3)
    epoch, seq = watcher.epoch, watcher.seq
    ingest.process.kill()
    ingest.process.wait(10)
    successor = start_ingest()
    while watcher.seq < seq + 500:  # it leaves out more numbers than its predecessor can have used
        watcher.hear()
    assert (watcher.epoch, watcher.resumed) == (epoch, [False])
    watcher.misses_nothing(webs[1])
    successor.process.kill()
    successor.process.wait(10)
    deadline = time.monotonic() + 60
    code = ""
    while code != "ingest_away":
        assert time.monotonic() < deadline
        code = ask(webs[0], "POST", "simulation/step", {}, 503)["code"]
