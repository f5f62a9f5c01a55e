"""A closed Suez Canal: vessels that have not entered it turn away, one after another."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Iterator
from typing import Final

import numpy as np

from fairway.chart.routing import UnsailableError
from sim.simulation import Simulation

log = logging.getLogger(__name__)
_SHORT_OF_NM: Final = 2.0
"""A vessel this near to the canal goes through."""
_CLEAR_OF_PORT_NM: Final = 3.0
Etas = dict[int, tuple[float, float]]
"""MMSI -> ETA before and after, Unix seconds."""


def turn_next(simulation: Simulation, etas: Etas, unable: set[int]) -> tuple[int, ...]:
    """Send the next vessel that is bound for the canal round the Cape; return its MMSI, if there is one.

    Its ETAs are added to `etas`. A vessel that finds no other way keeps its own, and is added to `unable`.
    """
    for mmsi, eta, turn in _bound_for_canal(simulation):
        if mmsi in unable:
            continue
        try:
            row = turn()
        except UnsailableError as error:
            unable.add(mmsi)
            log.warning("vessel %d keeps its way: %s", mmsi, error)
        else:
            etas[mmsi] = eta, float(simulation.independent.fleet.eta[row])
            return (mmsi,)
    return ()


def _bound_for_canal(simulation: Simulation) -> Iterator[tuple[int, float, Callable[[], int]]]:
    """MMSI and ETA of each vessel that has the canal ahead, and a call that turns it and returns its row."""
    world, fleet, independent = simulation.world, simulation.world.fleet, simulation.independent
    begins = np.where(world.lanes.passage == "suez", world.lanes.canal[:, 0], np.nan)[fleet.leg]
    out = world.lanes.entrance_out_nm[fleet.leg] + _CLEAR_OF_PORT_NM
    before = (fleet.along_nm < begins - _SHORT_OF_NM) & (fleet.along_nm > out) & (fleet.mmsi > 0)
    for row in np.flatnonzero(before).tolist():
        yield int(fleet.mmsi[row]), float(fleet.eta[row]), functools.partial(simulation.take_over, row)
    for row, sail in enumerate(independent.sails):
        canal = sail.path.canal_nm if sail else None
        if canal and independent.fleet.along_nm[row] < canal[0] - _SHORT_OF_NM:
            turn = functools.partial(simulation.detour, row)
            yield int(independent.fleet.mmsi[row]), float(independent.fleet.eta[row]), turn
