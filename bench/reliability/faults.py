"""Cost of hostile clients for the others: `python -m bench.reliability.faults [--rounds 5] [--seconds 5]`.

`--faults NAME ...` selects some. 20 healthy clients get an update four times a second. Runs without and with two
hostile clients alternate. The output gives the 99th percentile of the healthy clients' delay in both (medians), their
ratio, the longest gap between two updates in periods, and the growth of the server. The hostile clients are those of
`tests/system/test_faults.py`. Goal: ratio at most 1.5, gap at most 2 periods, growth under 20 MB. Linux only (/proc);
needs the test environment.
"""

import argparse
import multiprocessing
import os
import selectors
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from bench.support.ports import free_port
from tests.support.hostile import FAULTS, attack
from tests.support.raw import Raw

APP = Path(__file__).parents[2] / "app.py"
PERIOD_S = 0.25
HEALTHY = 20
ATTACKERS = 2
FLEET = 200


def connect(port: int) -> Raw:
    client = Raw(socket.create_connection(("127.0.0.1", port), timeout=20))
    client.handshake()
    return client


def torment(name: str, port: int, seconds: float) -> None:
    attack(FAULTS[name], lambda: connect(port), seconds)


def resident_mb(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def listen(clients: list[Raw], seconds: float) -> tuple[float, float]:
    """Return the 99th percentile of the delay after the tick (ms), and the longest gap of any client in periods."""
    selector, delays = selectors.DefaultSelector(), []
    last = dict.fromkeys(clients, time.monotonic())
    for client in clients:
        selector.register(client.sock, selectors.EVENT_READ, client)
    end, gap = time.monotonic() + seconds, 0.0
    while (now := time.monotonic()) < end:
        for key, _ in selector.select(0.1):
            client, arrived = key.data, time.monotonic()
            # ticks lie on multiples of the period of a clock that all processes share
            if any(b'"vessel_updates"' in payload[:40] for _, payload in client.heard()):
                delays.append(arrived % PERIOD_S)
                gap = max(gap, arrived - last[client])
                last[client] = arrived
    gap = max(gap, *(now - at for at in last.values()))
    return statistics.quantiles(delays, n=100)[98] * 1000, gap / PERIOD_S


def contest(name: str, port: int, pid: int, rounds: int, seconds: float) -> None:
    calm, hurt, gaps, before = [], [], [], resident_mb(pid)
    for _ in range(rounds):
        clients = [connect(port) for _ in range(HEALTHY)]
        calm.append(listen(clients, seconds)[0])
        hostile = [multiprocessing.Process(target=torment, args=(name, port, seconds)) for _ in range(ATTACKERS)]
        for process in hostile:
            process.start()
        delay, gap = listen(clients, seconds)
        hurt.append(delay)
        gaps.append(gap)
        for process in hostile:
            process.join()
        for client in clients:
            client.sock.close()
    ratio = statistics.median(h / c for h, c in zip(hurt, calm, strict=True))
    print(
        f"{name}: p99 {statistics.median(calm):.0f} -> {statistics.median(hurt):.0f} ms, ratio {ratio:.2f}, "
        f"longest gap {max(gaps):.1f} periods, grown {resident_mb(pid) - before:.1f} MB",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--faults", nargs="+", choices=FAULTS, default=list(FAULTS))
    asked = parser.parse_args()
    port = free_port()
    options = [
        "--port",
        str(port),
        "--update-interval",
        str(PERIOD_S),
        "--fleet-size",
        str(FLEET),
        "--state-file",
        "",
        "--database-url",
        "",
    ]
    server = subprocess.Popen([sys.executable, str(APP), *options], stderr=subprocess.DEVNULL)
    try:
        time.sleep(8)
        urllib.request.urlopen(f"http://127.0.0.1:{port}/api/realtime/status").close()
        for client in [connect(port) for _ in range(HEALTHY)]:  # what is paid once
            client.message("vessel_updates")
            client.sock.close()
        for name in asked.faults:
            contest(name, port, server.pid, asked.rounds, asked.seconds)
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
