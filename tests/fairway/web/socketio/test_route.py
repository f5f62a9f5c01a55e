"""Socket.IO of a real server, spoken to by python-socketio, by the npm client, and by hand."""

import contextlib
import itertools
import json
import queue
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import socketio
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

MODULES = Path(__file__).parents[4] / "tests/clients/node_modules"
INTERVAL_S = 1
SEATS = 4
HANDSHAKE = "/socket.io/?EIO=4&transport=polling"


@pytest.fixture(scope="module", params=["werkzeug", "gunicorn"])
def server(start_server, request):
    options = ("--update-interval", str(INTERVAL_S), "--threads", str(2 * SEATS))
    return start_server(*options, vessels=500, under=request.param)


class Client(socketio.Client):
    """python-socketio's client, whose events can be waited for."""

    def __init__(self) -> None:
        super().__init__(reconnection=False)
        self.events: queue.Queue[tuple[str, object]] = queue.Queue()
        self.on("*", lambda event, body: self.events.put((event, body)))
        for name in ("connect_error", "disconnect"):
            self.on(name, lambda *reason, name=name: self.events.put((name, reason[0] if reason else None)))

    def until(self, event: str, within_s: float = 20) -> dict:
        """The next body of an event."""
        deadline = time.monotonic() + within_s
        while True:
            name, body = self.events.get(timeout=deadline - time.monotonic())
            if name == event:
                return body


@contextlib.contextmanager
def connected(server, transport: str = "websocket") -> Iterator[Client]:
    client = Client()
    client.connect(server.url, transports=[transport], wait_timeout=20)
    try:
        yield client
    finally:
        client.disconnect()


@pytest.mark.parametrize("transport", ["polling", "websocket"])
def test_the_guides_events(server, transport):
    """Greeting, answers to the guide's requests with and without an argument, the whole fleet, then updates."""
    with connected(server, transport) as client:
        greeting = client.until("connection_established")
        assert greeting["fleet_summary"]["total_vessels"] == 500
        assert "type" not in greeting
        client.emit("get_fleet_summary")
        assert client.until("fleet_summary")["summary"]["connected_clients"] >= 1
        client.emit("get_vessel", {"imo_number": "IMO7000001"})
        assert client.until("vessel_data")["vessel"]["vessel_name"] == "MV Atlantic Pioneer"
        client.emit("subscribe", {"subscription_type": "all"})
        assert client.until("subscription_confirmed")["subscription_type"] == "all"
        whole = client.until("vessel_updates")
        while not whole.get("snapshot"):
            whole = client.until("vessel_updates")
        assert whole["update_count"] == len(whole["updates"]) == 500
        assert client.until("vessel_updates")["seq"] > whole["seq"]
        assert client.until("fleet_summary_update")["summary"]["total_vessels"] == 500
        client.emit("nonsense")
        assert client.until("error")["code"] == "unknown_type"
        assert server.status()["clients"]["socketio"] == 1
    server.wait_until(lambda status: status["clients"]["socketio"] == 0)


@pytest.mark.node
@pytest.mark.parametrize("transports", [["polling"], ["websocket"], ["polling", "websocket"]], ids="+".join)
def test_the_npm_client(server, transports):
    """The guide's JavaScript, with the client of npm, over each transport and over the change from one to the other."""
    script = """
        const { io } = require("socket.io-client");
        const socket = io(process.argv[1], { transports: JSON.parse(process.argv[2]) });
        const seen = new Set();
        socket.on("connect", () => {
            socket.emit("subscribe", { subscription_type: "all" });
            socket.emit("get_vessel", { imo_number: "IMO7000001" });
            socket.emit("get_fleet_summary");
        });
        socket.onAny((name, body) => {
            seen.add(name);
            if (name === "vessel_updates" && !body.snapshot && seen.size >= 6) {
                console.log(JSON.stringify({ seen: [...seen], transport: socket.io.engine.transport.name }));
                socket.close();
            }
        });
        socket.on("connect_error", (error) => console.log("connect_error", error.message));
    """
    command = ["node", "-e", script, server.url, json.dumps(transports)]
    done = subprocess.run(command, cwd=MODULES.parent, capture_output=True, text=True, timeout=60, check=True)
    answer = json.loads(done.stdout)
    assert set(answer["seen"]) == {
        "connection_established", "subscription_confirmed", "vessel_updates", "vessel_data", "fleet_summary",
        "fleet_summary_update",
    }  # fmt: skip
    assert answer["transport"] == transports[-1]
    server.wait_until(lambda status: status["clients"]["socketio"] == 0)


@pytest.mark.parametrize("transport", ["polling", "websocket"])
def test_at_most_half_the_threads(server, transport):
    """The seats are half the threads; a further client learns why, and a seat that is given back is free again."""
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(connected(server, transport)) for _ in range(SEATS)]
        for client in clients:
            client.until("connection_established")
        refused = Client()
        with pytest.raises(socketio.exceptions.ConnectionError):
            refused.connect(server.url, transports=[transport], wait_timeout=20)
        assert f"all {SEATS} seats of" in refused.until("connect_error")["message"]
        assert server.status()["total_vessels"] == 500
    server.wait_until(lambda status: status["clients"]["socketio"] == 0)
    with connected(server, transport) as client:
        client.until("connection_established")
    server.wait_until(lambda status: status["clients"]["socketio"] == 0)


def get(server, path: str, **headers: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(urllib.request.Request(server.url + path, headers=headers), timeout=20) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def test_who_may_connect(server):
    """A foreign page may not, by polling or by WebSocket, and JSONP, which carries no Origin, is not served."""
    assert get(server, HANDSHAKE, Origin="http://evil.example")[0] == 403
    assert get(server, HANDSHAKE, Origin="http://localhost:8080")[0] == 200
    assert get(server, HANDSHAKE + "&j=0")[0] == 400
    address = f"ws://127.0.0.1:{server.port}/socket.io/?EIO=4&transport=websocket"
    with pytest.raises(InvalidStatus) as caught, connect(address, origin="http://evil.example"):
        pass
    assert caught.value.response.status_code == 403


def test_a_malformed_upgrade(server):
    """An upgrade without a key is 400, not an error of the server."""
    status, _ = get(server, "/socket.io/?EIO=4&transport=websocket", Upgrade="websocket", Connection="Upgrade")
    assert status in (400, 426)


def read_on(ws) -> None:
    """Until there is no more."""
    while True:
        ws.recv(timeout=20)


@contextlib.contextmanager
def spoken(server, **options) -> Iterator:
    """A WebSocket on which the handshakes of Engine.IO and Socket.IO were done by hand."""
    address = f"ws://127.0.0.1:{server.port}/socket.io/?EIO=4&transport=websocket"
    with connect(address, **options) as ws:
        assert ws.recv(timeout=20).startswith("0{")
        ws.send("40")
        assert ws.recv(timeout=20).startswith("40{")
        yield ws


def test_what_is_too_long_ends_the_connection(server):
    """A message of more than 64 KiB is not collected."""
    with spoken(server, compression="deflate") as ws:
        assert ws.protocol.extensions == []
        ws.send("42" + json.dumps(["subscribe", {"x": "y" * 70_000}]))
        with pytest.raises(ConnectionClosed):
            read_on(ws)
    server.wait_until(lambda status: status["clients"]["socketio"] == 0)


def summary_of(ws) -> None:
    """Wait for the next summary of a client of /ws."""
    while '"fleet_summary_update"' not in ws.recv(timeout=20)[:40]:
        pass


def gaps(wait, count: int = 4) -> list[float]:
    """Seconds between what `wait` waits for."""
    wait()
    moments = [time.monotonic()]
    for _ in range(count):
        wait()
        moments.append(time.monotonic())
    return [later - earlier for earlier, later in itertools.pairwise(moments)]


def test_who_does_not_read_delays_no_one(server):
    """One client asks for the fleet again and again and reads nothing: the others, at /ws too, are served in time."""
    with connected(server) as quick, connect(server.ws_url) as raw, spoken(server, max_queue=1) as stuck:
        with contextlib.suppress(ConnectionClosed, TimeoutError):
            for _ in range(60):
                stuck.send('42["subscribe",{"subscription_type":"all"}]')
        assert max(gaps(lambda: quick.until("fleet_summary_update"))) < 2 * INTERVAL_S
        for _ in range(4):
            summary_of(raw)  # what came while the other was looked at
        assert max(gaps(lambda: summary_of(raw))) < 2 * INTERVAL_S
    server.wait_until(lambda status: status["clients"]["socketio"] == 0)


def test_who_never_asks_for_a_seat_is_closed(server):
    """A connection on which nothing is said is closed after some seconds: it holds a thread."""
    address = f"ws://127.0.0.1:{server.port}/socket.io/?EIO=4&transport=websocket"
    with connect(address) as ws:
        assert ws.recv(timeout=20).startswith("0{")
        with pytest.raises(ConnectionClosed):
            read_on(ws)


def test_many_polls_of_one_client(server):
    """One client that polls many times at once takes at most its share of the threads."""
    status, body = get(server, HANDSHAKE)
    assert status == 200
    sid = json.loads(body[1:])["sid"]
    address = f"{server.url}{HANDSHAKE}&sid={sid}"
    polls = [
        subprocess.Popen(["curl", "-s", "-o", "-", "-m", "20", address], stdout=subprocess.PIPE) for _ in range(20)
    ]
    assert server.status()["total_vessels"] == 500
    answers = [poll.communicate()[0] for poll in polls]
    assert any(b'"busy"' in answer for answer in answers)


@pytest.mark.parametrize("under", ["werkzeug", "gunicorn"])
def test_the_end(start_server, under):
    """On SIGTERM every client gets its farewell, whatever its transport, and the server ends by itself."""
    server = start_server("--update-interval", "1", vessels=1, under=under)
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(connected(server, transport)) for transport in ("polling", "websocket")]
        for client in clients:
            client.until("connection_established")
        assert server.stop() in (0, -signal.SIGTERM)
        for client in clients:
            client.until("disconnect")
