"""Deliberate faults between receiver and reader, for tests of clients.

Faults change the batches that the feed publishes, never Traffic. Random choices come from the simulation's seed.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fairway.traffic.batch import Batch

DISORDER_S: Final = 10.0
"""Maximum delay of reports that arrive out of order, seconds."""
_DELAYS: Final = 4


@dataclass(frozen=True, slots=True)
class Faults:
    """The faults in effect.

    Attributes:
        silence: drop every report.
        drop, duplicate, disorder, late: shares of the reports, 0 to 1.
        late_s: delay of late reports, seconds of simulated time.

    """

    silence: bool = False
    drop: float = 0.0
    duplicate: float = 0.0
    disorder: float = 0.0
    late: float = 0.0
    late_s: float = 60.0


class FaultyLine:
    """Applies `faults` to batches and counts the reports affected."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self.begin()

    def begin(self) -> None:
        """Reset: no faults, no counts, and random numbers from the start of the seed's sequence."""
        self.faults = Faults()
        self.counts: Counter[str] = Counter()
        self._rng = np.random.default_rng([self._seed, 3])
        self._held: list[tuple[float, int, Batch]] = []
        self._number = 0

    def state(self) -> dict[str, Any]:
        """Return the faults and their counts, for the status."""
        return asdict(self.faults) | {"active": self.faults != Faults(), "counts": dict(self.counts)}

    def passed(self, batches: list[Batch], now: float) -> list[Batch]:
        """Return the batches to publish at `now` (Unix seconds) after `batches` arrive."""
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
        """Drop delayed reports, after the clock was set."""
        self._held = []

    def _spoilt(self, batch: Batch, now: float) -> list[Batch]:
        faults, size = self.faults, len(batch.mmsi)
        passing = self._drawn(size, 1 - faults.drop, "dropped", invert=True)
        late = passing & self._drawn(size, faults.late, "late")
        early = passing & ~late & self._drawn(size, faults.disorder, "disordered")
        self._hold(batch, late, now + faults.late_s)
        delay = self._rng.integers(1, _DELAYS + 1, size)
        for part in range(1, _DELAYS + 1):
            self._hold(batch, early & (delay == part), now + DISORDER_S * part / _DELAYS)
        at_once = passing & ~late & ~early
        twice = at_once & self._drawn(size, faults.duplicate, "duplicated")
        parts = [batch.take(np.flatnonzero(mask)) for mask in (at_once, twice)]
        return [part for part in parts if len(part.mmsi)]

    def _drawn(self, size: int, share: float, what: str, invert: bool = False) -> NDArray[np.bool_]:
        """Draw which of `size` reports a fault hits, bool[size]; count them, or with `invert` the others."""
        hit = np.asarray(self._rng.random(size) < share)
        self.counts[what] += int(np.count_nonzero(~hit if invert else hit))
        return hit

    def _hold(self, batch: Batch, mask: NDArray[np.bool_], until: float) -> None:
        rows = np.flatnonzero(mask)
        if len(rows):
            self._number += 1
            self._held.append((until, self._number, batch.take(rows)))
