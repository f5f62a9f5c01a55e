"""Every code block of README and guides runs as it stands there; only ports, hosts and folders are replaced."""

import contextlib
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import MODULES, ROOT, clean_environ, code_blocks

PAGES = ("README.md", "docs/guide/outputs.md", "docs/guide/scaling.md", "docs/guide/scenarios.md")
"""docs/guide/commands.md and docs/guide/simulation.md have test modules of their own."""
NOT_RUN = {"docker": "no container engine on the tests' machines"}
SERVES = re.compile(r"(^|\s)(python app\.py|make run)\b")
MARKS = {
    "redis": pytest.mark.redis,
    "mqtt": pytest.mark.mqtt,
    "amqp": pytest.mark.amqp,
    "postgres": pytest.mark.postgres,
}
WITHIN_S = 120.0


def blocks() -> Iterator[object]:
    """Each bash and Python block of the pages, with the marks of the servers that it names."""
    for page in PAGES:
        for language in ("bash", "python"):
            for number, text in enumerate(code_blocks(ROOT / page, language), 1):
                if any(text.startswith(program) for program in NOT_RUN):
                    continue
                marks = [
                    mark
                    for name, mark in MARKS.items()
                    if f"{name}://" in text or (name == "mqtt" and "mosquitto" in text)
                ]
                yield pytest.param(page, language, text, marks=marks, id=f"{page}-{language}-{number}")


@pytest.fixture
def replaced(request, free_port, tmp_path):
    """Replace what a block names of the outside world by the tests' own servers, ports and folders."""

    def replace(text: str, port: int) -> str:
        text = text.replace("127.0.0.1:8050", f"127.0.0.1:{port}").replace(
            "192.168.1.20:10110", f"127.0.0.1:{free_port()}"
        )
        if "redis://" in text:
            text = re.sub(r"redis://\S+", request.getfixturevalue("private_redis").url, text)
        if "1883" in text or "mosquitto_sub" in text:
            broker = request.getfixturevalue("mosquitto")
            broker.start()
            text = text.replace(":1883", f":{broker.port}").replace("mosquitto_sub", f"mosquitto_sub -p {broker.port}")
        if "amqp://" in text:
            text = text.replace("127.0.0.1:5672", f"127.0.0.1:{request.getfixturevalue('rabbitmq')}")
        if "postgres://" in text:
            text = re.sub(r"postgres://\S+", request.getfixturevalue("postgres").url, text)
        return text.replace("/var/lib/fairway", str(tmp_path)).replace("session.toml", f"{tmp_path}/session.toml")

    return replace


class Shell:
    """Runs lines of a block; servers stay until the block ends."""

    def __init__(self, free_port, folder: Path) -> None:
        self._free_port, self._folder = free_port, folder
        self._running: list[subprocess.Popen[str]] = []

    def serve(self, line: str, port: int | None = None) -> None:
        """Start a server and wait until it has vessels."""
        port = port or self._free_port()
        more = {"PORT": str(port), "FAIRWAY_AIVDM_OUT_PORT": str(self._free_port())}
        line = line.replace("make run", f"make -o .venv/ready RUN={sys.executable} run")
        process = self._start(line, **more)
        url = f"http://127.0.0.1:{port}/api/realtime/status"
        deadline = time.monotonic() + WITHIN_S
        while time.monotonic() < deadline:
            assert process.poll() is None, process.stdout.read()
            with contextlib.suppress(OSError, urllib.error.URLError), urllib.request.urlopen(url, timeout=10) as answer:
                if b'"total_vessels":0' not in answer.read():
                    return
            time.sleep(0.1)
        raise AssertionError(f"no vessels within {WITHIN_S:g} s: {line}")

    def run(self, line: str) -> str:
        """Run a command until it ends or prints its first line."""
        if line.startswith("make "):
            line = line.replace("make", f"make -o .venv/ready RUN={sys.executable}")
        process = self._start(line)
        lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=lambda: lines.put(process.stdout.readline()), daemon=True).start()
        if "curl" in line:
            assert process.wait(WITHIN_S) == 0, line
        first = lines.get(timeout=WITHIN_S)
        assert process.poll() in (None, 0), first
        assert not first.startswith("make: ***"), first
        return first

    def _start(self, line: str, **more: str) -> subprocess.Popen[str]:
        bins = f"{Path(sys.executable).parent}:{MODULES / '.bin'}:{os.environ['PATH']}"
        folder = self._folder if "curl" in line else ROOT
        environ = clean_environ(PATH=bins, **more)
        process = subprocess.Popen(
            ["sh", "-c", line.replace("curl ", "curl -sS --fail-with-body ")], cwd=folder, env=environ, text=True,
            start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self._running.append(process)
        return process

    def stop(self) -> None:
        for process in reversed(self._running):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
        for process in self._running:
            process.communicate(timeout=30)


@pytest.mark.parametrize(("page", "language", "text"), list(blocks()))
def test_block(page, language, text, replaced, free_port, tmp_path):
    """Its servers get vessels, its commands succeed, its programs print something."""
    port = free_port()
    text = replaced(text, port)
    shell = Shell(free_port, tmp_path)
    try:
        if f"127.0.0.1:{port}" in text or "amqp://" in text or "make client" in text:
            shell.serve(before(text, tmp_path), port)
        if language == "python":
            program = tmp_path / "program.py"
            program.write_text(text)
            assert shell.run(f"python -u {program}")
        for line in text.splitlines() if language == "bash" else ():
            command = line.split("   #")[0].strip()
            if SERVES.search(command):
                shell.serve(command)
            elif command:
                assert shell.run(command) or "-O" in command or ">" in command
    finally:
        shell.stop()


def before(text: str, folder: Path) -> str:
    """The server that a block expects to run, with a history where it asks for the past."""
    broker = re.search(r"amqp://[^\"'\s)]+", text)
    history = f"FAIRWAY_DATABASE_URL=sqlite:///{folder}/history.db " if "/api/history" in text else ""
    return f"{history}{f'AMQP_URL={broker[0]} ' if broker else ''}python app.py --update-interval 1"


def test_what_is_not_run_has_a_reason():
    """Blocks that are left out begin with a program that the list names."""
    left_out = [text for page in PAGES for text in code_blocks(ROOT / page, "bash") if text.split()[0] in NOT_RUN]
    assert len(left_out) == 1
