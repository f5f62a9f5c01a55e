"""Stations: the names of receivers that heard reports, by number."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fairway.traffic.batch import Batch

MOST: Final = 255
"""Numbers fit into one byte; names come from outside, and there may be any number of them."""
_OTHERS: Final = "others"


class Stations:
    """Gives each name a number when it is first heard, from 1 on; 0 is for none. What is too much is "others".

    Attributes:
        names: by number.

    """

    def __init__(self, names: Iterable[str] = ("",)) -> None:
        self.names = list(names)
        self._numbers = {name: number for number, name in enumerate(self.names)}

    def codes(self, batch: Batch, picked: NDArray[np.intp]) -> NDArray[np.uint8]:
        """Numbers of the stations that heard the picked reports of a batch, uint8[n]."""
        if not batch.stations:
            return np.zeros(len(picked), np.uint8)
        known = self._numbers
        heard = (batch.stations[row] for row in picked.tolist())
        return np.array([known[name] if name in known else self._add(name) for name in heard], np.uint8)

    def _add(self, name: str) -> int:
        kept = name if len(self.names) < MOST else _OTHERS
        if kept not in self._numbers:
            self._numbers[kept] = len(self.names)
            self.names.append(kept)
        return self._numbers[kept]
