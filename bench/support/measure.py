"""Interleaved timing: each contestant in turn, several rounds, medians."""

import statistics
import time
from collections.abc import Callable


def medians(contestants: dict[str, Callable[[], object]], rounds: int = 15) -> dict[str, float]:
    """Return the median wall milliseconds of each contestant; they take turns, so that noise affects all of them."""
    taken: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, work in contestants.items():
            begin = time.perf_counter()
            work()
            taken[name].append((time.perf_counter() - begin) * 1000)
    return {name: statistics.median(values) for name, values in taken.items()}


def report(title: str, ours: str, peer: str, result: dict[str, float]) -> None:
    """Print one line with both medians and their ratio."""
    ratio = result[peer] / result[ours]
    print(f"{title}: {ours} {result[ours]:.2f} ms, {peer} {result[peer]:.2f} ms, ratio {ratio:.1f}")
