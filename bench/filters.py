"""A tick of 1,000 clients that each filter by a box of their own, against 1,000 that share one frame of that size.

10,000 vessels, of which 1,000 changed; each box holds about a tenth. Work of the sessions and the writing to a socket:
`python bench/filters.py`.
"""

import json
import resource
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np

from sea.ports import PortIndex
from traffic.batch import Batch
from traffic.clock import Clock
from traffic.session import Context, Session
from traffic.table import Traffic

NOW = 1_800_000_000.0
VESSELS, CHANGED, CLIENTS = 10_000, 1000, 1000
ENCODINGS = ("objects", "columns", "binary")


class Sea:
    """Vessels all over a square of 100 degrees, a tenth of which report every second, some 50 m on."""

    def __init__(self) -> None:
        self.rng, self.now = np.random.default_rng(1), NOW
        self.traffic = Traffic(PortIndex.load(), lambda: "bench")
        self.traffic.advance(self.now)
        self.place = {name: self.rng.integers(-30_000_000, 30_000_000, VESSELS, np.int32) for name in ("lat", "lon")}
        self.report(np.arange(1, VESSELS + 1))

    def report(self, mmsi) -> None:
        moving = {}
        for name, column in self.place.items():
            column[mmsi - 1] += self.rng.integers(-300, 300, len(mmsi), np.int32)
            moving[name] = column[mmsi - 1]
        moving |= {name: np.full(len(mmsi), 100, np.uint16) for name in ("sog", "cog", "heading")}
        moving |= {"rot": np.zeros(len(mmsi), np.int16), "nav_status": np.zeros(len(mmsi), np.uint8)}
        self.now += 1.0
        times = np.full(len(mmsi), int(self.now * 1000))
        self.traffic.put(Batch(mmsi.astype(np.uint32), times, "bench", False, moving, {}))
        self.traffic.advance(self.now)

    def step(self) -> None:
        self.report(np.sort(self.rng.choice(VESSELS, CHANGED, replace=False)) + 1)


def subscribed(sea: Sea, encoding: str, boxes: list) -> list[Session]:
    context = Context(Clock(NOW, time.monotonic, "live"), sea.traffic.snapshot, lambda: 1, None, {})
    sessions = [Session(context) for _ in boxes]
    for session, box in zip(sessions, boxes, strict=True):
        session.open()
        wanted = {"bbox": box} if box else {}
        request = {"type": "subscribe", "subscription_type": "vessels", "proto": 2, "encoding": encoding}
        session.receive(json.dumps(request | {"filter": wanted}))
    return sessions


def own_boxes(rng) -> list:
    """A tenth of the square each: 32 by 32 degrees."""
    corners = rng.uniform(-50, 50 - 31.6, (CLIENTS, 2)).round(3).tolist()
    return [[west, south, west + 31.6, south + 31.6] for west, south in corners]


READER = """
import selectors, socket, sys
ready = selectors.DefaultSelector()
for _ in range(int(sys.argv[2])):
    ready.register(socket.create_connection(("127.0.0.1", int(sys.argv[1]))), selectors.EVENT_READ)
while True:
    for key, _ in ready.select():
        if not key.fileobj.recv(1 << 20):
            sys.exit()"""


def drained(count: int) -> list[socket.socket]:
    """TCP connections that another process reads away."""
    with socket.create_server(("127.0.0.1", 0), backlog=count) as door:
        subprocess.Popen([sys.executable, "-c", READER, str(door.getsockname()[1]), str(count)])
        return [door.accept()[0] for _ in range(count)]


def main() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    lines = drained(CLIENTS)
    for encoding in ENCODINGS:
        sea = Sea()
        filtered = subscribed(sea, encoding, own_boxes(sea.rng))
        shared = subscribed(sea, encoding, [None] * CLIENTS)
        sea.step()
        frames = [message for session in filtered for message in session.tick()]
        frame = bytes(sum(map(len, frames)) // CLIENTS)
        work = {"own": lambda filtered=filtered: select(filtered, lines)}
        work["one"] = lambda shared=shared, frame=frame: share(shared, frame, lines)
        taken = {"own": [], "one": []}
        for name in ("own", "one") * 9:
            sea.step()
            taken[name].append(cpu(work[name]))
        own, one = (statistics.median(taken[name]) for name in ("own", "one"))
        print(f"{encoding}, {len(frame)} bytes: own boxes {own:.0f} ms CPU, one frame {one:.0f}, ratio {own / one:.1f}")


def share(sessions: list[Session], frame: bytes, lines: list[socket.socket]) -> None:
    for session, line in zip(sessions, lines, strict=True):
        session.tick()
        line.sendall(frame)


def select(sessions: list[Session], lines: list[socket.socket]) -> None:
    for session, line in zip(sessions, lines, strict=True):
        for message in session.tick():
            line.sendall(message)


def cpu(work) -> float:
    begin = time.thread_time()
    work()
    return (time.thread_time() - begin) * 1000


if __name__ == "__main__":
    main()
