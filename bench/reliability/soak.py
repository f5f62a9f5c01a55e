"""Memory growth: `python -m bench.reliability.soak [--minutes 10] [--rate 100]`.

A server with a fast clock, while clients come and go on every transport: WebSockets with filters and encodings of every
kind, some of which break off; REST with valid and invalid requests; full pages with their callbacks; Socket.IO by
polling. After a fifth of the time, in which caches and tracks fill, a line is fitted to the resident memory. The output
gives its slope in MB per hour of the server's clock and of the wall. Goal: under 1 MB a simulated hour. Linux only
(/proc); needs the test environment.
"""

import argparse
import asyncio
import contextlib
import itertools
import json
import os
import random
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from datetime import datetime
from pathlib import Path

import numpy as np
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from bench.support.proof import Server, folder, machine
from bench.throughput.dashboards import OUTPUTS

SAMPLE_S = 5.0
SOCKETS, ASKERS = 12, 2
SUBSCRIBES = (
    {"subscription_type": "all"},
    {"subscription_type": "vessels", "proto": 2, "period_ms": 250, "encoding": "columns"},
    {"subscription_type": "all", "proto": 2, "period_ms": 1000, "encoding": "binary"},
    {"subscription_type": "all", "proto": 2, "period_ms": 250, "filter": {"bbox": [-20, 30, 30, 60]}},
    {"subscription_type": "vessels", "proto": 2, "filter": {"vessel_type": ["tanker"], "min_speed": 5}},
    {"subscription_type": "all", "proto": 2, "filter": {"bbox": [1]}},
)
PATHS = (
    "/", "/_dash-layout", "/_dash-dependencies", "/assets/main.mjs", "/assets/css/app.css", "/status", "/metrics",
    "/readyz", "/api/realtime/status", "/api/realtime/vessels", "/api/realtime/vessels?format=geojson",
    "/api/realtime/vessels?bbox=-20,30,30,60&type=tanker", "/api/realtime/vessels/IMO7000009/track?format=gpx",
    "/api/realtime/vessels?limit=x", "/api/realtime/alerts", "/api/realtime/routes", "/api/nothing/here",
    "/api/simulation/clock", "/socket.io/?EIO=4&transport=polling", "/socket.io/?EIO=9",
)  # fmt: skip


async def come_and_go(url: str, end: float, done: Counter[str]) -> None:
    """Open one WebSocket client after the other; every third breaks off without a close frame."""
    for number in itertools.count():
        if time.monotonic() > end:
            return
        wanted = random.choice(SUBSCRIBES)
        with contextlib.suppress(OSError, WebSocketException, TimeoutError):
            ws = await connect(url, max_size=None, compression=None)
            await ws.send(json.dumps({"type": "subscribe", **wanted}))
            leave = time.monotonic() + random.uniform(0.2, 4)
            while (left := leave - time.monotonic()) > 0:
                with contextlib.suppress(TimeoutError):
                    done["messages"] += len(await asyncio.wait_for(ws.recv(), left)) > 0
            done["WebSockets"] += 1
            if number % 3:
                await ws.close()
            else:
                ws.transport.abort()


def ask(server: Server, end: float, done: Counter[str]) -> None:
    """Send one request after the other."""
    url = f"http://127.0.0.1:{server.port}"
    while time.monotonic() < end:
        path = random.choice((*PATHS, "click"))
        request = urllib.request.Request(url + path) if path != "click" else click(server)
        request.add_header("Accept-Encoding", random.choice(("gzip", "identity")))
        with contextlib.suppress(OSError), urllib.request.urlopen(request, timeout=30) as answer:
            answer.read()
        done["requests"] += 1
        time.sleep(0.02)


def click(server: Server) -> urllib.request.Request:
    """Call the page's callback of a selected vessel."""
    body = {
        "output": f"..{'...'.join(OUTPUTS)}..",
        "outputs": [dict(zip(("id", "property"), name.split("."), strict=True)) for name in OUTPUTS],
        "inputs": [{"id": "selected", "property": "data", "value": {"mmsi": 352_100_000 + random.randrange(500)}}],
        "changedPropIds": ["selected.data"],
    }
    url = f"http://127.0.0.1:{server.port}/_dash-update-component"
    return urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})


def watch(server: Server, end: float) -> np.ndarray:
    """Return rows of wall seconds and resident MB."""
    pages, samples, begin = os.sysconf("SC_PAGE_SIZE"), [], time.monotonic()
    while time.monotonic() < end:
        resident = int(Path(f"/proc/{server.process.pid}/statm").read_text().split()[1]) * pages / 1e6
        samples.append((time.monotonic() - begin, resident))
        time.sleep(SAMPLE_S)
    return np.array(samples)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--rate", type=float, default=100)
    asked = parser.parse_args()
    done: Counter[str] = Counter()
    with folder() as place:
        options = (
            "--speed-factor",
            str(asked.rate),
            "--update-interval",
            "30",
            "--state-file",
            str(place / "state.db"),
        )
        server = Server(place, *options, "--database-url", f"sqlite:///{place}/history.db", "--history-mb", "20")
        begin = server.status()["clock"]["time"]
        end = time.monotonic() + 60 * asked.minutes
        asking = [threading.Thread(target=ask, args=(server, end, done)) for _ in range(ASKERS)]
        crowd = threading.Thread(target=lambda: asyncio.run(_crowd(f"ws://127.0.0.1:{server.port}/ws", end, done)))
        for thread in (*asking, crowd):
            thread.start()
        samples = watch(server, end)
        for thread in (*asking, crowd):
            thread.join()
        status = server.status()
        sailed_h = (
            datetime.fromisoformat(status["clock"]["time"]) - datetime.fromisoformat(begin)
        ).total_seconds() / 3600
        server.stop()
    late = samples[len(samples) // 5 :]
    slope = np.polyfit(late[:, 0] / 3600, late[:, 1], 1)[0]
    hours = samples[-1, 0] / 3600
    print(", ".join(f"{count:,} {name}" for name, count in sorted(done.items())))
    print(f"resident MB, every minute: {' '.join(f'{mb:.0f}' for mb in samples[:: round(60 / SAMPLE_S), 1])}")
    print(f"{sailed_h:.1f} simulated hours: {slope * hours / sailed_h:.2f} MB a simulated hour, {slope:.1f} a real one")
    print(machine())


async def _crowd(url: str, end: float, done: Counter[str]) -> None:
    await asyncio.gather(*[come_and_go(url, end, done) for _ in range(SOCKETS)])


if __name__ == "__main__":
    main()
