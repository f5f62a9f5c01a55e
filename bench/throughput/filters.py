"""A tick for 1,000 clients with different boxes, against 1,000 that share one frame of the same size.

    python -m bench.throughput.filters [--clients 1000] [--ticks 15]

10,000 vessels, of which 1,000 report in each tick; each box holds about a tenth of them. The output gives the
processor time of the hub's thread for one tick: filtering, encoding and sending, against sending alone. Goal: at most
5 times. Linux and macOS.
"""

import argparse
import json
import os
import selectors
import socket
import statistics
import threading
import time

import numpy as np

from fairway.chart.ports import PortIndex
from fairway.protocol.context import Context
from fairway.protocol.session import Session
from fairway.runtime.clock import Clock
from fairway.traffic.batch import Batch
from fairway.traffic.fields import LATLON_SCALE
from fairway.traffic.traffic import Traffic
from fairway.web.websocket.hub import ConnectionLimits, Hub, _tick

VESSELS, CHANGED = 10_000, 1_000
PERIOD_MS = 30_000
NOW = 1_800_000_000.0


class Same:
    """The peer: a session with one message, the same object for every client."""

    period_s, subscription, message = PERIOD_MS / 1000, "all", b""

    def __init__(self, _: Context) -> None:
        pass

    def open(self) -> list[bytes]:
        return []

    def tick(self, *_: int) -> list[bytes]:
        return [self.message]

    def heartbeat(self) -> list[bytes]:
        return []


def readers(count: int) -> tuple[int, list[socket.socket]]:
    """Return a process that reads `count` connections dry, and our ends of them."""
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as listener:
        pid = os.fork()
        if pid:
            return pid, [listener.accept()[0] for _ in range(count)]
        selector, buffer = selectors.DefaultSelector(), bytearray(1 << 20)
        for _ in range(count):
            selector.register(socket.create_connection(listener.getsockname()), selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if not key.fileobj.recv_into(buffer):
                    os._exit(0)


class World:
    """Vessels at random places, some of which move a little at each step."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng, self.now = rng, NOW
        self._lat, self._lon = rng.uniform(-70, 70, VESSELS), rng.uniform(-179, 179, VESSELS)
        self.traffic = Traffic(PortIndex.load(), lambda: "bench")
        self.step(VESSELS)

    def step(self, moved: int) -> None:
        """Report `moved` vessels one second later."""
        self.now += 1
        at = self._rng.choice(VESSELS, moved, replace=False)
        self._lon[at] += self._rng.uniform(0, 0.01, moved)
        columns = {
            "lat": (self._lat[at] * LATLON_SCALE).astype(np.int32),
            "lon": (self._lon[at] * LATLON_SCALE).astype(np.int32),
            "sog": self._rng.integers(0, 200, moved, np.uint16),
            "cog": self._rng.integers(0, 3600, moved, np.uint16),
            "heading": self._rng.integers(0, 360, moved, np.uint16),
        }
        times = np.full(moved, round(self.now * 1000))
        self.traffic.put(Batch((at + 1).astype(np.uint32), times, "bench", True, columns, {}))
        self.traffic.advance(self.now)


def box(rng: np.random.Generator) -> list[float]:
    """Return a box that holds about a tenth of 140 by 360 degrees."""
    wide, high = 360 * 0.1**0.5, 140 * 0.1**0.5
    west, south = rng.uniform(-180, 180 - wide), rng.uniform(-70, 70 - high)
    return [west, south, west + wide, south + high]


def joined(hub: Hub, ends: list[socket.socket], begin: type) -> list:
    """The sessions of clients that the hub has taken over."""
    for sock in ends:
        hub.adopt(sock, "127.0.0.1", begin)
    hub._admit()
    return [client.session for client in hub._clients]


def spent(hub: Hub) -> float:
    """Return the processor milliseconds of one tick of all clients; then wait for the readers."""
    begin = time.thread_time()
    hub._start_round(list(hub._clients), _tick)
    taken = (time.thread_time() - begin) * 1000
    time.sleep(0.3)
    for client in hub._clients:
        if client.pending:
            hub._write(client)
    return taken


def contest(encoding: str, clients: int, ticks: int) -> None:
    rng = np.random.default_rng(1)
    world = World(rng)
    context = Context(Clock(NOW, time.monotonic, "simulation"), world.traffic.snapshot, lambda: 0, lambda: None, {})
    seats = ConnectionLimits(clients, clients, lambda _: True)
    pid, ends = readers(2 * clients)
    own, shared = (Hub(context, seats, time.monotonic, threading.Event()) for _ in range(2))
    sessions, same = joined(own, ends[:clients], Session), joined(shared, ends[clients:], Same)
    for session in sessions:
        asked = {"proto": 2, "filter": {"bbox": box(rng)}, "period_ms": PERIOD_MS, "encoding": encoding}
        session.receive(json.dumps({"type": "subscribe", "subscription_type": "vessels", **asked}))
    world.step(CHANGED)
    own._view = world.traffic.snapshot()
    size = sum(len(message) for session in sessions for message in session.tick()) // clients
    Same.message = bytes(size)
    taken: dict[str, list[float]] = {"own": [], "shared": []}
    for _ in range(ticks):
        world.step(CHANGED)
        own._view = world.traffic.snapshot()
        taken["own"].append(spent(own))
        taken["shared"].append(spent(shared))
    os.kill(pid, 9)
    median = {name: statistics.median(values) for name, values in taken.items()}
    print(
        f"{encoding}: {clients} clients with boxes of their own {median['own']:.0f} ms a tick, {len(same)} that share "
        f"a frame of {size / 1000:.1f} KB {median['shared']:.1f} ms, ratio {median['own'] / median['shared']:.1f}",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=1000)
    parser.add_argument("--ticks", type=int, default=15)
    asked = parser.parse_args()
    for encoding in ("binary", "columns", "objects"):
        contest(encoding, asked.clients, asked.ticks)


if __name__ == "__main__":
    main()
