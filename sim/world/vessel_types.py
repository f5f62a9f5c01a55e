"""Types and size classes of simulated vessels: dimensions, draughts, speeds, and shares of the fleet."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class VesselType(StrEnum):
    """The types of vessels; a user's vessel may have any of them, the fleet on the lanes has the first four."""

    CONTAINER = "container"
    BULKER = "bulker"
    GENERAL_CARGO = "general_cargo"
    TANKER = "tanker"
    PASSENGER = "passenger"
    HIGH_SPEED = "high_speed"
    TUG_SPECIAL = "tug_special"
    FISHING = "fishing"
    PLEASURE = "pleasure"
    CARGO = "cargo"
    OTHER = "other"


VESSEL_TYPES: Final = tuple(kind.value for kind in VesselType)
SHIP_TYPES: Final = (79, 70, 70, 80, 60, 40, 52, 30, 37, 70, 90)
"""By index in VESSEL_TYPES: ship type code of ITU-R M.1371."""
CONTAINER, BULKER, GENERAL_CARGO, TANKER = range(4)
TYPE_SHARES: Final = {CONTAINER: 0.25, BULKER: 0.25, GENERAL_CARGO: 0.20, TANKER: 0.30}
"""Index in VESSEL_TYPES -> share of the fleet on the lanes."""


@dataclass(frozen=True, slots=True)
class SizeClass:
    """Vessels of one size.

    Attributes:
        vessel_type: index in VESSEL_TYPES.
        name: as shipping people call the class.
        length_m, beam_m: metres.
        laden_m, ballast_m: draught in metres, laden and in ballast.
        mean_kn, spread_kn: mean and standard deviation of the speed at sea, knots.
        share: share of the class within its type.
        fits_suez, fits_panama: whether a vessel of the class may pass the canal.

    """

    vessel_type: int
    name: str
    length_m: int
    beam_m: int
    laden_m: float
    ballast_m: float
    mean_kn: float
    spread_kn: float
    share: float
    fits_suez: bool = True
    fits_panama: bool = True


SIZE_CLASSES: Final = (
    SizeClass(CONTAINER, "ULCV", 400, 61, 15.8, 13.0, 16.2, 2.0, 0.15, fits_panama=False),
    SizeClass(CONTAINER, "neo-Panamax", 366, 49, 14.6, 12.0, 15.6, 2.2, 0.25),
    SizeClass(CONTAINER, "Panamax", 294, 32, 12.6, 10.5, 14.8, 2.3, 0.25),
    SizeClass(CONTAINER, "feeder", 170, 27, 9.4, 7.8, 13.4, 2.3, 0.35),
    SizeClass(BULKER, "Valemax", 362, 65, 22.8, 12.0, 11.9, 1.0, 0.10, fits_suez=False, fits_panama=False),
    SizeClass(BULKER, "Capesize", 292, 45, 18.0, 9.5, 11.6, 1.1, 0.25, fits_panama=False),
    SizeClass(BULKER, "Kamsarmax", 229, 32, 14.3, 7.6, 11.5, 1.2, 0.35),
    SizeClass(BULKER, "Handysize", 180, 30, 10.2, 6.2, 11.5, 1.3, 0.30),
    SizeClass(GENERAL_CARGO, "general cargo", 160, 27, 9.8, 6.4, 12.6, 1.9, 0.60),
    SizeClass(GENERAL_CARGO, "coaster", 95, 14, 5.9, 4.0, 10.7, 1.4, 0.40),
    SizeClass(TANKER, "VLCC", 330, 60, 20.8, 10.5, 12.1, 1.1, 0.15, fits_suez=False, fits_panama=False),
    SizeClass(TANKER, "Suezmax", 274, 48, 16.2, 8.8, 12.0, 1.1, 0.25, fits_panama=False),
    SizeClass(TANKER, "Aframax", 244, 42, 14.4, 7.8, 12.0, 1.1, 0.30),
    SizeClass(TANKER, "MR", 183, 32, 12.2, 6.8, 12.0, 1.2, 0.30),
)
