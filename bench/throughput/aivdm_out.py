"""Reports as AIVDM sentences, against pyais's own encoder: `python -m bench.throughput.aivdm_out`."""

import numpy as np
from pyais import decode, encode_dict

from bench.support.measure import medians, report
from fairway.ais.encode import sentences
from fairway.traffic.batch import Batch
from fairway.traffic.fields import LATLON_SCALE

NOW_MS = 1_800_000_000_000


def positions(size: int) -> Batch:
    """Return position reports of `size` vessels at random places."""
    rng = np.random.default_rng(1)
    moving = {
        "lat": rng.integers(-60 * LATLON_SCALE, 60 * LATLON_SCALE, size).astype(np.int32),
        "lon": rng.integers(-180 * LATLON_SCALE, 180 * LATLON_SCALE, size).astype(np.int32),
        "sog": rng.integers(0, 250, size).astype(np.uint16),
        "cog": rng.integers(0, 3600, size).astype(np.uint16),
        "heading": rng.integers(0, 360, size).astype(np.uint16),
        "rot": rng.integers(-100, 100, size).astype(np.int16),
        "nav_status": np.zeros(size, np.uint8),
    }
    numbers = np.arange(200_000_000, 200_000_000 + size, dtype=np.uint32)
    return Batch(numbers, np.full(size, NOW_MS), "bench", True, moving, {})


def main() -> None:
    for size in (1, 10, 500, 5_000):
        batch = positions(size)
        text = [part for part, _ in sentences(batch)]
        wanted = [decode(line).asdict() for line in b"".join(text).splitlines()]
        contest = {"columns": lambda batch=batch: [part for part, _ in sentences(batch)]}
        contest["pyais"] = lambda wanted=wanted: [encode_dict(row, sentence_type="VDM") for row in wanted]
        report(f"{size} positions as sentences", "columns", "pyais", medians(contest, 9))


if __name__ == "__main__":
    main()
