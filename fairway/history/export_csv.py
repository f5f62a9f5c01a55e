"""Reports of the history as CSV (RFC 4180), streamed in parts."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fairway.history.frames import Rows
from fairway.history.runs import Run
from fairway.traffic import fields

HEADER: Final = (
    "timestamp", "mmsi", "imo_number", "vessel_name", "vessel_type", "latitude", "longitude", "speed_over_ground",
    "course_over_ground", "heading", "rate_of_turn", "nav_status", "source", "simulated", "run",
)  # fmt: skip
Names = Mapping[int, tuple[str | None, int | None]]
_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
"""First characters of texts that a spreadsheet would run as a formula."""


def lines(
    reports: Iterable[tuple[Run, Rows]], wanted: Callable[[Rows], NDArray[np.bool_]], names: Callable[[Run], Names]
) -> Iterator[str]:
    """Yield the header, then one line per report; unknown values are empty cells, times have milliseconds.

    Args:
        reports: parts, each of one run.
        wanted: selects rows: ROW[n] -> bool[n].
        names: name and IMO number of a run's vessels by MMSI; called once per run.

    """
    yield _text([HEADER])
    known: dict[int, Names] = {}
    for run, rows in reports:
        if run.id not in known:
            known[run.id] = names(run)
        rows = rows[wanted(rows)]
        if len(rows):
            yield _text(zip(*_columns(run, rows, known[run.id]), strict=True))


def _columns(run: Run, rows: Rows, names: Names) -> list[list[Any]]:
    mmsis = rows["mmsi"].tolist()
    identities = [names.get(mmsi, (None, None)) for mmsi in mmsis]
    feeds = [run.sources[number] if number < len(run.sources) else ("", False) for number in rows["source"].tolist()]
    return [
        [f"{time}Z" for time in np.datetime_as_string(rows["t"].astype("datetime64[ms]")).tolist()],
        mmsis,
        [f"IMO{imo:07d}" if imo and fields.imo_is_valid(imo) else None for _, imo in identities],
        [_harmless(name) for name, _ in identities],
        [fields.VESSEL_TYPES[kind] for kind in rows["vessel_type"].tolist()],
        _numbers(rows["lat"], fields.LAT_NA, fields.LATLON_SCALE, 6),
        _numbers(rows["lon"], fields.LON_NA, fields.LATLON_SCALE, 6),
        _numbers(rows["sog"], fields.U2_NA, 10, 1),
        _numbers(rows["cog"], fields.U2_NA, 10, 1),
        _numbers(rows["heading"], fields.U2_NA, 1, 0),
        _numbers(rows["rot"], fields.ROT_NA, 10, 1),
        rows["nav_status"].tolist(),
        [name for name, _ in feeds],
        ["true" if simulated else "false" for _, simulated in feeds],
        [run.epoch] * len(rows),
    ]


def _numbers(column: NDArray[Any], missing: int, scale: int, digits: int) -> list[float | None]:
    values = np.round(column / scale, digits).tolist()
    return [None if raw == missing else value for raw, value in zip(column.tolist(), values, strict=True)]


def _harmless(text: str | None) -> str | None:
    return f"'{text}" if text and text.startswith(_FORMULAS) else text


def _text(rows: Iterable[Iterable[Any]]) -> str:
    page = io.StringIO()
    csv.writer(page).writerows(rows)
    return page.getvalue()
