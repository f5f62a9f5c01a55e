"""The guide's clients and third-party tools against real servers."""

import contextlib
import json
import os
import pty
import re
import socket
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import clean_environ

ROOT = Path(__file__).parents[2]
MODULES = Path(__file__).parent / "node_modules"
TABLE_WORDS = ("connected", "in the fleet", "simulator ok", "tanker", "Destination", "kn", "MV ")
PYTHON_CLIENT = (sys.executable, "-u", str(ROOT / "clients/realtime_websocket_client.py"))


@contextlib.contextmanager
def program(*command: str, **options) -> Iterator[subprocess.Popen]:
    """Yield a running program whose output can be read; it ends afterwards, or after a minute."""
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.PIPE, text=True, **options
    )
    alarm = threading.Timer(60, process.kill)
    alarm.start()
    try:
        yield process
    finally:
        alarm.cancel()
        process.kill()
        process.communicate()


def lines_until(process: subprocess.Popen, pattern: str) -> list[str]:
    """Return the printed lines up to the first match."""
    seen = []
    for line in process.stdout:
        seen.append(line.rstrip())
        if re.search(pattern, line):
            return seen
    raise AssertionError(f"no {pattern!r} in {seen[-20:]}")


@pytest.fixture(scope="module")
def server(start_server):
    return start_server("--update-interval", "1", vessels=500)


@pytest.fixture(scope="module")
def large(start_server):
    return start_server("--update-interval", "1", "--fleet-size", "10000", vessels=10_000)


@pytest.fixture(scope="module")
def replay(start_server, recording):
    options = ("--feeds", "aivdm_file", "--aivdm-file", str(recording), "--update-interval", "1")
    return start_server(*options, vessels=100)


def test_the_python_client_sees_the_fleet(server):
    """The guide's client prints the whole fleet at once, and then the updates."""
    with program(*PYTHON_CLIENT, server.ws_url) as process:
        assert lines_until(process, "Received")[-1] == "Received 500 vessel updates"
        lines = lines_until(process, "Received")
    assert len(lines) == 501
    assert all(re.fullmatch(r"  MV .+: \(-?\d+\.\d{4}, -?\d+\.\d{4}\)", line) for line in lines[:-1])
    assert any("MV Atlantic Pioneer" in line for line in lines)


def test_the_python_client_takes_ten_thousand(large):
    """A fleet of 10,000 comes in parts that `websockets` accepts, and every vessel is there."""
    names = []
    with program(*PYTHON_CLIENT, large.ws_url) as process:
        while len(names) < 10_000:
            count = int(re.search(r"\d+", lines_until(process, "Received")[-1])[0])
            names += [process.stdout.readline() for _ in range(count)]
    assert len(names) == 10_000
    assert len({name.split(":")[0] for name in names}) > 9_000


def test_the_python_client_sees_real_ships(replay):
    """On the recording the same client prints ships around Australia."""
    with program(*PYTHON_CLIENT, replay.ws_url) as process:
        count = int(re.search(r"\d+", lines_until(process, "Received")[-1])[0])
        lines = [process.stdout.readline() for _ in range(count)]
    assert count >= 100
    assert sum("(-" in line for line in lines) > count / 3


def test_filters_of_the_python_client(server):
    """Filters are arguments; the server does the filtering."""
    tankers = server.get("/api/realtime/vessels?type=tanker&fields=mmsi")["total_count"]
    with program(*PYTHON_CLIENT, server.ws_url, "--type", "tanker") as process:
        assert lines_until(process, "Received")[-1] == f"Received {tankers} vessel updates"


@pytest.mark.parametrize(
    ("address", "arguments", "says"),
    [
        ("ws://127.0.0.1:{free}/ws", (), "is the server running, and on this port?"),
        ("ws://127.0.0.1:{port}/nowhere", (), "instead of a WebSocket: wrong port or path?"),
        ("ws://127.0.0.1:{other}/ws", (), "wrong port"),
        ("http://127.0.0.1:{port}/ws", (), "is no address such as ws://localhost:8050/ws"),
        ("ws://127.0.0.1:{port}/ws", ("--bbox", "49,100,52,3"), "the server refuses: filter.bbox"),
    ],
)
def test_the_python_client_says_what_is_wrong(server, file_server, free_port, address, arguments, says):
    """A refused connection, a wrong path or port, a bad address or filter: the client explains it and ends."""
    url = address.format(free=free_port(), port=server.port, other=file_server)
    done = subprocess.run([*PYTHON_CLIENT, url, *arguments], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_connected_but_no_data(start_server):
    """The client reports a stream without updates, with the state of the feeds."""
    slow = start_server("--update-interval", "3600")
    with program(*PYTHON_CLIENT, slow.ws_url, "--quiet", "1") as process:
        assert lines_until(process, "connected, but no vessel update")


def test_the_python_client_comes_back(start_server):
    """After a restart of the server the client reconnects and shows the new fleet."""
    first = start_server("--update-interval", "1", "--fleet-size", "30", vessels=30)
    with program(*PYTHON_CLIENT, first.ws_url, "--period", "1") as process:
        assert lines_until(process, "Received")[-1] == "Received 30 vessel updates"
        first.stop()
        lines_until(process, "next try in 1 s")
        start_server("--update-interval", "1", "--fleet-size", "40", port=first.port, vessels=40)
        assert lines_until(process, "Received 40")[-1] == "Received 40 vessel updates"


def test_the_python_client_goes_on_where_it_was(server):
    """When only the connection breaks, the client gets the changes and not the whole fleet again."""
    with (
        proxied(server.port) as (port, cut),
        program(*PYTHON_CLIENT, f"ws://127.0.0.1:{port}/ws", "--period", "1") as process,
    ):
        assert lines_until(process, "Received")[-1] == "Received 500 vessel updates"
        lines_until(process, "Received")
        cut()
        lines_until(process, "next try in 1 s")
        assert "Received 500 vessel updates" not in lines_until(process, "Received")


def test_the_live_table(server):
    """In a terminal it shows the fleet's composition and a table, with hostile names as text."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (30, 120))
    command = (*PYTHON_CLIENT, server.ws_url, "--type", "tanker", "--sort", "speed")
    environ = clean_environ(TERM="xterm", COLUMNS="120", LINES="30")  # the runner may have set others
    process = subprocess.Popen(command, stdout=theirs, stderr=theirs, stdin=theirs, env=environ)
    os.close(theirs)
    shown, deadline = "", time.monotonic() + 90
    try:
        while time.monotonic() < deadline and not all(word in shown for word in TABLE_WORDS):
            shown += os.read(ours, 65536).decode(errors="replace")
    finally:
        process.kill()
        process.wait()
        os.close(ours)
    assert [word for word in TABLE_WORDS if word not in shown] == []
    assert "container" not in shown


@pytest.mark.node
def test_the_javascript_client(server):
    """The guide's class, with its two open methods supplied, follows the fleet in node."""
    with program("node", "ais_client.mjs", server.ws_url, cwd=run_folder()) as process:
        lines = lines_until(process, r"\d+ vessels known")
    assert lines[0] == "Connected to AIS stream"
    assert "Received 500 vessel updates" in lines
    assert lines[-1] == "500 vessels known, 500 in the fleet"


@pytest.mark.node
def test_the_javascript_client_says_what_is_wrong(free_port):
    """Without a server the client explains it and tries again."""
    with program("node", "ais_client.mjs", f"ws://127.0.0.1:{free_port()}/ws", cwd=run_folder()) as process:
        lines = lines_until(process, "next try in 2 s")
    assert all("is the server running, on this port and path?" in line for line in lines)


@pytest.mark.node
def test_the_javascript_client_comes_back(start_server):
    """After a restart of the server the client reconnects."""
    first = start_server("--update-interval", "1", "--fleet-size", "30", vessels=30)
    with program("node", "ais_client.mjs", first.ws_url, cwd=run_folder()) as process:
        lines_until(process, "30 vessels known, 30 in the fleet")
        first.stop()
        lines_until(process, "connection lost")
        start_server("--update-interval", "1", "--fleet-size", "40", port=first.port, vessels=40)
        lines_until(process, "40 vessels known, 40 in the fleet")


@pytest.mark.node
def test_the_javascript_client_says_that_nothing_comes(start_server):
    """The client reports a connection without updates."""
    slow = start_server("--update-interval", "3600")
    script = """
        const { FleetClient } = await import("./ais_client.mjs");
        new FleetClient(process.argv[1], { quietMs: 500 });
    """
    with program("node", "--input-type=module", "-e", script, slow.ws_url, cwd=run_folder()) as process:
        assert "api/realtime/status" in lines_until(process, "connected, but no vessel update")[-1]


@pytest.mark.node
def test_alerts_come_once(server):
    """Entering a port and exceeding 20 knots are each reported once; the client's own handler runs too."""
    script = """
        const { setupAlerts } = await import("./alerts.mjs");
        const seen = [], handled = [];
        const client = { handleMessage(data) { handled.push(data.type); } };
        setupAlerts(client, (words) => seen.push(words));
        const update = (speed_over_ground, status, port_name) => {
            const [position, kinematics] = [{ port_name }, { speed_over_ground }];
            const ship = { mmsi: 1, vessel_name: "SHIP", status, position, kinematics };
            client.handleMessage({ type: "vessel_updates", updates: [ship] });
        };
        update(10, "in_port", "Tokyo"); update(21, "at_sea", null); update(22, "at_sea", null);
        update(19.5, "at_sea", null); update(21, "at_sea", null);
        update(18, "at_sea", null); update(21, "at_sea", null);
        update(5, "in_port", "Rotterdam"); update(0, "in_port", "Rotterdam"); update(null, "anchored", "Rotterdam");
        client.handleMessage({ type: "fleet_summary_update" });
        console.log(JSON.stringify({ seen, handled: handled.length }));
    """
    command = ["node", "--input-type=module", "-e", script]
    done = subprocess.run(command, cwd=run_folder(), capture_output=True, text=True, timeout=60, check=True)
    fast = "SHIP moving at high speed: 21 kts"
    assert json.loads(done.stdout) == {"seen": [fast, fast, "SHIP entered Rotterdam"], "handled": 11}


@pytest.mark.node
def test_alerts_of_a_fleet(start_server):
    """On a fast clock, ships enter ports, and the program reports it."""
    fast = start_server("--update-interval", "1", "--speed-factor", "1000", vessels=500)
    with program("node", "alerts.mjs", fast.ws_url, cwd=run_folder()) as process:
        assert re.search(r"ALERT MV .+ entered .+", lines_until(process, "ALERT .* entered")[-1])


def run_folder() -> Path:
    """A folder in which node finds both the clients and `ws`."""
    folder = MODULES / ".clients"
    folder.mkdir(exist_ok=True)
    for client in (ROOT / "clients").glob("*.mjs"):
        (folder / client.name).write_text(client.read_text())
    return folder


@pytest.fixture(scope="module")
def file_server(free_port) -> Iterator[int]:
    """A port with another program: `python -m http.server`."""
    port = free_port()
    command = (sys.executable, "-u", "-m", "http.server", str(port), "--bind", "127.0.0.1")
    with program(*command) as process:
        assert "Serving" in process.stdout.readline()
        yield port


@contextlib.contextmanager
def proxied(port: int) -> Iterator[tuple[int, Callable[[], None]]]:
    """A TCP relay to `port`, and a function that cuts all its connections."""
    listening, pairs = socket.create_server(("127.0.0.1", 0)), []

    def relay(source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while received := source.recv(65536):
                sink.sendall(received)

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = listening.accept()
                far = socket.create_connection(("127.0.0.1", port))
                pairs.append((near, far))
                for ends in ((near, far), (far, near)):
                    threading.Thread(target=relay, args=ends, daemon=True).start()

    def cut() -> None:
        for end in (end for pair in pairs for end in pair):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listening.getsockname()[1], cut
    finally:
        cut()
        listening.close()


@pytest.mark.node
@pytest.mark.parametrize("path", ["/ws", ""])
def test_wscat(server, path):
    """`wscat -c` shows the greeting, at both addresses."""
    with program(str(MODULES / ".bin/wscat"), "-c", f"ws://127.0.0.1:{server.port}{path}") as process:
        assert '"type":"connection_established"' in lines_until(process, "connection_established")[-1]


def test_curl(server):
    """The guide's curl of the status."""
    command = ["curl", "-s", f"{server.url}/api/realtime/status"]
    assert '"total_vessels":500' in subprocess.run(command, capture_output=True, text=True, check=True).stdout
