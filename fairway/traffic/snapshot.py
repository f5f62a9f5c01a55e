"""Snapshot: an immutable view of Traffic at one seq, with the queries of its consumers."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from fairway.traffic import fields
from fairway.traffic.removals import Removals

Summary = dict[str, Any]
Made = TypeVar("Made")
MAX_KEPT: Final = 64


@dataclass(frozen=True, eq=False)
class Snapshot:
    """Every vessel's latest state at `seq` of `epoch`.

    Attributes:
        epoch: changes when seqs start again.
        seq: rises by one with each change of Traffic.
        now: the clock's time of the last change, Unix seconds.
        columns: name -> array of equal length; row numbers are stable, freed rows have mmsi 0.
        static_columns: the same for text and voyage data; shared between snapshots until one changes.
        sources: names of feeds; `simulated` is parallel to it.
        stations: names of receivers; the first is "".
        port_names, port_countries: the lists that column `port` indexes.
        static_seq: the seq at which static data last changed.
        removals: the removed vessels, as far back as the ring reaches.

    """

    epoch: str
    seq: int
    now: float
    columns: dict[str, NDArray[Any]]
    static_columns: dict[str, NDArray[Any]]
    sources: tuple[str, ...]
    simulated: tuple[bool, ...]
    stations: tuple[str, ...]
    port_names: list[str]
    port_countries: list[str]
    static_seq: int
    removals: Removals
    _stored: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False)

    def keep(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """The result of `make`, computed once per key and shared while the Snapshot lives; the newest MAX_KEPT stay."""
        found = self._stored.get(key)
        if found is None:
            # if two threads make the same, both get the result of the first, so that clients in step share one object
            found = self._stored.setdefault(key, make())
            if len(self._stored) > MAX_KEPT:
                self._stored.pop(next(iter(self._stored)), None)
        return found  # type: ignore[no-any-return]

    @cached_property
    def positioned(self) -> NDArray[np.bool_]:
        """bool[n]: the row is a vessel with a valid position; only these are listed and counted."""
        known = (self.columns["mmsi"] > 0) & (self.columns["lat"] != fields.LAT_NA)
        return np.asarray(known & (self.columns["lon"] != fields.LON_NA))

    def changed_since(self, seq: int) -> NDArray[np.intp]:
        """Rows with a position that changed after `seq`; 0 gives all."""
        return np.flatnonzero(self.positioned & (self.columns["seq"] > seq))

    def changes(self, since: int) -> RowView:
        """The rows of `changed_since`, shared by all consumers of the same step."""
        return self.keep(("changes", since), lambda: RowView(self, self.changed_since(since)))

    def reaches(self, epoch: str, seq: int) -> bool:
        """Whether a consumer at `seq` of `epoch` can catch up, removals included."""
        return epoch == self.epoch and seq <= self.seq and self.removals.reaches(seq)

    def find(self, mmsi: int | None = None, imo: int | None = None) -> int | None:
        """The row of a vessel, with or without a position, or None."""
        column = self.columns["mmsi"] if mmsi is not None else self.static_columns["imo"]
        wanted = mmsi if mmsi is not None else imo
        if not wanted:
            return None
        found = np.flatnonzero((column == wanted) & (self.columns["mmsi"] > 0))
        return int(found[0]) if len(found) else None

    @cached_property
    def summary(self) -> Summary:
        """Counts over all vessels with a position: `total_vessels`, by status, by type, and with a route."""
        rows = self.positioned
        kinds = np.bincount(self.static_columns["vessel_type"][rows], minlength=len(fields.VESSEL_TYPES))
        states = np.bincount(self.columns["status"][rows], minlength=len(fields.STATUSES))
        return {
            "total_vessels": int(np.count_nonzero(rows)),
            "status_distribution": dict(zip(fields.STATUSES, states.tolist(), strict=True)),
            "type_distribution": {k: n for k, n in zip(fields.VESSEL_TYPES, kinds.tolist(), strict=True) if n},
            "vessels_with_routes": int(np.count_nonzero(self.static_columns["route"][rows] >= 0)),
        }


class RowView:
    """Columns of some rows of a Snapshot, moving and static, each selected at its first use.

    Attributes:
        rows: intp[k].

    """

    def __init__(self, snapshot: Snapshot, rows: NDArray[np.intp]) -> None:
        self.snapshot, self.rows = snapshot, rows
        self._stored: dict[Hashable, Any] = {}

    def __getitem__(self, name: str) -> NDArray[Any]:
        """The column of that name; length k, dtype as in `fields`."""
        columns = self.snapshot.columns
        return self.keep(name, lambda: (columns if name in columns else self.snapshot.static_columns)[name][self.rows])

    def keep(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """The result of `make`, computed once per key: derived columns that many consumers use."""
        found = self._stored.get(key)
        if found is None:
            found = self._stored.setdefault(key, make())
        return found  # type: ignore[no-any-return]
