"""Find berth, entrance and anchorage of a port on the raster of water, from its place in the World Port Index.

Usage: `python scripts/build_chart/find_harbours.py EARTH_LANDS`. Prints the rows of `further.py`.
Needs what the bake needs.
"""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from harbours import Harbour  # noqa: E402  (the line above makes `sea` importable)
from search import Grid, straightened  # noqa: E402
from skimage.graph import MCP_Geometric  # noqa: E402
from water import CELL_NM, Water, clearance  # noqa: E402
from world_ports import index  # noqa: E402

from fairway.chart.geodesy import distance_nm  # noqa: E402

NAMES = {
    "FRLEH": "Le Havre", "GBSOU": "Southampton", "PTLIS": "Lisbon", "ESVLC": "Valencia", "ITGOA": "Genoa",
    "MTMAR": "Marsaxlokk", "ILHFA": "Haifa", "EGALY": "Alexandria", "MAPTM": "Tanger Med", "AOLAD": "Luanda",
    "NAWVB": "Walvis Bay", "ZAPLZ": "Port Elizabeth", "KEMBA": "Mombasa", "SNDKR": "Dakar", "MACAS": "Casablanca",
    "PHMNL": "Manila", "IDJKT": "Jakarta", "AUPHE": "Port Hedland", "NZAKL": "Auckland", "NZTRG": "Tauranga",
    "JPUKB": "Kobe", "RUVVO": "Vladivostok", "MXZLO": "Manzanillo", "PECLL": "Callao",
    "CLVAP": "Valparaiso", "USGLS": "Galveston", "USCHS": "Charleston", "USBOS": "Boston", "BRRIO": "Rio de Janeiro",
    "UYMVD": "Montevideo", "ESBIO": "Bilbao", "ESLCG": "A Coruna", "ESLPA": "Las Palmas", "MGTOA": "Toamasina",
    "CNTXG": "Tianjin", "TWKEL": "Keelung", "DZALG": "Algiers", "FJSUV": "Suva",
    "THLCH": "Laem Chabang",
}  # fmt: skip
OPEN_NM = 3.0
"""Room that counts as open water."""
ENTRANCE_NM, ENTRANCE_ROOM_NM = 1.2, 1.0
ANCHORAGE_NM, ANCHORAGE_ROOM_NM = 2.5, 1.5
NEAREST_ANCHORAGE_NM = 1.3
FARTHEST_BERTH_NM = 2.5


def harbour(name: str, country: str, locode: str, lat: float, lon: float, water: Water) -> Harbour:
    """Return the harbour of a port that the index has at (lat, lon).

    Raises:
        ValueError: If no water is near, or if none leads to the open sea within the window.

    """
    grid = Grid((lat, lon), (lat, lon), water, 1.0)
    room = clearance(grid.cost < 0, lat)
    row, column = grid.cell((lat, lon))

    def off_nm(rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        return np.hypot((rows - row) * CELL_NM, (columns - column) * grid.spacing[1])

    sea = np.argwhere(room >= OPEN_NM)
    sea = sea[np.argsort(off_nm(*sea.T))[:1500]]
    search = MCP_Geometric(grid.cost, sampling=grid.spacing)
    totals, _ = search.find_costs([tuple(cell) for cell in sea])
    reached = np.argwhere(np.isfinite(totals) & (grid.cost > 0))
    berth = reached[np.argmin(off_nm(*reached.T))]
    if off_nm(*berth) > FARTHEST_BERTH_NM:
        raise ValueError(f"{name}: the nearest water is {off_nm(*berth):.1f} nm off")
    cells = search.traceback(tuple(berth))[::-1]
    path = [grid.place(*cell) for cell in cells]
    gone = np.concatenate([[0.0], np.cumsum([float(distance_nm(*a, *b)) for a, b in pairwise(path)])])
    clear = np.array([room[cell] for cell in cells])
    entrance = int(np.flatnonzero((gone >= ENTRANCE_NM) & (clear >= ENTRANCE_ROOM_NM))[0])
    waits = np.flatnonzero((gone >= gone[entrance] + ANCHORAGE_NM) & (clear >= ANCHORAGE_ROOM_NM))
    anchorage = int(waits[0]) if len(waits) else len(path) - 1
    if gone[anchorage] - gone[entrance] < NEAREST_ANCHORAGE_NM:
        raise ValueError(f"{name}: the anchorage is {gone[anchorage] - gone[entrance]:.1f} nm from the entrance")
    track = straightened(path[: entrance + 1], water, 0.4)
    return Harbour(name, country, locode, tuple(_rounded(place) for place in track), _rounded(path[anchorage]))


def _rounded(place: tuple[float, float]) -> tuple[float, float]:
    return round(float(place[0]), 4), round(float(place[1]), 4)


def main(earth_lands: str) -> None:
    """Print a Harbour for each of NAMES that has one."""
    water, table = Water(Path(earth_lands)), index()
    for locode, name in NAMES.items():
        found = table[table.unlocode == locode].iloc[0]
        try:
            print(f"    {harbour(name, found.country_code, locode, found.latitude, found.longitude, water)},")
        except ValueError as error:
            print(f"    # {error}")


if __name__ == "__main__":
    main(sys.argv[1])
