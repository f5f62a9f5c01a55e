"""The world's ports: the World Port Index as harborly packs it, with the countries' names of CLDR."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd
from babel import Locale
from harbours import Harbour, Place

from fairway.chart.geodesy import distance_nm

SAME_PORT_NM = 3.0
NOT_ISO = {"XU": "US", "QM": "US", "QW": "US"}
"""Codes that the index has for islands of the United States."""


def country_name(code: str) -> str:
    """English name without additions: 'Hong Kong', 'Myanmar'."""
    name = Locale("en").territories[code]
    return name.split(" (")[0].split(" SAR")[0].replace("’", "'")


def index() -> pd.DataFrame:
    """The ports of the World Port Index."""
    table = pd.read_parquet(str(files("harborly") / "data" / "port_registry.parquet"))
    table = table[(table.provider == "NGA_WPI") & (table.function_code == "port")].sort_values("registry_id")
    return table.assign(country_code=table.country_code.replace(NOT_ISO))


def world_ports(harbours: Sequence[Harbour], waits: dict[str, list[Place]]) -> dict[str, Any]:
    """Columns of the World Port Index without the ports that the simulator has itself.

    Args:
        harbours: those of the simulator.
        waits: by name of harbour, where the simulator's vessels anchor.

    """
    table = index()
    for harbour in harbours:
        berth = harbour.track[0]
        lat, lon = np.array([harbour.anchorage, *waits[harbour.name]]).T
        places = table.latitude.to_numpy()[:, None], table.longitude.to_numpy()[:, None]
        # Vessels of the simulator must find their own port first, at its berth and where they anchor.
        nearer = (distance_nm(lat, lon, places[0], places[1]) <= distance_nm(lat, lon, *berth)).any(axis=1)
        table = table[~nearer & (distance_nm(*berth, table.latitude, table.longitude) > SAME_PORT_NM)]  # type: ignore[call-arg]
        table = table[table.unlocode != harbour.locode]
    return {
        "countries": {code: country_name(code) for code in sorted(set(table.country_code))},
        "name": table.canonical_name.tolist(),
        "country": table.country_code.tolist(),
        "locode": table.unlocode.fillna("").tolist(),
        "lat": table.latitude.round(4).tolist(),
        "lon": table.longitude.round(4).tolist(),
    }
