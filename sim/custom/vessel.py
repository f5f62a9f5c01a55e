"""Custom vessels as users describe them: their keys, the checks, and the identity and size that complete them."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from sim.custom.errors import CustomError
from sim.custom.paths import Waypoint
from sim.world import identity
from sim.world.vessel_types import SHIP_TYPES, SIZE_CLASSES, VESSEL_TYPES

MAX_KN: Final = 60.0
_RANGES: Final = {
    "speed": (0.0, MAX_KN, "knots"),
    "course": (0.0, 359.999, "degrees"),
    "length": (5.0, 460.0, "metres"),
    "beam": (2.0, 80.0, "metres"),
}
"""Key of a number -> smallest and largest value, and the unit."""
_MAX_NAME_CHARACTERS: Final = 20
_MAX_DRAUGHT_M: Final = 25.0
_UNUSUAL_SIZES: Final = ("ULCV", "Valemax", "VLCC")
_SIZES: Final = {
    "passenger": (290, 32, 8.0, 18.0), "high_speed": (90, 26, 3.5, 30.0), "tug_special": (32, 11, 5.0, 9.0),
    "fishing": (40, 10, 4.5, 9.0), "pleasure": (18, 5, 2.5, 8.0),
}  # fmt: skip
"""Length, beam, draught in metres and usual speed in knots of types without a size class."""
_OTHER_SIZE: Final = (120, 18, 7.0, 12.0)


@dataclass(frozen=True, slots=True)
class Vessel:
    """A vessel as a user describes it; the simulator chooses each value that is None so that it agrees with the rest.

    Attributes:
        vessel_name: at most the 20 characters of AIS.
        vessel_type: a VesselType or its value.
        position: latitude and longitude in degrees; None: the start of its route.
        speed: knots; None: the usual speed of its type on a route or to a destination, otherwise at rest.
        course: degrees; None: along its path, or north.
        destination: a place, or the name or UN/LOCODE of a port; the vessel sails there by water and stays.
            None: the end of its route, or none.
        length: metres; None: usual for its type.
        beam: metres; None: in proportion to the length.
        imo_number: seven digits, with or without the prefix IMO; the check digit may be wrong.
        mmsi: nine digits that begin with the MID of a country.
        flag: ISO 3166-1 alpha-2.

    """

    vessel_name: str
    vessel_type: str
    position: tuple[float, float] | None = None
    speed: float | None = None
    course: float | None = None
    destination: Waypoint | str | None = None
    length: float | None = None
    beam: float | None = None
    imo_number: str | int | None = None
    mmsi: int | None = None
    flag: str | None = None


def columns_of(vessel: Vessel, number: int, taken: Collection[int]) -> dict[str, Any]:
    """Return the values of a Fleet's columns that say who `vessel` is; identity and flag agree.

    Args:
        vessel: the user's description.
        number: how many vessels the simulator has named before; each number gives another identity.
        taken: MMSIs in use.

    Raises:
        CustomError: A value is out of range or malformed, or the MMSI is in use.

    """
    vessel_type = _check(vessel)
    length, beam, draught, usual_kn = _size(vessel_type, vessel)
    # the antenna of most ships stands on the bridge, a fifth of the length before the stern
    astern = round(0.2 * length)
    return _identity(vessel, number, taken) | {
        "vessel_type": VESSEL_TYPES.index(vessel_type),
        "ship_type": SHIP_TYPES[VESSEL_TYPES.index(vessel_type)],
        "length_m": length,
        "beam_m": beam,
        "a": length - astern,
        "b": astern,
        "c": beam // 2,
        "d": beam - beam // 2,
        "draught": draught,
        "cruise_kn": usual_kn if vessel.speed is None else vessel.speed,
        "heading": vessel.course or 0.0,
        "route": -1,
        "eta": np.nan,
        "voyage_version": 1,
    }


def _identity(vessel: Vessel, number: int, taken: Collection[int]) -> dict[str, Any]:
    flag, imo = vessel.flag or "", vessel.imo_number
    known = [item for item in identity.FLAGS if item.iso2 == flag or (vessel.mmsi or 0) // 1_000_000 == item.mid]
    country = known[0] if known else identity.FLAGS[0]
    mmsi = vessel.mmsi if vessel.mmsi is not None else _free_mmsi(country.mid, number, taken)
    if mmsi in taken:
        raise CustomError(f"mmsi {mmsi} is in use", "mmsi")
    return {
        "mmsi": mmsi,
        "imo": int(identity.imo_numbers(number + 1)[-1]) if imo is None else int(str(imo)[-7:]),
        "name": vessel.vessel_name,
        "callsign": f"{country.prefix}{chr(65 + number // 26 % 26)}{chr(65 + number % 26)}{number // 676 + 2}",
        "flag": flag or (country.iso2 if known or vessel.mmsi is None else ""),
    }


def _check(vessel: Vessel) -> str:
    """Return the vessel's type after a check of every value."""
    vessel_type, name = str(vessel.vessel_type), vessel.vessel_name
    if vessel_type not in VESSEL_TYPES:
        raise CustomError(f"vessel_type {vessel_type!r:.60} is not one of {', '.join(VESSEL_TYPES)}", "vessel_type")
    if not 0 < len(name) <= _MAX_NAME_CHARACTERS or not name.isprintable():
        text = f"vessel_name {name!r:.60} must have 1 to {_MAX_NAME_CHARACTERS} printable characters, as in AIS"
        raise CustomError(text, "vessel_name")
    if vessel.imo_number is not None and not re.fullmatch(r"(IMO\s?)?[1-9]\d{6}", str(vessel.imo_number), re.ASCII):
        raise CustomError(f"imo_number {vessel.imo_number!r:.60} must have seven digits", "imo_number")
    if vessel.mmsi is not None and not 200_000_000 <= vessel.mmsi < 780_000_000:
        raise CustomError(f"mmsi {vessel.mmsi!r:.60} must have nine digits and begin with 2 to 7", "mmsi")
    _check_numbers(vessel)
    return vessel_type


def _check_numbers(vessel: Vessel) -> None:
    for name, (low, high, unit) in _RANGES.items():
        value = getattr(vessel, name)
        if value is not None and not low <= value <= high:
            raise CustomError(f"{name} {value:g} is outside {low:g} to {high:g} {unit}", name)
    if vessel.position is not None and not (abs(vessel.position[0]) <= 90 and abs(vessel.position[1]) <= 180):
        raise CustomError(f"position {vessel.position} is not a latitude and longitude", "position")


def _free_mmsi(mid: int, number: int, taken: Collection[int]) -> int:
    serial = (number * 7919 + 100_000) % 1_000_000
    while mid * 1_000_000 + serial in taken:
        serial = (serial + 1) % 1_000_000
    return mid * 1_000_000 + serial


def _size(vessel_type: str, vessel: Vessel) -> tuple[int, int, float, float]:
    """Return length, beam and draught in metres and the usual speed; another length than usual scales the rest."""
    length, beam, draught, kn = _usual_size(vessel_type)
    wanted = round(vessel.length or length)
    scale = wanted / length
    return wanted, round(vessel.beam or beam * scale), round(min(draught * scale, _MAX_DRAUGHT_M), 1), kn


def _usual_size(vessel_type: str) -> tuple[int, int, float, float]:
    for item in SIZE_CLASSES:
        if VESSEL_TYPES[item.vessel_type] == vessel_type and item.name not in _UNUSUAL_SIZES:
            return item.length_m, item.beam_m, item.laden_m, item.mean_kn
    return _SIZES.get(vessel_type, _OTHER_SIZE)
