"""The composed program as a process: what it writes."""

import json

from app import create
from fairway.settings import Settings


def test_log_lines_as_json(start_server):
    """With --log-format json every line of the program's own is one JSON object with time, level, logger and thread."""
    server = start_server("--log-format", "json", "--fleet-size", "3")
    lines = [line for line in server.log.read_text().splitlines() if line.startswith("{")]
    entries = [json.loads(line) for line in lines]
    assert entries
    assert {"time", "level", "logger", "thread", "message"} <= set(entries[0])
    assert any(entry["message"] == f"http://127.0.0.1:{server.port}" for entry in entries)


def test_started_from_another_folder(tmp_path, monkeypatch):
    """The page finds its own files wherever the program is started."""
    monkeypatch.chdir(tmp_path)
    client = create(Settings(state_file="", database_url="")).server.test_client()
    assert [client.get(f"/assets/{name}").status_code for name in ("main.mjs", "css/app.css")] == [200, 200]
