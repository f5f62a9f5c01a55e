"""The container's commands, as far as they can be run without an engine: in a shell, in the project's folder."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT, Server, clean_environ

DOCKERFILE = (ROOT / "Dockerfile").read_text()


def command(pattern: str) -> list[str]:
    """A command in its JSON form."""
    return json.loads(re.search(pattern + r"(\[.*\])$", DOCKERFILE, re.MULTILINE)[1])


def test_the_command_serves_and_is_healthy(tmp_path, free_port):
    """The container's command serves on $PORT, and its health check succeeds then and fails afterwards."""
    port = free_port()
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environ = clean_environ(PORT=str(port), PATH=path, FAIRWAY_STATE_FILE=str(tmp_path / "state.db"))
    check = command("^    CMD ")
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(
            command("^CMD "), cwd=ROOT, env=environ, stdout=log, stderr=log, text=True, start_new_session=True
        )
    server = Server(port, process, tmp_path / "log")
    try:
        server.wait_until(lambda status: status["total_vessels"] == 500)
        assert subprocess.run(check, env=environ, check=False, timeout=20).returncode == 0
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(25)
    assert subprocess.run(check, env=environ, check=False, timeout=20, capture_output=True).returncode != 0


def test_nothing_that_is_copied_is_ignored():
    """What the server needs is not in .dockerignore."""
    ignored = set((ROOT / ".dockerignore").read_text().split())
    needed = {
        "app.py",
        "fairway/core.py",
        "fairway/settings/settings.py",
        "fairway/settings/parsing.py",
        "Procfile",
        "alerts",
        "assets",
        "components",
        "feeds",
        "outputs",
        "sea",
        "sim",
    }
    assert not ignored & (needed | {"traffic", "scenarios", "requirements.txt"})
