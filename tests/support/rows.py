"""Batches, row by row."""

import numpy as np

from fairway.ais.values import Report
from fairway.traffic.batch import Batch


def rows(batch: Batch) -> list[Report]:
    """Each row of a batch as a report."""
    columns = [
        {name: np.asarray(column).tolist() for name, column in given.items()} for given in (batch.moving, batch.static)
    ]
    return [
        Report(  # type: ignore[call-arg]
            int(batch.mmsi[row]),
            int(batch.t[row]),
            *({name: column[row] for name, column in given.items()} for given in columns),
            batch.sentences[row] if batch.sentences else b"",
            batch.stations[row] if batch.stations else "",
        )
        for row in range(len(batch.mmsi))
    ]
