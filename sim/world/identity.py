"""Vessel identity: IMO numbers, MMSIs, call signs, flags and names that are consistent with each other.

Source: IMO resolution A.1117(30) (check digit); ITU Table of Maritime Identification Digits; ITU Radio Regulations
appendix 42 (call sign series).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

FIRST_SERIAL: Final = 700_000
SERIALS: Final = 900_000
"""IMO serials have six digits and do not begin with 0."""
MAX_VESSELS: Final = 1_000_000
"""MMSIs are distinct up to this many vessels."""
FIRST_NAME: Final = "MV Atlantic Pioneer"
_NAME_CHARACTERS: Final = 20


@dataclass(frozen=True, slots=True)
class Flag:
    """A flag state: ISO 3166-1 alpha-2 code, one of its MIDs, a call sign prefix, and its share of the fleet."""

    iso2: str
    mid: int
    prefix: str
    share: float


FLAGS: Final = (
    Flag("PA", 352, "3F", 16.0),
    Flag("LR", 636, "D5", 16.0),
    Flag("MH", 538, "V7", 14.0),
    Flag("HK", 477, "VR", 9.0),
    Flag("SG", 563, "9V", 9.0),
    Flag("MT", 249, "9H", 7.0),
    Flag("CN", 413, "BO", 6.0),
    Flag("BS", 311, "C6", 5.0),
    Flag("GR", 241, "SV", 4.0),
    Flag("JP", 431, "7J", 3.0),
    Flag("CY", 212, "5B", 3.0),
    Flag("DK", 219, "OX", 3.0),
    Flag("NO", 257, "LA", 3.0),
    Flag("GB", 232, "MA", 2.0),
)
_FIRST_WORDS: Final = (
    "Atlantic Pacific Northern Southern Eastern Western Golden Silver Ocean Coral Amber Crystal Royal "
    "Noble Nordic Baltic Iberian Aegean Orient Polar Azure Emerald Crimson Grand Bright Star Global "
    "Island Harbour Summer Winter Morning Evening Jade Pearl Sapphire Swift Stellar Vega Sirius"
).split()
_SECOND_WORDS: Final = (
    "Pioneer Trader Voyager Explorer Spirit Horizon Breeze Venture Fortune Harmony Glory Wave Dawn Crest "
    "Falcon Eagle Dolphin Heron Merchant Mariner Navigator Guardian Endeavour Courage Liberty Unity "
    "Progress Triumph Bay Cape Wind Tide Star Sky Queen Prince Legend Journey Beacon Promise Grace"
).split()


def imo_numbers(count: int) -> NDArray[np.uint32]:
    """Return the first `count` IMO numbers of the simulator, uint32[count]: 7000009, 7000011, ...; 0 after the last."""
    row = np.arange(count, dtype=np.int64)
    serial = 100_000 + (FIRST_SERIAL - 100_000 + row) % SERIALS
    check = sum(weight * (serial // 10 ** (weight - 2) % 10) for weight in range(2, 8)) % 10
    return np.where(row < SERIALS, serial * 10 + check, 0).astype(np.uint32)


def mmsi_numbers(flag: NDArray[np.intp]) -> NDArray[np.uint32]:
    """Return distinct MMSIs, uint32[n], whose MID is that of `flag` (indices in FLAGS).

    Raises:
        ValueError: If there are more vessels than an MID has numbers.

    """
    if len(flag) > MAX_VESSELS:
        raise ValueError(f"{len(flag)} vessels; the limit is {MAX_VESSELS}, the MMSIs of one MID")
    mids = np.array([item.mid for item in FLAGS], np.uint32)
    # 7919 and 10**6 are coprime: no number repeats.
    serial = (np.arange(len(flag), dtype=np.int64) * 7919 + 100_000) % MAX_VESSELS
    return (mids[flag] * np.uint32(1_000_000) + serial.astype(np.uint32)).astype(np.uint32)


def callsigns(flag: NDArray[np.intp]) -> list[str]:
    """Return distinct call signs of at most seven characters that begin with the prefix of `flag`."""
    counters = [0] * len(FLAGS)
    signs = []
    for index in flag.tolist():
        number, letters = divmod(counters[index], 676)
        counters[index] += 1
        signs.append(f"{FLAGS[index].prefix}{chr(65 + letters // 26)}{chr(65 + letters % 26)}{number + 2}")
    return signs


def names(count: int, rng: np.random.Generator) -> list[str]:
    """Return `count` names of at most 20 characters, the first FIRST_NAME; distinct while the words suffice."""
    pairs = [f"MV {first} {second}" for first in _FIRST_WORDS for second in _SECOND_WORDS]
    fitting = [name for name in pairs if len(name) <= _NAME_CHARACTERS and name != FIRST_NAME]
    order = rng.permutation(len(fitting)).tolist()
    result = [FIRST_NAME]
    for row in range(count - 1):
        lap, place = divmod(row, len(order))
        suffix = f" {lap + 1}" if lap else ""
        result.append(fitting[order[place]][: _NAME_CHARACTERS - len(suffix)] + suffix)
    return result[:count]
