"""A second of 100,000 vessels and a step of 1,000,000: `python -m bench.throughput.scale`.

The vessels report as in ITU-R M.1371. Each part stands beside a loop over one Python object per vessel that does
less, and beside copying the same bytes, in the same run. Counts CPU time of this process, so that other processes
count less.
"""

import socket
import statistics
import struct
import threading
import time
from collections.abc import Callable

import numpy as np

from bench.throughput.step import Vessel
from fairway.chart.ports import PortIndex
from fairway.protocol import updates
from fairway.traffic.batch import Batch
from fairway.traffic.traffic import Traffic
from sim.reports.reporting import Reporter
from sim.world.world import World

NOW = 1_800_000_000.0
SIZE = 100_000
SECONDS = 12
FORM = updates.Encoding.of("binary", None)
_ROW = struct.Struct("<IiiHHHHhBB")


class Ours:
    """The server's own parts, in their order."""

    def __init__(self, size: int) -> None:
        self.world = World(1, size, NOW)
        self.reporter = Reporter(self.world, 30.0, "itu")
        self.traffic = Traffic(PortIndex.load(), lambda: "bench")
        self.traffic.advance(NOW)
        self.batches: list[Batch] = self.reporter.everything()
        self.merge()
        self.seq, self.messages = self.traffic.snapshot().seq, ()
        self.sender, reader = socket.socketpair()
        threading.Thread(target=_drain, args=(reader,), daemon=True).start()

    def step(self) -> None:
        self.world.step(1.0)

    def report(self) -> None:
        self.batches = self.reporter.due()

    def merge(self) -> None:
        for batch in self.batches:
            self.traffic.put(batch)
        self.traffic.advance(self.world.now)

    def encode(self) -> None:
        snapshot = self.traffic.snapshot()
        self.messages = updates.delta(snapshot, self.seq, FORM, 0)
        self.seq = snapshot.seq

    def publish(self) -> None:
        for message in self.messages:
            self.sender.sendall(message)


class Objects:
    """The peer: the same seconds with an object per vessel. It knows no lanes, voyages, ports or tracks."""

    def __init__(self, ours: Ours) -> None:
        fleet = ours.world.fleet
        columns = (fleet.lat, fleet.lon, fleet.sog, fleet.cog, fleet.heading)
        self.vessels = [Vessel(*row) for row in zip(*(column.tolist() for column in columns), strict=True)]
        self.ours, self.due, self.table = ours, [NOW + row % 10 for row in range(len(fleet))], {}
        self.reports: list[tuple[int, dict[str, float]]] = []

    def step(self) -> None:
        for vessel in self.vessels:
            vessel.step(1.0)

    def report(self) -> None:
        now, self.reports = self.ours.world.now, []
        for row, vessel in enumerate(self.vessels):
            if self.due[row] <= now:
                self.due[row] += 10
                self.reports.append((row, {"lat": vessel.lat, "lon": vessel.lon, "sog": vessel.sog, "cog": vessel.cog}))

    def merge(self) -> None:
        for row, report in self.reports:
            self.table[row] = {**self.table.get(row, {}), **report}
        self.frozen = {row: dict(state) for row, state in self.table.items()}

    def encode(self) -> None:
        pack = _ROW.pack
        self.message = b"".join(
            pack(row, int(r["lat"] * 6e5), int(r["lon"] * 6e5), 0, int(r["sog"] * 10), int(r["cog"] * 10), 0, 0, 0, 0)
            for row, r in self.reports
        )

    def publish(self) -> None:
        self.ours.sender.sendall(self.message)


def copies(ours: Ours) -> dict[str, Callable[[], object]]:
    """Copy the bytes that each part reads and writes."""
    fleet, snapshot = ours.world.fleet, ours.traffic.snapshot()
    floats = [getattr(fleet, name) for name in STEPPED]
    return {
        "step": lambda: [column.copy() for column in floats],
        "report": lambda: [column.copy() for batch in ours.batches for column in batch.moving.values()],
        "merge": lambda: [column.copy() for column in snapshot.columns.values()],
        "encode": lambda: [bytearray(message) for message in ours.messages],
        "publish": lambda: [bytearray(message) for message in ours.messages],
    }


STEPPED = (
    "sog", "along_nm", "target_kn", "mark_nm", "mark_kn", "acceleration_kn_h", "path_pace", "path_to_nm",
    "path_from_nm", "path_per_nm", "path_slope_in", "path_slope_out", "path_lat", "path_lon", "path_north", "path_east",
    "path_side_north", "path_side_east", "path_course", "lat", "lon", "cog", "heading", "rot", "set_deg",
    "set_wanted_deg", "turn_deg_min_kn", "pivot_deg_min",
)  # fmt: skip


def _drain(reader: socket.socket) -> None:
    while reader.recv(1 << 20):
        pass


def timed(work: Callable[[], object]) -> float:
    begin = time.process_time()
    work()
    return (time.process_time() - begin) * 1000


def second(size: int) -> None:
    ours = Ours(size)
    peer = Objects(ours)
    parts = ("step", "report", "merge", "encode", "publish")
    taken: dict[str, list[tuple[float, float, float]]] = {part: [] for part in parts}
    reports, sent = [], []
    for _ in range(SECONDS):
        for part in parts:
            mine, theirs = timed(getattr(ours, part)), timed(getattr(peer, part))
            taken[part].append((mine, theirs, timed(copies(ours)[part])))
        reports.append(sum(len(batch.mmsi) for batch in ours.batches if batch.moving))
        sent.append(sum(map(len, ours.messages)))
    print(
        f"{size} vessels, ITU-R M.1371: {statistics.median(reports):.0f} reports/s, {statistics.median(sent):.0f} B/s"
    )
    total = np.zeros(3)
    for part in parts:
        median = np.median(taken[part], axis=0)
        total += median
        print(f"  {part:8}{median[0]:8.1f} ms, objects {median[1]:8.1f} ms, copying {median[2]:6.2f} ms")
    print(
        f"  a second{total[0]:8.1f} ms, objects {total[1]:8.1f} ms, copying {total[2]:6.2f} ms; of 1000 ms of one core"
    )


def million(size: int = 1_000_000) -> None:
    world = World(1, size, NOW)
    floats = [getattr(world.fleet, name) for name in STEPPED]
    taken = [(timed(lambda: world.step(1.0)), timed(lambda: [c.copy() for c in floats])) for _ in range(12)]
    step, copy = np.median(taken, axis=0)
    print(f"step of {size} vessels: {step:.1f} ms, copying its columns {copy:.1f} ms")


if __name__ == "__main__":
    second(SIZE)
    million()
