"""docs/guide/commands.md: every command of the guide beside ours, each run literally apart from the port."""

import json
import re
import shlex
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable

import pytest
from websockets.sync.client import connect

from app import create
from fairway.settings import Settings
from fairway.traffic.tracks import CHUNK, MAX_CHUNKS_OF_A_VESSEL
from tests.conftest import MODULES, ROOT, clean_environ, code_blocks
from tests.support.settings import load

PAGE = ROOT / "docs/guide/commands.md"
RUNS_A_SERVER = ("python realtime_websocket_server.py", "python api/realtime_api.py --fleet-size 500 --port 5000")
PRINTS = {
    "python realtime_websocket_client.py": r"Received 500 vessel updates",
    "GET http://localhost:5000/api/realtime/status": r'"total_vessels":500',
    "GET http://localhost:5000/api/realtime/vessels": r'"total_count":500',
    "GET http://localhost:5000/api/realtime/vessels/{imo}/track": r'"points":\[\{"timestamp"',
    "POST http://localhost:5000/api/realtime/vessels/{imo}/subscribe": r'"subscribed":true',
    r"curl -s http://localhost:5000/api/realtime/status \| jq": r'"total_vessels": 500',
    "const client = new AISClient()": r"Received 500 vessel updates",
    "function setupAlerts()": r"Received 500 vessel updates",
    "wscat -c ws://localhost:8765": r'"type":"connection_established"',
}
NEED_NODE = ("const client = new AISClient()", "function setupAlerts()", "wscat -c ws://localhost:8765")
LOOKED_AT_ELSEWHERE = {
    "open realtime_dashboard.html": "tests/browser/test_client_page.py",
    "python -m http.server 8080": "tests/browser/test_client_page.py",
    "new WebSocket('ws://localhost:8765')": "tests/fairway/web/websocket/test_route.py",
}


def rows(title: str) -> dict[str, str]:
    """A table of the page: the guide's cell -> ours."""
    part = PAGE.read_text().split(f"## {title}\n")[1].split("\n## ")[0]
    cells = [re.split(r"(?<!\\) \| ", line.strip("| ")) for line in part.splitlines() if line.startswith("| ")][1:]
    return {theirs.strip("`"): ours for theirs, ours in cells}


def command_of(cell: str) -> str:
    """The first thing in a cell that is set as code."""
    return re.search(r"`(.+?)`", cell)[1].replace("\\|", "|")


COMMANDS = rows("Commands")


def run_until(command: str, pattern: str) -> str:
    """Run a line of the page in a shell, from our folder; what it prints up to the pattern."""
    bins = f"{MODULES / '.bin'}:{sys.executable.rsplit('/', 1)[0]}"
    environ = clean_environ(PATH=f"{bins}:/usr/local/bin:/usr/bin:/bin", NODE_PATH=str(MODULES))
    process = subprocess.Popen(
        ["sh", "-c", f"exec {command}" if "|" not in command else command], cwd=ROOT, env=environ, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    alarm = threading.Timer(60, process.kill)
    alarm.start()
    seen = ""
    try:
        while not re.search(pattern, seen):
            read = process.stdout.readline()
            assert read, f"{command} ended without {pattern!r}: {seen[-2000:]}"
            seen += read
    finally:
        alarm.cancel()
        process.kill()
        process.communicate()
    return seen


@pytest.fixture(scope="module")
def server(start_server):
    return start_server("--update-interval", "1", vessels=500)


def test_every_row_is_run_somewhere():
    """No command of the page is left to the reader to try first."""
    assert COMMANDS.keys() == {*RUNS_A_SERVER, *PRINTS, *LOOKED_AT_ELSEWHERE, "htop"}
    assert all((ROOT / path).is_file() for path in LOOKED_AT_ELSEWHERE.values())


@pytest.mark.parametrize("theirs", RUNS_A_SERVER)
def test_one_port_serves_everything(theirs, start_server, free_port: Callable[[], int]):
    """The servers of the guide are one program: page, stream, REST and Socket.IO, on the port that was asked for."""
    program, file, *options = shlex.split(command_of(COMMANDS[theirs]))
    assert (program, file) == ("python", "app.py")
    at = options.index("--port")
    server = start_server(*options[:at], *options[at + 2 :], port=free_port(), vessels=500)
    for path in ("/ws", "/"):
        with connect(f"ws://127.0.0.1:{server.port}{path}") as ws:
            assert json.loads(ws.recv(timeout=20))["type"] == "connection_established"
    for path, part in (
        ("/", b"Fairway"),
        ("/socket.io/?EIO=4&transport=polling", b'"sid"'),
        ("/api/docs/", b"swagger"),
    ):
        with urllib.request.urlopen(server.url + path, timeout=20) as answer:
            assert part in answer.read()


@pytest.mark.parametrize(
    "theirs", [pytest.param(each, marks=pytest.mark.node) if each in NEED_NODE else each for each in PRINTS]
)
def test_commands(server, theirs):
    """The command beside the guide's prints what the guide says it does."""
    command = re.sub(r"localhost:\d+", f"127.0.0.1:{server.port}", command_of(COMMANDS[theirs]))
    if theirs in NEED_NODE and "clients/" in command:
        folder = MODULES / ".clients"  # where node finds `ws` beside them
        folder.mkdir(exist_ok=True)
        for client in (ROOT / "clients").glob("*.mjs"):
            (folder / client.name).write_text(client.read_text())
        command = command.replace("clients/", f"{folder}/")
    run_until(command, PRINTS[theirs])


@pytest.mark.parametrize(("theirs", "ours"), rows("Settings").items())
def test_settings(theirs, ours):
    """The option beside the guide's assignment gives the value of the guide."""
    option, value = shlex.split(command_of(ours))
    name, given = option.removeprefix("--").replace("-", "_"), theirs.split("=")[1].strip(' "')
    settings = load({}, [option, value])
    assert str(getattr(settings, name)) in (given, f"{given}.0")


def test_in_code():
    """The lines of the page make such a server."""
    (block,) = [block for block in code_blocks(PAGE, "python") if "create(" in block]
    names: dict = {}
    exec(block.replace("fairway.start()", ""), names)
    assert isinstance(names["fairway"], type(create(Settings(state_file=""))))
    assert (names["fairway"].settings.fleet_size, names["fairway"].clock.rate) == (1000, 2.0)


def test_the_guides_python_client(server, tmp_path):
    """As printed, with only the port changed."""
    (block,) = [block for block in code_blocks(PAGE, "python") if "websockets" in block]
    program = tmp_path / "client.py"
    program.write_text(block.replace("localhost:8765", f"127.0.0.1:{server.port}"))
    assert "MV Atlantic Pioneer: (" in run_until(f"python -u {program}", "MV Atlantic Pioneer.*")


@pytest.mark.node
def test_the_guides_socketio_client(server):
    """As printed, with only the port changed; the line that the guide leaves out is where `io` comes from."""
    (block,) = code_blocks(PAGE, "javascript")
    script = "const { io } = require('socket.io-client');\n" + block.replace(
        "localhost:5000", f"127.0.0.1:{server.port}"
    )
    file = MODULES / ".clients" / "socketio_client.cjs"
    file.parent.mkdir(exist_ok=True)
    file.write_text(script)
    seen = run_until(f"node {file}", r"Summary: [\s\S]*Updates: |Updates: [\s\S]*Summary: ")
    assert "Connected" in seen


def test_troubleshooting(server, free_port):
    """Each advice of the guide's list holds here."""
    advice = rows("Troubleshooting")
    assert len(advice) == 4
    client = "python clients/realtime_websocket_client.py"
    run_until(f"{client} ws://127.0.0.1:{free_port()}", "is the server running, and on this port")
    with connect(server.ws_url) as ws:
        ws.send('{"type": "get_fleet_summary"}')
        kinds = {json.loads(ws.recv(timeout=20))["type"] for _ in range(2)}
    assert "fleet_summary" in kinds
    assert {feed["state"] for feed in server.status()["feeds"]} == {"ok"}
    (options,) = [ours for theirs, ours in advice.items() if "High CPU" in theirs]
    for option in re.findall(r"`(.+?)`", options):
        load({}, shlex.split(option))
    assert 1000 <= MAX_CHUNKS_OF_A_VESSEL * CHUNK < 1100


def test_subscribe_opens_the_stream_of_one_vessel(server):
    """What POST .../subscribe says to send, sent where it says, streams that vessel and no other."""
    asked = urllib.request.Request(server.url + "/api/realtime/vessels/IMO7000009/subscribe", method="POST")
    with urllib.request.urlopen(asked, timeout=20) as answer:
        reported = json.loads(answer.read())
    with connect(reported["ws_url"]) as ws:
        ws.send(json.dumps(reported["subscribe_message"]))
        seen = []
        while len(seen) < 2:
            message = json.loads(ws.recv(timeout=60))
            if message["type"] == "vessel_updates":
                seen.append([vessel["mmsi"] for vessel in message["updates"]])
    assert seen == [[reported["mmsi"]]] * 2
