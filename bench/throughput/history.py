"""All vessels in a box at a time, from ten million positions: `python -m bench.throughput.history [--database URL]`.

Compares the history's frames, as /api/history/frames returns them, with the naive query on the table of positions
with an index on time. 10,000 vessels report every 30 s. Without --database: SQLite in a temporary folder (1 GB).
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from sqlalchemy import text

from fairway.chart.ports import PortIndex
from fairway.history import frames
from fairway.history.queries import HistoryQueries
from fairway.history.snapshots import snapshot_of
from fairway.history.store import Store, insert, write_frames
from fairway.history.tables import POSITION
from fairway.protocol import encode_binary
from fairway.traffic.fields import LATLON_SCALE
from fairway.traffic.filter import in_box

VESSELS, INTERVAL_S = 10_000, 30
BEGIN = 1_800_000_000_000
AGE_MS = 3_600_000
ASKED = {"ours": 200, "naive": 20}
NAIVE = """SELECT p.mmsi, p.t, p.lat, p.lon, p.sog, p.cog, p.heading FROM position p JOIN (
    SELECT mmsi, max(t) AS t FROM position WHERE run = 1 AND t BETWEEN :least AND :at GROUP BY mmsi
) last ON p.run = 1 AND p.mmsi = last.mmsi AND p.t = last.t
WHERE p.lat BETWEEN :south AND :north AND p.lon BETWEEN :west AND :east"""


def reports(second: int, rng: np.random.Generator) -> frames.Rows:
    """Return the reports of one second: every vessel has its own second in thirty."""
    mmsi = np.arange(second % INTERVAL_S, VESSELS, INTERVAL_S)
    rows = np.zeros(len(mmsi), frames.ROW)
    rows["mmsi"], rows["t"] = 200_000_000 + mmsi, BEGIN + 1000 * second + rng.integers(0, 1000, len(mmsi))
    # a quarter of them in the waters of Europe
    europe = mmsi % 4 == 0
    rows["lat"] = np.where(europe, 40 + (mmsi * 7919) % 21, (mmsi * 7919) % 140 - 70) * LATLON_SCALE + second * 20
    rows["lon"] = np.where(europe, (mmsi // 4 * 31) % 21, (mmsi * 104_729) % 358 - 179) * LATLON_SCALE + second * 20
    rows["sog"], rows["cog"], rows["heading"] = rng.integers(0, 220, len(mmsi)), 450, 45
    return rows


def build(store: Store, points: int) -> int:
    """Fill the history; return the seconds that it covers."""
    seconds = points * INTERVAL_S // VESSELS
    rng = np.random.default_rng(1)
    batches = []
    store.prepare()
    with store.transaction() as connection:
        run = store._open(connection, "bench")
        run.sources.append(["bench", True])
        for second in range(seconds):
            batches.append(reports(second, rng))
            write_frames(connection, run, [batches[-1]])
    rows = np.concatenate(batches)
    # in the order of the key, which is the fastest way to fill a table: it is not what is measured here
    rows = rows[np.lexsort((rows["t"], rows["mmsi"]))]
    names = ["mmsi", "t", "lat", "lon", "sog", "cog", "heading"]
    fixed = {"run": 1, "source": "bench"}
    for part in np.array_split(rows, max(1, len(rows) // 200_000)):
        values = zip(*(part[name].tolist() for name in names), strict=True)
        with store.transaction() as connection:
            insert(connection, POSITION, [fixed | dict(zip(names, row, strict=True)) for row in values])
    return seconds


def times(ask: Callable[[int], int], asked: np.ndarray) -> str:
    """Return p50 and p99 in ms, and the number of vessels in a response."""
    took, found = [], []
    for at in asked.tolist():
        begin = time.perf_counter()
        found.append(ask(at))
        took.append(1000 * (time.perf_counter() - begin))
    p50, p99 = np.percentile(took, [50, 99])
    return f"p50 {p50:7.1f} ms   p99 {p99:7.1f} ms   {np.median(found):6.0f} vessels"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database")
    parser.add_argument("--points", type=int, default=10_000_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = options.database or f"sqlite:///{folder}/history.db"
        store, ports = Store(url, "simulation"), PortIndex.load()
        begin = time.monotonic()
        span_ms = 1000 * build(store, options.points)
        size = store.size_bytes() / 1e6
        print(f"{options.points:,} positions in {time.monotonic() - begin:.0f} s, {size:.0f} MB, {store.dialect}")
        reader = HistoryQueries(url, time.monotonic)
        rng = np.random.default_rng(2)
        moments = {name: BEGIN + rng.integers(AGE_MS, span_ms, count) for name, count in ASKED.items()}
        boxes = {"the world": (-180, -90, 180, 90), "20 degrees": (0, 40, 20, 60), "5 degrees": (0, 48, 5, 53)}

        def ours(box: tuple[int, ...]) -> Callable[[int], int]:
            inside = in_box(*box)

            def ask(at: int) -> int:
                picked = snapshot_of(reader.fleet_at(at, AGE_MS), ports).changes(0)
                found = np.flatnonzero(inside(picked))
                encode_binary.message(picked, found, [], 0, encode_binary.SNAPSHOT)
                return len(found)

            return ask

        def naive(box: tuple[int, ...]) -> Callable[[int], int]:
            sides: dict[str, Any] = dict(
                zip(("west", "south", "east", "north"), (side * LATLON_SCALE for side in box), strict=True)
            )

            def ask(at: int) -> int:
                with reader.transaction() as connection:
                    return len(connection.execute(text(NAIVE), sides | {"at": at, "least": at - AGE_MS}).all())

            return ask

        for name, box in boxes.items():
            print(f"{name:12} frames  {times(ours(box), moments['ours'])}")
        with store.transaction() as connection:
            connection.execute(text("CREATE INDEX by_time ON position (run, t)"))
        for name, box in boxes.items():
            print(f"{name:12} naive   {times(naive(box), moments['naive'])}")


if __name__ == "__main__":
    main()
