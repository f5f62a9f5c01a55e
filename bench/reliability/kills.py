"""Kill the processes of a scaled-out server and count gaps: `python -m bench.reliability.kills [--kills 20]`.

One ingest process, two web processes and a private Redis run; 20 clients check the chain four times a second. In turn
a web process, the ingest process and Redis get SIGKILL and start again at once, as on a platform. After each kill the
simulation is paused through a web process and the state of each client is compared with the ingest process: a
difference is an undetected gap. The output gives the seconds until every client had its next update.
"""

import argparse
import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.support.ports import free_port
from bench.throughput.chain import Client, Crowd, Parsed, ask, behind, get, wrong

APP = Path(__file__).parents[2] / "app.py"
CLIENTS = 20
PERIOD_MS = 250
KEPT_AFTER_S = 1.5
"""The ingest process keeps its state once a second: killed before that, it would be paused again."""
FLEET = ("--fleet-size", "500", "--update-interval", "1")


class Process:
    """One of the four processes; `kill` gives no warning, `start` takes the same port again."""

    def __init__(self, command: Callable[[int], list[str]], log: Path) -> None:
        self.port, self._log = free_port(), log
        self._command = command(self.port)
        self.start()

    def start(self) -> None:
        environ = {k: v for k, v in os.environ.items() if not k.startswith("FAIRWAY_")} | {
            "FAIRWAY_STATE_FILE": "",
            "FAIRWAY_DATABASE_URL": "",
        }
        with self._log.open("a") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log, env=environ)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def __enter__(self) -> "Process":
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()


class Fleet:
    """All processes and clients, half of the clients at each web process."""

    def __init__(self, folder: Path, keeps: bool, stack: contextlib.ExitStack) -> None:
        def redis_server(port: int) -> list[str]:
            return ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]

        self.redis = stack.enter_context(Process(redis_server, folder / "redis.log"))
        url = f"redis://127.0.0.1:{self.redis.port}/0"

        def app(*options: str) -> Callable[[int], list[str]]:
            return lambda port: [sys.executable, str(APP), "--redis-url", url, "--port", str(port), *options]

        state = ("--state-file", str(folder / "state.db")) if keeps else ()
        self.ingest = stack.enter_context(Process(app("--ingest", "yes", *FLEET, *state), folder / "ingest.log"))
        self.webs = [stack.enter_context(Process(app(), folder / f"web{at}.log")) for at in range(2)]
        for process in self.webs:
            serves(process.port)
        parsed = Parsed()
        wish = {"period_ms": PERIOD_MS}
        self.clients = [Client(self.webs[at % 2].port, wish, parsed) for at in range(CLIENTS)]
        self.crowd = Crowd(self.clients, self._other, lambda _: None)

    def _other(self, client: Client) -> int:
        """Return the port of the other web process if it runs, else the client's own."""
        first, second = (web.port for web in self.webs)
        return second if client.port == first else first

    def kill_web(self, victim: Process) -> float:
        """Kill and start again; return the seconds until each of its clients had an update from the other process."""
        hit = [client for client in self.clients if client.port == victim.port]
        victim.kill()
        began = time.monotonic()
        victim.start()
        self.crowd.until(lambda: all(client.port != victim.port and client.fresh for client in hit), 60)
        return time.monotonic() - began

    def kill(self, victim: Process) -> float:
        """Kill and start again; return the seconds until every client had an update that was sent afterwards."""
        victim.kill()
        began = time.monotonic()
        victim.start()
        while time.monotonic() < began + PERIOD_MS / 1000:  # what was on its way still arrives
            self.crowd.turn(0.01)
        before = [client.updates for client in self.clients]
        self.crowd.until(
            lambda: all(client.updates > count for client, count in zip(self.clients, before, strict=True)), 60
        )
        return time.monotonic() - began

    def undetected(self) -> int:
        """Return how many clients differ from the ingest process while the simulation is paused."""
        self._steer(paused=True)
        truth: dict = {}

        def still() -> bool:
            nonlocal truth
            truth = get(self.ingest.port, "/api/realtime/vessels")
            return not any(behind(client, truth) for client in self.clients)

        with contextlib.suppress(TimeoutError):
            self.crowd.until(still, 20)
        found = sum(wrong(client, truth) or behind(client, truth) for client in self.clients)
        self._steer(paused=False)
        end = time.monotonic() + KEPT_AFTER_S
        while time.monotonic() < end:
            self.crowd.turn()
        return found

    def _steer(self, **order: object) -> None:
        ask(self.webs[0].port, "PATCH", "/api/simulation/clock", **order)


def serves(port: int) -> None:
    """Wait for a server with vessels."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            if get(port, "/api/realtime/status")["total_vessels"]:
                return
        time.sleep(0.05)
    raise TimeoutError(f"nothing serves on {port}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20, help="of each process")
    parser.add_argument("--state", choices=("kept", "none"), default="kept", help="of the ingest process")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        fleet = Fleet(Path(folder), asked.state == "kept", stack)
        taken: dict[str, list[float]] = {"web": [], "ingest": [], "redis": []}
        gaps = dict.fromkeys(taken, 0)
        for at in range(asked.kills):
            for name, victim in (("web", fleet.webs[at % 2]), ("ingest", fleet.ingest), ("redis", fleet.redis)):
                taken[name].append((fleet.kill_web if name == "web" else fleet.kill)(victim))
                if victim is not fleet.redis:
                    serves(victim.port)
                gaps[name] += fleet.undetected()
    for name, seconds in taken.items():
        middle, most = statistics.median(seconds), max(seconds)
        print(f"{name}: {len(seconds)} kills, served again in {middle:.1f} s (median), {most:.1f} s (max), "
              f"undetected gaps: {gaps[name]}")  # fmt: skip
    clients = fleet.clients
    print(f"{len(clients)} clients: gaps in the chain {sum(c.breaks for c in clients)}, "
          f"resumed {sum(c.resumed for c in clients)}, afresh {sum(c.afresh for c in clients)}, "
          f"connections lost {fleet.crowd.drops}")  # fmt: skip
    print(f"load of the machine at the end: {os.getloadavg()[1]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
