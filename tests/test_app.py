"""The entry points of app.py."""

import json
import subprocess
import sys

import pytest

from app import create
from fairway.settings import Settings
from tests.conftest import ROOT, clean_environ


def test_log_lines_as_json(start_server):
    """With --log-format json every line of the program's own is one JSON object with time, level, logger and thread."""
    server = start_server("--log-format", "json", "--fleet-size", "3")
    lines = [line for line in server.log.read_text().splitlines() if line.startswith("{")]
    entries = [json.loads(line) for line in lines]
    assert entries
    assert {"time", "level", "logger", "thread", "message"} <= set(entries[0])
    assert any(entry["message"] == f"http://127.0.0.1:{server.port}" for entry in entries)


def test_started_from_another_folder(tmp_path, monkeypatch):
    """The page finds its own files wherever the program starts."""
    monkeypatch.chdir(tmp_path)
    client = create(Settings(state_file="", database_url="")).server.test_client()
    assert [client.get(f"/assets/{name}").status_code for name in ("main.mjs", "css/app.css")] == [200, 200]


def test_another_web_server():
    """`app:wsgi()` without gunicorn's gthread workers is an error: the hub could not take over connections."""
    command = [sys.executable, "-c", "import app; app.wsgi()"]
    done = subprocess.run(command, cwd=ROOT, env=clean_environ(), capture_output=True, text=True, check=False)
    assert done.stderr.endswith("app:wsgi() is for gunicorn with --worker-class gthread, as in the Procfile\n")


@pytest.mark.parametrize("token", ["", "open sesame"])
def test_gunicorn_logs_the_start(start_server, token):
    """Under gunicorn the log says where state and history lie, and whether there is a token, without showing it."""
    server = start_server("--fleet-size", "3", "--token", token, under="gunicorn", vessels=3)
    log = server.log.read_text()
    assert "state: not saved; history: none; token: " + ("set" if token else "not set") in log
    assert "sesame" not in log
