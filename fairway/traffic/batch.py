"""What a feed publishes: a Batch of vessel reports, or a SourceReport about the feed itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """n reports of one source, in scaled integers as `fairway.traffic.fields` lists them.

    An absent column was not reported; a value equal to its field's `missing` was reported as not available.
    A Batch without columns holds reports of stations that are not vessels: base stations, aids to navigation.

    Attributes:
        mmsi: uint32[n].
        t: int64[n], event time, ms UTC.
        source: name of the feed.
        simulated: whether a simulator made these reports.
        moving: columns of `fields.MOVING`; empty for a static report.
        static: columns of `fields.STATIC`, arrays or lists of length n.
        sentences: from an AIVDM source, n texts: the unchanged sentences of each report without their TAG blocks,
            separated by CR LF; b"" for a row whose message belongs to another batch. Empty from other sources.
        stations: n names of the receivers that heard the reports, "" where unknown; empty where no receiver is named.
        received: arrival time of these reports, ms of the clock; None from a simulator or a recording.
        epoch: epoch of the Traffic that drained the batch; "" before.

    """

    mmsi: NDArray[np.uint32]
    t: NDArray[np.int64]
    source: str
    simulated: bool
    moving: dict[str, NDArray[Any]]
    static: dict[str, Any]
    sentences: Sequence[bytes] = ()
    stations: Sequence[str] = ()
    received: int | None = None
    epoch: str = ""

    def take(self, rows: NDArray[np.intp]) -> Batch:
        """The batch with only `rows`, in that order; sentences and stations stay with their rows."""
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


@dataclass(frozen=True, slots=True)
class SourceReport:
    """State of a source: messages that gave no vessel report, and whether the source can be reached.

    Attributes:
        source: name of the feed.
        rejected: messages since the last SourceReport that gave no vessel report, by reason.
        down: why the source cannot be reached; "" if it can; None if that has not changed.
        heard: whether the source sent data that no Batch carries: changes from another process.

    """

    source: str
    rejected: Mapping[str, int] = field(default_factory=dict)
    down: str | None = None
    heard: bool = False


Publish = Callable[[Batch | SourceReport], None]
"""Takes what a feed publishes; it never blocks."""


def _take(column: Any, rows: NDArray[np.intp]) -> Any:
    return column[rows] if isinstance(column, np.ndarray) else [column[row] for row in rows.tolist()]
