"""Batch: what a feed hands over. Columns of reports for n vessels, with the time of each event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from fairway.traffic.delta import TrafficDelta


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """n reports of one source, in scaled integers as `fairway.traffic.fields` lists them.

    A column that is absent was not reported; a value equal to its field's `missing` was reported as not available.
    A Batch without any column reports no vessel: base stations, aids to navigation, or nothing but the source's state.

    Attributes:
        mmsi: uint32[n].
        t: int64[n], event time, ms UTC.
        source: name of the feed.
        simulated: whether these vessels are made up.
        moving: columns of `fields.MOVING`; empty for a static report.
        static: columns of `fields.STATIC`, arrays or lists of length n.
        rejected: how much the source received since its last batch that gave no report, by reason.
        sentences: where the source is AIVDM, n texts: the sentences that gave each report, untouched and without a TAG
            block, parted by CR LF; b"" for a row whose message stands in another batch. Else empty.
        stations: where receivers say it, n names of the station that heard each report, "" where unknown; else empty.
        received: when these reports came in, ms of the clock; None where that means nothing (simulator, replay).
        entry: what another process tells of a step of its Traffic; only a Replica takes it.
        epoch: that of the Traffic which drained it; "" before.
        down: why the source can't be reached, "" once it can; None: nothing new about that.

    """

    mmsi: NDArray[np.uint32]
    t: NDArray[np.int64]
    source: str
    simulated: bool
    moving: dict[str, NDArray[Any]]
    static: dict[str, Any]
    rejected: Mapping[str, int] = field(default_factory=dict)
    sentences: Sequence[bytes] = ()
    stations: Sequence[str] = ()
    received: int | None = None
    down: str | None = None
    epoch: str = ""
    entry: TrafficDelta | None = None

    def take(self, rows: NDArray[np.intp]) -> Batch:
        """The batch with some of its rows, in that order; sentences and stations stay with their rows."""
        if np.array_equal(rows, np.arange(len(self.mmsi))):
            return self
        at = rows.tolist()
        return replace(
            self,
            mmsi=self.mmsi[rows],
            t=self.t[rows],
            moving={name: column[rows] for name, column in self.moving.items()},
            static={name: _take(column, rows) for name, column in self.static.items()},
            sentences=[self.sentences[row] for row in at] if self.sentences else (),
            stations=[self.stations[row] for row in at] if self.stations else (),
        )


def _take(column: Any, rows: NDArray[np.intp]) -> Any:
    return column[rows] if isinstance(column, np.ndarray) else [column[row] for row in rows.tolist()]
