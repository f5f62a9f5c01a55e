"""The guide's clients and other people's tools against real servers."""

import contextlib
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = Path(__file__).parent / "node_modules"
PYTHON_CLIENT = (sys.executable, "-u", str(ROOT / "clients/realtime_websocket_client.py"))


@contextlib.contextmanager
def program(*command: str, **options) -> Iterator[subprocess.Popen]:
    """A running program whose output can be read; ended afterwards, or after a minute."""
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
    """What it prints up to the first line that matches."""
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


@pytest.mark.node
def test_the_javascript_client(server):
    """The guide's class, with its two open methods supplied, follows the fleet in node."""
    with program("node", "ais_client.mjs", server.ws_url, cwd=run_folder()) as process:
        lines = lines_until(process, r"\d+ vessels known")
    assert lines[0] == "Connected to AIS stream"
    assert "Received 500 vessel updates" in lines
    assert lines[-1] == "500 vessels known, 500 in the fleet"


def run_folder() -> Path:
    """A folder in which node finds both the client and `ws`."""
    folder = MODULES / ".clients"
    folder.mkdir(exist_ok=True)
    (folder / "ais_client.mjs").write_text((ROOT / "clients/ais_client.mjs").read_text())
    return folder


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
