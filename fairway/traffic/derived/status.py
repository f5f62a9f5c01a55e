"""Status and port of a vessel, derived from its navigational status, its speed and its position."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fairway.chart.geodesy import distance_nm
from fairway.chart.ports import PortIndex
from fairway.traffic import fields

PORT_RANGE_NM: Final = 5.0
ANCHORAGE_RANGE_NM: Final = 15.0


def of(ports: PortIndex, columns: Mapping[str, NDArray[Any]]) -> tuple[NDArray[np.uint8], NDArray[np.int16]]:
    """Status and port of n vessels. In port: moored, or at rest in a port. Anchored: as reported. Else at sea.

    Args:
        ports: the ports that a vessel may be in.
        columns: `nav_status`, `sog`, `lat` and `lon` of n vessels, in the units of `fairway.traffic.fields`.

    Returns:
        uint8[n], index in STATUSES, and int16[n], index in the list of ports, -1 if there is none.

    """
    nav, sog = columns["nav_status"], columns["sog"]
    resting = (sog < 5) | (nav == fields.NAV_MOORED) | (nav == fields.NAV_AT_ANCHOR)
    near = np.full(len(nav), -1, np.int16)
    away_nm = np.full(len(nav), np.inf)
    lat, lon = (columns[name][resting] / fields.LATLON_SCALE for name in ("lat", "lon"))
    near[resting] = port = ports.nearest(lat, lon, ANCHORAGE_RANGE_NM)
    away_nm[resting] = distance_nm(lat, lon, ports.lat[port], ports.lon[port])
    status = np.where(nav == fields.NAV_MOORED, fields.IN_PORT, fields.AT_SEA)
    status[(sog < 5) & (away_nm <= PORT_RANGE_NM)] = fields.IN_PORT
    status[nav == fields.NAV_AT_ANCHOR] = fields.ANCHORED
    return status.astype(np.uint8), np.where(status == fields.AT_SEA, -1, near).astype(np.int16)
