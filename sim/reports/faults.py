"""Faults: what can go wrong between a receiver and its reader, on purpose, for people who write clients.

Only what the feed publishes is touched, never Traffic. Random choices come from the simulation's seed.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fairway.traffic.batch import Batch

DISORDER_S: Final = 10.0
"""Reports that lose their order are held back for up to so long."""
_DELAYS: Final = 4


@dataclass(frozen=True, slots=True)
class Faults:
    """What goes wrong.

    Attributes:
        silence: nothing is passed on.
        drop, duplicate, disorder, late: shares of the reports, 0 to 1.
        late_s: how late the late ones are, seconds of simulated time.

    """

    silence: bool = False
    drop: float = 0.0
    duplicate: float = 0.0
    disorder: float = 0.0
    late: float = 0.0
    late_s: float = 60.0


class FaultyLine:
    """Passes batches on as `faults` want it, and counts what it did."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self.begin()

    def begin(self) -> None:
        """Be as at the start: nothing goes wrong, and what will is drawn anew from the seed."""
        self.faults = Faults()
        self.counts: Counter[str] = Counter()
        self._rng = np.random.default_rng([self._seed, 3])
        self._held: list[tuple[float, int, Batch]] = []
        self._number = 0

    def state(self) -> dict[str, Any]:
        """For the status: what goes wrong, and how often it has."""
        return asdict(self.faults) | {"active": self.faults != Faults(), "counts": dict(self.counts)}

    def passed(self, batches: list[Batch], now: float) -> list[Batch]:
        """What comes out at `now` (Unix seconds) when `batches` go in."""
        if self.faults == Faults() and not self._held:
            return batches
        out = [part for batch in batches for part in self._spoilt(batch, now)]
        due = sorted(item for item in self._held if item[0] <= now)
        self._held = [item for item in self._held if item[0] > now]
        out += [batch for _, _, batch in due]
        if not self.faults.silence:
            return out
        self.counts["silenced"] += sum(len(batch.mmsi) for batch in out)
        return []

    def forget(self) -> None:
        """Let go of what is held back: the clock was set."""
        self._held = []

    def _spoilt(self, batch: Batch, now: float) -> list[Batch]:
        faults, size = self.faults, len(batch.mmsi)
        kept = self._drawn(size, 1 - faults.drop, "dropped", invert=True)
        late = kept & self._drawn(size, faults.late, "late")
        early = kept & ~late & self._drawn(size, faults.disorder, "disordered")
        self._hold(batch, late, now + faults.late_s)
        delay = self._rng.integers(1, _DELAYS + 1, size)
        for part in range(1, _DELAYS + 1):
            self._hold(batch, early & (delay == part), now + DISORDER_S * part / _DELAYS)
        at_once = kept & ~late & ~early
        twice = at_once & self._drawn(size, faults.duplicate, "duplicated")
        parts = [batch.take(np.flatnonzero(mask)) for mask in (at_once, twice)]
        return [part for part in parts if len(part.mmsi)]

    def _drawn(self, size: int, share: float, what: str, invert: bool = False) -> NDArray[np.bool_]:
        """Which of `size` reports it hits; counted, or with `invert` those that it misses."""
        hit = np.asarray(self._rng.random(size) < share)
        self.counts[what] += int(np.count_nonzero(~hit if invert else hit))
        return hit

    def _hold(self, batch: Batch, mask: NDArray[np.bool_], until: float) -> None:
        rows = np.flatnonzero(mask)
        if len(rows):
            self._number += 1
            self._held.append((until, self._number, batch.take(rows)))
