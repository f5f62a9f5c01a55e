"""Pictures of the history as Snapshots: whatever reads and encodes the present does the same with the past."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fairway.chart.ports import PortIndex
from fairway.history.queries import Picture
from fairway.traffic import fields
from fairway.traffic.derived import status
from fairway.traffic.derived.flag_state import flag_of
from fairway.traffic.removals import Removals
from fairway.traffic.snapshot import Snapshot

Static = Mapping[str, Any]
_TOLD: Final = [item for item in fields.STATIC if item.name not in ("static_seq", "destination_port")]


def snapshot_of(picture: Picture, ports: PortIndex, static: Iterable[Static] = ()) -> Snapshot:
    """A Snapshot at `picture.at`: epoch that of its last run, seq 1.

    Args:
        picture: who was where.
        ports: as Traffic has them.
        static: rows of the history's STATIC; who is in none has its vessel type and flag only.

    """
    rows = picture.rows
    columns: dict[str, NDArray[Any]] = {
        item.name: np.full(len(rows), item.missing, item.dtype) for item in (*fields.DERIVED, *fields.MOVING)
    }
    for name in ("mmsi", "t", "source", *(item.name for item in fields.MOVING)):
        columns[name] = rows[name].astype(columns[name].dtype)
    columns["status"], columns["port"] = status.of(ports, columns)
    columns["seq"][:] = 1
    sources = picture.sources or (("", False),)
    return Snapshot(
        epoch=picture.runs[-1].epoch if picture.runs else "",
        seq=1,
        now=picture.at / 1000,
        columns=columns,
        static_columns=_static_columns(rows, ports, static),
        sources=tuple(name for name, _ in sources),
        simulated=tuple(made_up for _, made_up in sources),
        stations=("",),
        port_names=ports.names,
        port_countries=ports.countries,
        static_seq=1,
        removals=Removals.none(),
    )


def _static_columns(rows: NDArray[Any], ports: PortIndex, static: Iterable[Static]) -> dict[str, NDArray[Any]]:
    columns: dict[str, NDArray[Any]] = {
        item.name: np.full(len(rows), item.missing, item.dtype) for item in fields.STATIC
    }
    columns["vessel_type"] = rows["vessel_type"].copy()
    columns["static_seq"][:] = 1
    place = {mmsi: at for at, mmsi in enumerate(rows["mmsi"].tolist())}
    told = [row for row in static if row["mmsi"] in place]
    at = [place[row["mmsi"]] for row in told]
    for item in _TOLD if told else ():
        values = [item.missing if row[item.name] is None else row[item.name] for row in told]
        column = np.empty(len(values), columns[item.name].dtype)
        column[:] = values
        columns[item.name][at] = column
    for index in np.flatnonzero(columns["flag"] == ""):
        columns["flag"][index] = flag_of(int(rows["mmsi"][index]))
    columns["destination_port"][at] = [ports.resolve(text) for text in columns["destination"][at].tolist()]
    return columns
