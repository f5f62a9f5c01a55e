"""Ports: those of the simulator, and an index of the world's ports by position and name."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from fairway.chart.geodesy import RADIUS_NM
from fairway.chart.port_names import PortNames

Floats = NDArray[np.float64]

_FOLDER: Final = Path(__file__).parent / "data"
_CHUNKS: Final = 48
_MIN_CHUNK: Final = 16
_MAX_CHUNK: Final = 256
"""`nearest` divides its points into about _CHUNKS chunks within these sizes."""
_MAX_TEXTS: Final = 50_000


@dataclass(frozen=True, slots=True)
class Port:
    """A port at which vessels of the simulator call. Positions are (latitude, longitude) in degrees.

    Attributes:
        name: as in the guide.
        country: English short name.
        locode: UN/LOCODE, five characters.
        lat, lon: of the berth.
        berth: where vessels moor.
        anchorage: where they wait, outside the entrance.
        entrance: where sheltered water begins; vessels make harbour speed from here to the berth.

    """

    name: str
    country: str
    locode: str
    lat: float
    lon: float
    berth: tuple[float, float]
    anchorage: tuple[float, float]
    entrance: tuple[float, float]


def load_ports() -> tuple[Port, ...]:
    """The simulator's ports, in the order of the port numbers in `fairway.chart.lanes`."""
    return tuple(_port(row) for row in json.loads((_FOLDER / "ports.json").read_text()))


class PortIndex:
    """The simulator's ports, in their order, then those of the World Port Index.

    Attributes:
        names, countries, locodes: lists of texts; "" for a port without UN/LOCODE.
        lat, lon: float64[ports], degrees.
        resolved: index by text of recent destinations, at most _MAX_TEXTS.

    The first `leading` ports win where other ports share their name.
    """

    def __init__(
        self,
        names: list[str],
        countries: list[str],
        locodes: list[str],
        lat: Floats,
        lon: Floats,
        leading: int = 0,
    ) -> None:
        self.names, self.countries, self.locodes = names, countries, locodes
        self.lat, self.lon = lat, lon
        self._order = np.argsort(lat, kind="stable")
        self._sorted_lat = lat[self._order]
        self._vectors = _unit_vectors(self._sorted_lat, lon[self._order])
        self._port_names = PortNames(names, countries, locodes, leading)
        self.resolved: dict[str, int] = {}

    @classmethod
    def load(cls) -> Self:
        """Return the index that ships with the program."""
        ours = load_ports()
        world = json.loads((_FOLDER / "world_ports.json").read_text())
        return cls(
            [port.name for port in ours] + world["name"],
            [port.country for port in ours] + [world["countries"][code] for code in world["country"]],
            [port.locode for port in ours] + world["locode"],
            np.array([port.lat for port in ours] + world["lat"]),
            np.array([port.lon for port in ours] + world["lon"]),
            len(ours),
        )

    def resolve(self, text: str) -> int:
        """Number of the port that a destination names, as crews write it; -1 if no port or several fit.

        "NLRTM", "NL RTM", "SGSIN>NLRTM", "ROTTERDAM", "ROTTERDAM, NL" and "PORT OF ROTTERDAM ANCH" are all Rotterdam.
        """
        found = self.resolved.get(text)
        if found is None:
            if len(self.resolved) >= _MAX_TEXTS:
                self.resolved.clear()
            found = self.resolved[text] = self._port_names.resolve(text)
        return found

    def nearest(self, lat: Floats, lon: Floats, range_nm: float) -> NDArray[np.int16]:
        """The nearest port to each of n points, int16[n]; -1 where none is within `range_nm`.

        Args:
            lat: float64[n], degrees.
            lon: float64[n], degrees.
            range_nm: at least 0.

        """
        result = np.full(len(lat), -1, np.int16)
        by_lat = np.argsort(lat, kind="stable")
        least = np.cos(range_nm / RADIUS_NM)
        # a degree of latitude is 60.04 nm: the slice of ports is a little wider than the range
        margin = range_nm / 60.0
        # the points of a chunk lie close in latitude, so few ports are candidates
        chunk = min(max(_MIN_CHUNK, len(lat) // _CHUNKS), _MAX_CHUNK)
        for start in range(0, len(lat), chunk):
            rows = by_lat[start : start + chunk]
            low, high = np.searchsorted(self._sorted_lat, [lat[rows[0]] - margin, lat[rows[-1]] + margin])
            if low == high:
                continue
            # not a matrix product: BLAS would start its threads, which cost more than they do where processors are busy
            cosine = np.einsum("pk,qk->pq", _unit_vectors(lat[rows], lon[rows]), self._vectors[low:high])
            best = np.argmax(cosine, axis=1)
            near = cosine[np.arange(len(rows)), best] >= least
            result[rows[near]] = self._order[low + best[near]]
        return result


def _port(row: dict[str, Any]) -> Port:
    fields: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    return Port(**fields)


def _unit_vectors(lat: Floats, lon: Floats) -> Floats:
    phi, lam = np.radians(lat), np.radians(lon)
    return np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)], axis=1)
