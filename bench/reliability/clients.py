"""Thousands of clients on one server, each checking its chain: `python -m bench.reliability.clients`.

    --clients 2000 --seconds 600 --update-interval 30       the defaults; several client counts run in turn

The Procfile's line starts one default server. Each client gets the changes of each second as JSON. At the end the
simulation is paused and the state of each client is compared with REST: a difference is an undetected gap. The delay
counts from the server's tick. The output also estimates how many clients would fill a core, from the processor time of
one update. Linux only (/proc); needs the test environment.
"""

import argparse
import contextlib
import os
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

from bench.support.ports import free_port
from bench.support.process import cpu_s, resident_mb
from bench.throughput.chain import Client, Crowd, Parsed, ask, behind, get, wrong

ROOT = Path(__file__).parents[2]
PERIOD_S = 1.0


def start(port: int, **settings: str) -> subprocess.Popen:
    """Start the Procfile's web process and wait until it serves."""
    line = (ROOT / "Procfile").read_text().splitlines()[0].split(": ", 1)[1]
    environ = (
        os.environ
        | {"PORT": str(port), "FAIRWAY_STATE_FILE": "", "FAIRWAY_DATABASE_URL": "", "FAIRWAY_TRUSTED_PROXIES": "0"}
        | settings
    )
    environ["PATH"] = f"{Path(sys.executable).parent}:{environ['PATH']}"
    server = subprocess.Popen(["sh", "-c", f"exec env {line}"], cwd=ROOT, env=environ, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if get(port, "/api/realtime/status")["total_vessels"]:
                return server
        except OSError:
            time.sleep(0.1)
    raise TimeoutError("the server does not serve")


def worker_of(server: subprocess.Popen) -> int:
    """Return the process id of gunicorn's worker."""
    return int(Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()[0])


def soak(port: int, worker: int, count: int, seconds: float) -> None:
    """Return one line for each measured figure of `count` clients."""
    parsed, delays, before = Parsed(), [], cpu_s(worker)
    clients = [Client(port, {"period_ms": int(PERIOD_S * 1000)}, parsed) for _ in range(count)]
    # ticks lie on multiples of the period of a clock that all processes share
    crowd = Crowd(clients, lambda _: port, lambda client: delays.append(client.arrived % PERIOD_S))
    end = time.monotonic() + 10
    while time.monotonic() < end:  # the snapshots
        crowd.turn()
    joining = (cpu_s(worker) - before) / count
    delays.clear()
    received = sum(client.received for client in clients)
    before, begin, end = cpu_s(worker), time.monotonic(), time.monotonic() + seconds
    while time.monotonic() < end:
        crowd.turn()
    cpu, taken, memory = cpu_s(worker) - before, time.monotonic() - begin, resident_mb(worker)
    received = sum(client.received for client in clients) - received
    ask(port, "PATCH", "/api/simulation/clock", paused=True)
    end = time.monotonic() + 2  # then the last step has been merged
    while time.monotonic() < end:
        crowd.turn()
    truth = get(port, "/api/realtime/vessels")
    with contextlib.suppress(TimeoutError):
        crowd.until(lambda: not any(behind(client, truth) for client in clients), 60)
    ask(port, "PATCH", "/api/simulation/clock", paused=False)
    cuts, per_client = statistics.quantiles(delays, n=100), cpu / len(delays)
    print(
        f"{count} clients, {taken:.0f} s, {len(truth['vessels'])} vessels: {len(delays) / taken:.0f} updates/s of "
        f"{received / len(delays) / 1000:.1f} kB\n"
        f"  undetected gaps: {sum(wrong(client, truth) for client in clients)} of {count} clients; "
        f"behind a minute later: {sum(behind(client, truth) for client in clients)}; "
        f"gaps in the chain: {sum(client.breaks for client in clients)}; connections lost: {crowd.drops}\n"
        f"  joining: {joining * 1000:.2f} ms of the server's processor for each client, with its snapshot\n"
        f"  delay after the tick: p50 {cuts[49] * 1000:.0f} ms, p99 {cuts[98] * 1000:.0f} ms\n"
        f"  server: {100 * cpu / taken:.1f} % of a core, {per_client * 1e6:.1f} us per update (a full core: "
        f"{1 / per_client:.0f} updates/s), {memory:.0f} MB resident\n"
        f"  load of the machine at the end: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores",
        flush=True,
    )
    for client in clients:
        client.sock.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, nargs="+", default=[2000])
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--update-interval", default="30", help="seconds between a vessel's reports")
    asked = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    port = free_port()
    most = str(max(5000, *asked.clients))
    server = start(port, FAIRWAY_UPDATE_INTERVAL=asked.update_interval, FAIRWAY_MAX_CLIENTS=most)
    try:
        for count in asked.clients:
            soak(port, worker_of(server), count, asked.seconds)
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
