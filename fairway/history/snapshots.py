"""The past fleet as a Snapshot: encoders and filters treat past and present alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fairway.chart.ports import PortIndex
from fairway.history.runs import PastFleet
from fairway.traffic import fields
from fairway.traffic.derived import status
from fairway.traffic.derived.flag_state import flag_of
from fairway.traffic.removals import Removals
from fairway.traffic.snapshot import Snapshot

Static = Mapping[str, Any]
_REPORTED: Final = [item for item in fields.STATIC if item.name not in ("static_seq", "destination_port")]


def snapshot_of(fleet: PastFleet, ports: PortIndex, static: Iterable[Static] = ()) -> Snapshot:
    """A Snapshot of the past fleet, with the epoch of its last run and seq 1.

    Args:
        fleet: last reports at a moment.
        ports: the same index as Traffic uses.
        static: rows of the table STATIC; a vessel without one has its vessel type and flag only.

    """
    rows = fleet.rows
    columns: dict[str, NDArray[Any]] = {
        item.name: np.full(len(rows), item.missing, item.dtype) for item in (*fields.DERIVED, *fields.MOVING)
    }
    for name in ("mmsi", "t", "source", *(item.name for item in fields.MOVING)):
        columns[name] = rows[name].astype(columns[name].dtype)
    columns["status"], columns["port"] = status.of(ports, columns)
    columns["seq"][:] = 1
    sources = fleet.sources or (("", False),)
    return Snapshot(
        epoch=fleet.runs[-1].epoch if fleet.runs else "",
        seq=1,
        now=fleet.at / 1000,
        columns=columns,
        static_columns=_static_columns(rows, ports, static),
        sources=tuple(name for name, _ in sources),
        simulated=tuple(simulated for _, simulated in sources),
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
    known = [row for row in static if row["mmsi"] in place]
    at = [place[row["mmsi"]] for row in known]
    for item in _REPORTED if known else ():
        values = [item.missing if row[item.name] is None else row[item.name] for row in known]
        column = np.empty(len(values), columns[item.name].dtype)
        column[:] = values
        columns[item.name][at] = column
    for index in np.flatnonzero(columns["flag"] == ""):
        columns["flag"][index] = flag_of(int(rows["mmsi"][index]))
    columns["destination_port"][at] = [ports.resolve(text) for text in columns["destination"][at].tolist()]
    return columns
