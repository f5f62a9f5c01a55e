"""The raw WebSocket of a real server, spoken to by `websockets` and by bare sockets."""

import contextlib
import json
import re
import socket
import time
from collections.abc import Iterator

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from fairway.protocol import encode_binary
from tests.support.frames import checked

INTERVAL_S = 0.5


@pytest.fixture(scope="module", params=["werkzeug", "gunicorn"])
def server(start_server, request):
    return start_server("--update-interval", str(INTERVAL_S), vessels=500, under=request.param)


@pytest.fixture
def client(server) -> Iterator:
    with connect(server.ws_url) as ws:
        yield ws


def receive(ws, kind: str, within_s: float = 20) -> dict:
    """The next message of a type."""
    deadline = time.monotonic() + within_s
    while True:
        message = checked(ws.recv(timeout=deadline - time.monotonic()))
        if message["type"] == kind:
            return message


def ask(ws, **request) -> None:
    ws.send(json.dumps(request))


def handshake(server, *changes: str, path: str = "/ws", method: str = "GET", without: str = "") -> socket.socket:
    """A socket on which an opening handshake was sent, with headers left out or added."""
    headers = {
        "Host": f"127.0.0.1:{server.port}",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version": "13",
    }
    headers |= dict(change.split(": ") for change in changes)
    headers.pop(without, None)
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    sock = socket.create_connection(("127.0.0.1", server.port), timeout=20)
    sock.sendall("\r\n".join(lines).encode())
    return sock


@pytest.mark.parametrize("path", ["/ws", "/", ""])
def test_greeting_at_both_paths(server, path):
    """`ws://host:port` and `ws://host:port/ws` greet at once."""
    with connect(f"ws://127.0.0.1:{server.port}{path}") as ws:
        greeting = checked(ws.recv(timeout=20))
    assert greeting["type"] == "connection_established"
    assert greeting["fleet_summary"]["total_vessels"] == 500


def test_subscription(client):
    """Confirmation, the whole fleet at once, then the grid's updates: each vessel reports every interval."""
    assert checked(client.recv(timeout=20))["type"] == "connection_established"
    ask(client, type="subscribe", subscription_type="all")
    assert checked(client.recv(timeout=20))["type"] == "subscription_confirmed"
    whole = checked(client.recv(timeout=20))
    assert (whole["type"], whole["update_count"], len(whole["updates"])) == ("vessel_updates", 500, 500)
    known = {vessel["mmsi"]: vessel["timestamp"] for vessel in whole["updates"]}
    update = receive(client, "vessel_updates")
    assert update["seq"] > whole["seq"]
    assert update["update_count"] == len(update["updates"]) > 0
    assert all(vessel["timestamp"] >= known[vessel["mmsi"]] for vessel in update["updates"])
    assert receive(client, "fleet_summary_update")["summary"]["connected_clients"] == 1


def test_requests(client):
    """The guide's requests are answered, wrong ones named, and the connection stays open."""
    ask(client, type="get_vessel", imo_number="IMO7000001")
    assert receive(client, "vessel_data")["vessel"]["vessel_name"] == "MV Atlantic Pioneer"
    client.send("{")
    assert receive(client, "error")["code"] == "bad_json"
    client.send(b"\x00")
    assert "binary" in receive(client, "error")["message"]
    ask(client, type="get_fleet_summary")
    assert receive(client, "fleet_summary")["summary"]["total_vessels"] == 500


def test_clients_in_step_get_the_same_frames(server):
    """One global tick: two clients that connected at different moments receive identical updates."""
    with connect(server.ws_url) as first, connect(server.ws_url) as second:
        seen = {update["seq"]: update for update in (receive(first, "vessel_updates") for _ in range(4))}
        others = [receive(second, "vessel_updates") for _ in range(4)]
    shared = [update for update in others if update["seq"] in seen]
    assert shared
    assert all(update == seen[update["seq"]] for update in shared[1:])


@pytest.mark.parametrize(
    ("changes", "without", "status"),
    [
        ((), "Sec-WebSocket-Key", 400),
        (("Sec-WebSocket-Key: short",), "", 400),
        (("Sec-WebSocket-Key: ****",), "", 400),
        (("Sec-WebSocket-Version: 12",), "", 426),
        ((), "Sec-WebSocket-Version", 426),
        ((), "Upgrade", 426),
        ((), "Connection", 426),
    ],
)
def test_a_malformed_upgrade(server, changes, without, status):
    """A malformed handshake gets 400 or 426, never 500."""
    with handshake(server, *changes, without=without) as sock:
        head = sock.recv(4096).decode()
    assert head.startswith(f"HTTP/1.1 {status} ")


@pytest.mark.parametrize("level", ["3", "", "two"])
def test_a_level_that_no_one_speaks(server, level):
    """`?proto=3` is refused before the upgrade, by name: silence would be level 1, which was not asked for."""
    with handshake(server, path=f"/ws?proto={level}") as sock:
        answer = ""
        while "\n" not in answer.partition("is not one of")[2]:
            answer += sock.recv(4096).decode()
    assert answer.startswith("HTTP/1.1 400 Bad Request\r\n")
    assert f"proto '{level}' is not one of 1, 2" in answer


def test_a_post_is_no_handshake(server):
    """RFC 6455 upgrades a GET only."""
    with handshake(server, method="POST") as sock:
        assert sock.recv(4096).startswith(b"HTTP/1.1 400 ")


def test_compression_is_declined(server):
    """Per-client compression costs twelve times the CPU: the offer is not taken, and all the same the stream works."""
    with handshake(server, "Sec-WebSocket-Extensions: permessage-deflate") as sock:
        head = sock.recv(4096)
    assert head.startswith(b"HTTP/1.1 101 ")
    assert b"extensions" not in head.lower()


def test_too_long_a_message(server):
    """A message over 64 KiB closes with 1009, and no one else notices."""
    with connect(server.ws_url) as healthy, connect(server.ws_url) as ws:
        ws.send("x" * 65_537)
        with pytest.raises(ConnectionClosed):
            list(ws)
        assert ws.close_code == 1009
        assert receive(healthy, "vessel_updates")


def test_who_breaks_off_frees_the_seat(server):
    """Ten clients that vanish without a goodbye are soon no longer counted."""
    for _ in range(3):
        handshake(server).close()
    server.wait_until(lambda status: status["connected_clients"] == 0, 30)


def test_all_seats_taken(start_server):
    """Where two clients may be, the third gets 1013, and has its seat when one goes."""
    server = start_server("--max-clients", "2")
    with connect(server.ws_url) as first, connect(server.ws_url) as second:
        checked(second.recv(timeout=20))
        with connect(server.ws_url) as third, pytest.raises(ConnectionClosed):
            third.recv(timeout=20)
        assert third.close_code == 1013
        first.close()
        server.wait_until(lambda status: status["connected_clients"] == 1)
        with connect(server.ws_url) as fourth:
            assert checked(fourth.recv(timeout=20))["type"] == "connection_established"


def test_a_reader_that_takes_nothing(start_server):
    """It is closed after 10 s; until then the simulator and the other client go on at their pace."""
    server = start_server("--update-interval", "0.5", "--fleet-size", "10000", vessels=10_000)
    with connect(server.ws_url, max_size=2**20) as healthy:
        stalled = socket.socket()
        stalled.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        stalled.connect(("127.0.0.1", server.port))
        with contextlib.closing(stalled):
            request = "GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            stalled.sendall(f"{request}Sec-WebSocket-Key: {'A' * 22}==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode())
            server.wait_until(lambda status: status["connected_clients"] == 2)
            seqs = set()
            while server.status()["connected_clients"] == 2:
                seqs.add(receive(healthy, "vessel_updates")["seq"])
            assert len(seqs) > 10
    assert "took nothing for 10 s" in server.log.read_text()


def test_the_log_tells_of_each_client(start_server):
    """One line each for connect, subscribe and close."""
    server = start_server()
    with connect(server.ws_url) as ws:
        ask(ws, type="subscribe", subscription_type="summary")
        receive(ws, "subscription_confirmed")
    server.wait_until(lambda status: status["connected_clients"] == 0)
    lines = re.findall(r"client 1 (\S+)", server.log.read_text())
    assert lines == ["connected", "subscribed", "closed"]


def test_level_2_over_the_wire(server):
    """From `?proto=2` on: a snapshot in a binary frame, then what changed, chained; and the feed is well."""
    with connect(server.ws_url + "?proto=2", max_size=2**21) as ws:
        assert re.search(r"\.\d{3}Z$", receive(ws, "connection_established")["timestamp"])
        ask(ws, type="subscribe", subscription_type="vessels", encoding="binary", period_ms=250)
        confirmed = receive(ws, "subscription_confirmed")
        assert (confirmed["matched_now"], confirmed["period_ms"]) == (500, 250)
        heads = []
        while len(heads) < 4:
            message = ws.recv(timeout=20)
            heads += [encode_binary.read(message)[0]] if isinstance(message, bytes) else []
    assert (heads[0]["flags"], heads[0]["n"], heads[0]["prev"]) == (encode_binary.SNAPSHOT, 500, 0)
    assert [head["prev"] for head in heads[1:]] == [head["seq"] for head in heads[:-1]]
    (feed,) = server.status()["feeds"]
    assert (feed["name"], feed["state"]) == ("simulator", "ok")
