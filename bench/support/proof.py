"""Shared by the benchmarks: a real server that may be killed, a client that notes what it received, and the machine."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from bench.support.ports import free_port
from tests.conftest import ROOT, clean_environ, procfile_command

SUBSCRIBE = {"type": "subscribe", "subscription_type": "vessels", "proto": 2, "period_ms": 250}


def machine() -> str:
    """Return the processor, the kernel and the load of this machine."""
    names = [line.split(": ")[1] for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line]
    load = f"{os.getloadavg()[0]:.1f}"
    return f"{len(names)} cores, {names[0] if names else 'unknown'}, Linux {os.uname().release}, load {load}"


class Server:
    """`app.py` in a process of its own, with its log in `folder`."""

    def __init__(
        self,
        folder: Path,
        *args: str,
        port: int | None = None,
        program: Path = ROOT / "app.py",
        under: str = "werkzeug",
        before: Callable[[], None] | None = None,
    ) -> None:
        self.port, self.log, self._under = port or free_port(), folder / "server.log", under
        command, environ, place = [sys.executable, str(program), "--port", str(self.port), *args], {}, folder
        if under == "gunicorn":
            names = (name.removeprefix("--").replace("-", "_").upper() for name in args[::2])
            environ = {f"FAIRWAY_{name}": value for name, value in zip(names, args[1::2], strict=True)}
            command, environ["PORT"], place = procfile_command(), str(self.port), ROOT
        with self.log.open("a") as out:
            self.process = subprocess.Popen(
                command, cwd=place, env=clean_environ(**environ), stdout=out, stderr=out, preexec_fn=before
            )
        self.wait_until(lambda status: status["total_vessels"])

    def worker(self) -> int:
        """Return the id of the serving process: under gunicorn the child of the process that was started."""
        if self._under == "werkzeug":
            return self.process.pid
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return int(children[0])

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=20) as answer:
            return json.load(answer)

    def status(self) -> dict[str, Any]:
        return self.get("/api/realtime/status")

    def output(self, name: str) -> dict[str, Any]:
        """Return one output's entry in the status."""
        return next(one for one in self.status()["outputs"] if one["name"] == name)

    def wait_until(self, happened: Callable[[dict[str, Any]], object], within_s: float = 90) -> dict[str, Any]:
        """Return the first status for which `happened` is true."""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            with contextlib.suppress(OSError):
                status = self.status()
                if happened(status):
                    return status
            time.sleep(0.05)
        raise AssertionError(self.log.read_text()[-2000:])

    def kill(self) -> None:
        """Send SIGKILL and wait for the end."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(15)
        self.process.kill()
        self.process.wait()


class Witness:
    """A client of /ws in a thread of its own.

    Attributes:
        seen: (MMSI, event time in ms) of every update, unordered.
        gap_s: the longest time between two messages with updates.
        broken: how often `prev` and `seq` did not fit although no snapshot followed: an undetected gap.

    """

    def __init__(self, server: Server) -> None:
        self.seen: set[tuple[int, int]] = set()
        self.gap_s, self.broken, self.epoch = 0.0, 0, ""
        self._seq, self._at = 0, time.monotonic()
        self._ws = connect(f"ws://127.0.0.1:{server.port}/ws?proto=2", max_size=None, compression=None)
        self._ws.send(json.dumps(SUBSCRIBE))
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening; messages in flight still count."""
        with contextlib.suppress(Exception):
            self._ws.close()
        self._thread.join(10)

    def begin_gap(self) -> None:
        """Restart the measurement of `gap_s`."""
        self.gap_s, self._at = 0.0, time.monotonic()

    def _listen(self) -> None:
        with contextlib.suppress(ConnectionClosed, OSError):
            for text in self._ws:
                self._note(json.loads(text))

    def _note(self, message: dict[str, Any]) -> None:
        self.epoch = message.get("epoch", self.epoch)
        if message["type"] != "vessel_updates":
            return
        now = time.monotonic()
        self.gap_s, self._at = max(self.gap_s, now - self._at), now
        follows = message["prev"] == self._seq or message.get("snapshot") or message.get("part", 1) > 1
        self.broken += not follows
        self._seq = message["seq"]
        self.seen.update((one["mmsi"], _milliseconds(one["timestamp"])) for one in message["updates"])


def _milliseconds(text: str) -> int:
    """Return the Unix milliseconds of "2026-01-31T12:00:00.250Z"."""
    return round(datetime.fromisoformat(text).timestamp() * 1000)


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """Yield a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="fairway-proof-", ignore_cleanup_errors=True) as name:
        yield Path(name)
