"""permessage-deflate with a shared compressed frame: `python -m bench.throughput.deflate [--ticks 15]`.

Processor time of the hub's thread per delivery of the guide's updates, plain and compressed (a fresh context for each
frame, which sharing needs; compression included), and the bytes per vessel beside level 2's binary encoding, which
needs no compression. Linux and macOS.
"""

import argparse
import os
import statistics
import threading
import time
import zlib

import numpy as np

from bench.throughput.filters import NOW, Same, joined, readers, spent
from fairway.chart.ports import PortIndex
from fairway.protocol import encode_json, updates
from fairway.protocol.context import Context
from fairway.protocol.updates import Encoding
from fairway.runtime.clock import Clock
from fairway.traffic.traffic import Traffic
from fairway.web.websocket.hub import ConnectionLimits, Hub
from sim.reports.reporting import Reporter, static_report
from sim.world.world import World

VESSELS = 500
LEVELS = (1, 6)


def deflated(message: bytes, level: int) -> bytes:
    """Return a message compressed as in RFC 7692, section 7.2.1."""
    packer = zlib.compressobj(level, zlib.DEFLATED, -15)
    return packer.compress(message) + packer.flush(zlib.Z_SYNC_FLUSH)[:-4]


def fleet() -> Traffic:
    """The default fleet on its lanes, with names and destinations."""
    world, traffic = World(1, VESSELS, NOW), Traffic(PortIndex.load(), lambda: "bench")
    traffic.advance(NOW)
    rows = np.arange(VESSELS)
    for batch in (Reporter(world, 30.0).position_report(rows), static_report(world, rows)):
        traffic.put(batch)
    traffic.advance(NOW)
    return traffic


def contest(message: bytes, clients: int, ticks: int, traffic: Traffic) -> None:
    context = Context(Clock(NOW, time.monotonic, "simulation"), traffic.snapshot, lambda: 0, lambda: None, {})
    pid, ends = readers(clients)
    hub = Hub(context, ConnectionLimits(clients, clients, lambda _: True), time.monotonic, threading.Event())
    joined(hub, ends, Same)
    taken: dict[str, list[float]] = {"plain": [], **{f"level {level}": [] for level in LEVELS}}
    for _ in range(ticks):
        Same.message = message
        taken["plain"].append(spent(hub))
        for level in LEVELS:
            begin = time.thread_time()
            Same.message = deflated(message, level)
            compressing = (time.thread_time() - begin) * 1000
            taken[f"level {level}"].append(compressing + spent(hub))
    os.kill(pid, 9)
    plain = statistics.median(taken["plain"])
    figures = [f"{name} {statistics.median(ms) * 1000 / clients:.1f} us" for name, ms in taken.items()]
    wins = plain / min(statistics.median(taken[f"level {level}"]) for level in LEVELS)
    print(
        f"{clients} clients, {len(message) / 1000:.0f} KB: {', '.join(figures)} a delivery, wins {wins:.1f}", flush=True
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ticks", type=int, default=15)
    ticks = parser.parse_args().ticks
    traffic = fleet()
    snapshot = traffic.snapshot()
    whole = b"".join(encode_json.vessel_updates(snapshot, 0))
    binary = b"".join(
        part for part in updates.full(snapshot, Encoding.of("binary", None)) if isinstance(part, encode_json.Binary)
    )
    sizes = {"objects": len(whole), "objects deflated": len(deflated(whole, 6)), "binary": len(binary)}
    print("bytes a vessel:", ", ".join(f"{name} {size / VESSELS:.0f}" for name, size in sizes.items()))
    for message in (whole[: len(whole) // 11], whole):
        for clients in (10, 100, 1000):
            contest(message, clients, ticks, traffic)


if __name__ == "__main__":
    main()
