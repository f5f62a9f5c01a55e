"""Logs: one line per event, as text or as JSON."""

import json
import subprocess
import sys

import pytest

from tests.conftest import ROOT

CODE = "import logging; from fairway.runtime.logs import to_stderr; to_stderr({!r}); logging.getLogger('x').info('up')"


def line(log_format: str) -> str:
    code = CODE.format(log_format)
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stderr


def test_text():
    """A line of text ends with level, logger and message."""
    assert line("text").endswith(" INFO x up\n")


def test_json():
    """A line of JSON has a field for each part."""
    entry = json.loads(line("json"))
    assert (entry["level"], entry["logger"], entry["message"]) == ("INFO", "x", "up")
    assert entry.keys() >= {"time", "thread"}


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_werkzeug_logs_no_requests(log_format):
    """A line for each request would drown what happened."""
    code = CODE.format(log_format).replace("'x'", "'werkzeug'")
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stderr == ""
