"""Stations: the names of the receivers that heard reports, by number."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fairway.traffic.batch import Batch

MAX_STATIONS: Final = 255
"""Numbers fit into one byte, but the input may hold any number of names."""
_OTHERS: Final = "others"


class Stations:
    """Numbers each name when it is first heard, from 1; 0 means no name. Names beyond MAX_STATIONS become "others".

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
        stored = name if len(self.names) < MAX_STATIONS else _OTHERS
        if stored not in self._numbers:
            self._numbers[stored] = len(self.names)
            self.names.append(stored)
        return self._numbers[stored]
