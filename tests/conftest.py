"""Shared by all tests: real servers, and the count of tests that could not run."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import hypothesis
import orjson
import pytest
import redis

from fairway.settings.sources import PLATFORM
from tests.support.kinds import is_system_test

pytest_plugins = ["tests.support.servers", "tests.support.feeds", "tests.support.traffic"]

# a busy machine may take its time over one example
hypothesis.settings.register_profile("full", deadline=None)
hypothesis.settings.register_profile("quick", deadline=None, max_examples=15)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "full"))
ROOT = Path(__file__).parents[1]
RECORDING = ROOT / "tests/data/ais_australia_20120127_excerpt.nmea.gz"
MODULES = ROOT / "tests/clients/node_modules"
GPSD = shutil.which("gpsd", path=os.environ.get("PATH", "") + ":/usr/sbin")
NEEDS = {
    "browser": lambda: shutil.which("chromium") and shutil.which("chromedriver"),
    "node": lambda: shutil.which("node") and MODULES.is_dir(),
    "redis": lambda: shutil.which("redis-server"),
    "postgres": lambda: any(Path("/usr/lib/postgresql").glob("*/bin/initdb")),
    "gpsdecode": lambda: shutil.which("gpsdecode"),
    "gpsd": lambda: GPSD,
    "mqtt": lambda: shutil.which("mosquitto"),
    "amqp": lambda: shutil.which("rabbitmq-server") or _listens(5672),
}


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


_not_run: Counter[str] = Counter()


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark system tests, so that `-m "not system"` selects the unit tests."""
    if is_system_test(item) or any(mark.name in NEEDS for mark in item.iter_markers()):
        item.add_marker("system")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect tests whose programs are absent, and count them for the summary."""
    absent = {name for name, present in NEEDS.items() if not present()}
    reasons = {item: absent & {mark.name for mark in item.iter_markers()} for item in items}
    for missing in reasons.values():
        _not_run.update(sorted(missing)[:1])
    config.hook.pytest_deselected(items=[item for item, missing in reasons.items() if missing])
    items[:] = [item for item, missing in reasons.items() if not missing]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Pass the count from a worker of pytest-xdist to the process that prints the summary."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["not_run"] = dict(_not_run)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object) -> None:
    """Take one worker's count: every worker collects all tests, so that the counts are equal."""
    _not_run.update(Counter(getattr(node, "workeroutput", {}).get("not_run", {})) - _not_run)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the tests that were not run."""
    if _not_run:
        terminalreporter.write_line("NOT RUN: " + ", ".join(f"{name} ({n})" for name, n in sorted(_not_run.items())))


@pytest.fixture(scope="session")
def recording() -> Path:
    """The recording of real AIS around Australia."""
    return RECORDING


@dataclass
class Server:
    """`app.py` in a process of its own."""

    port: int
    process: subprocess.Popen[str]
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def ws_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/ws"

    def get(self, path: str) -> dict:
        with urllib.request.urlopen(self.url + path, timeout=30) as response:
            return orjson.loads(response.read())

    def status(self) -> dict:
        return self.get("/api/realtime/status")

    def wait_until(self, happened: Callable[[dict], object], within_s: float = 60.0) -> dict:
        """Return the first status for which `happened` is true."""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise AssertionError(f"the server ended with {self.process.returncode}: {self.log.read_text()[-2000:]}")
            try:
                status = self.status()
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                status = {}
            if status and happened(status):
                return status
            time.sleep(0.05)
        raise AssertionError(f"not within {within_s} s; log: {self.log.read_text()[-2000:]}")

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait(10)


@pytest.fixture(scope="session")
def free_port() -> Callable[[], int]:
    """Return a function that finds ports of 127.0.0.1 without a listener."""

    def find() -> int:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return int(probe.getsockname()[1])

    return find


def clean_environ(**more: str) -> dict[str, str]:
    """Return the environment without settings of a server that the tester may run."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("FAIRWAY_") and k not in PLATFORM}
    # a state file or a history would be shared by all servers
    return inherited | {"PYTHONUNBUFFERED": "1", "FAIRWAY_STATE_FILE": "", "FAIRWAY_DATABASE_URL": ""} | more


def _starter(tmp_path_factory: pytest.TempPathFactory, free_port: Callable[[], int]) -> Iterator[Callable]:
    started: list[Server] = []

    def start(*args: str, port: int | None = None, vessels: int = 1, under: str = "werkzeug") -> Server:
        port = port or free_port()
        log = tmp_path_factory.mktemp("server") / f"{port}.log"
        command = [sys.executable, str(ROOT / "app.py"), "--port", str(port), *args]
        environ = clean_environ()
        if under == "gunicorn":
            command = procfile_command()
            names = (name.removeprefix("--").replace("-", "_").upper() for name in args[::2])
            variables = {f"FAIRWAY_{name}": value for name, value in zip(names, args[1::2], strict=True)}
            environ = clean_environ(PORT=str(port), **variables)
        with log.open("w") as out:
            process = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=out, env=environ, text=True)
        server = Server(port, process, log)
        started.append(server)
        server.wait_until(lambda status: status["total_vessels"] >= vessels)
        return server

    yield start
    for server in started:
        server.stop()


@pytest.fixture(scope="module")
def start_server(tmp_path_factory: pytest.TempPathFactory, free_port: Callable[[], int]) -> Iterator[Callable]:
    """Start `app.py ARGS` and wait until it has vessels; `port` may be given to take the place of an older one.

    With `under="gunicorn"` it is the Procfile's line instead, and the arguments become variables.
    """
    yield from _starter(tmp_path_factory, free_port)


@pytest.fixture(scope="session")
def start_shared(tmp_path_factory: pytest.TempPathFactory, free_port: Callable[[], int]) -> Iterator[Callable]:
    """The same, for servers that live as long as the whole run."""
    yield from _starter(tmp_path_factory, free_port)


def procfile_command() -> list[str]:
    """Return the Procfile's web command, for a shell that becomes the server and finds this Python's gunicorn."""
    lines = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())
    return ["sh", "-c", f"PATH={Path(sys.executable).parent}:$PATH; exec env {lines['web']}"]


def code_blocks(page: Path, language: str) -> list[str]:
    """The fenced blocks of one language in a Markdown page."""
    return re.findall(rf"```{language}\n(.*?)```", page.read_text(), re.DOTALL)


@dataclass
class PrivateRedis:
    """A private Redis without persistence that a test can stop and start."""

    folder: Path
    port: int
    process: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        with (self.folder / "log").open("a") as log:
            command = ["redis-server", *options, "--dir", str(self.folder)]
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with contextlib.suppress(redis.RedisError):
                redis.Redis.from_url(self.url).ping()
                return
            time.sleep(0.05)
        raise AssertionError((self.folder / "log").read_text()[-2000:])

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(20)


@pytest.fixture(scope="module")
def private_redis(tmp_path_factory: pytest.TempPathFactory, free_port: Callable[[], int]) -> Iterator[PrivateRedis]:
    """A private Redis server."""
    server = PrivateRedis(tmp_path_factory.mktemp("redis"), free_port())
    server.start()
    yield server
    server.stop()
