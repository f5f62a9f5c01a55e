"""The Procfile's line, as a hosting platform runs it."""

import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from websockets.sync.client import connect

from tests.conftest import ROOT, Server, clean_environ
from tests.support.frames import checked


@pytest.fixture
def deployed(tmp_path, free_port):
    command = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())["web"]
    port = free_port()
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    with (tmp_path / "web.log").open("w") as log:
        process = subprocess.Popen(
            ["sh", "-c", command],
            cwd=ROOT,
            env=clean_environ(PORT=str(port), PATH=path),
            stdout=log,
            stderr=log,
            start_new_session=True,
            text=True,
        )
    server = Server(port, process, tmp_path / "web.log")
    yield server
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


def test_procfile(deployed):
    """It listens on $PORT, serves the page, streams the fleet, and ends on SIGTERM with a client connected."""
    deployed.wait_until(lambda status: status["total_vessels"] == 500)
    with urllib.request.urlopen(deployed.url) as page:
        assert b"Fairway" in page.read()
    with connect(deployed.ws_url) as ws:
        ws.send('{"type": "subscribe", "subscription_type": "vessels"}')
        kinds = [checked(ws.recv(timeout=20))["type"] for _ in range(3)]
        assert kinds == ["connection_established", "subscription_confirmed", "vessel_updates"]
        os.killpg(deployed.process.pid, signal.SIGTERM)
        deployed.process.wait(25)
