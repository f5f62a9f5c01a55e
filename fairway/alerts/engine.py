"""Rules: the engine that runs the alert rules over each Snapshot and tells what begins and what ends.

A rule is pure and remembers nothing: it is handed what is active, for hysteresis, and answers what is active now. The
engine compares, keeps quiet about what was told a moment ago, and publishes the edges. One thread calls it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fairway.alerts.event_log import EventLog
from fairway.traffic import fields
from fairway.traffic.snapshot import Snapshot

Active = NDArray[np.bool_]
"""bool[rows of the Snapshot]: for which vessels the rule holds."""
Check = Callable[[Snapshot, Active], Active]
Place = Callable[[Snapshot, int], str | None]

COOLDOWN_S: Final = 600.0
"""The same thing of the same vessel is not told again within so much of the clock's time."""
MOST_TOLD: Final = 200
"""Edges told of one rule in one step: more at once are the start of a feed, not news."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What to look for, and what its edges are called.

    Attributes:
        name: distinct; what the engine keeps its state by.
        check: (snapshot, active) -> active, pure.
        rising: kind of the event when it begins to hold.
        falling: kind of the event when it ceases to; None where the end only clears what was raised.
        on_sight: whether a vessel for which it holds when first seen is told.
        place: (snapshot, row) -> the port or area that it is about.

    """

    name: str
    check: Check
    rising: str
    falling: str | None = None
    on_sight: bool = False
    place: Place | None = None


@dataclass(slots=True)
class _State:
    """One rule's memory, which the engine holds for it."""

    active: Active
    places: dict[int, str | None] = field(default_factory=dict)
    raised: dict[int, str] = field(default_factory=dict)
    told: dict[tuple[str, int], float] = field(default_factory=dict)


class AlertEngine:
    """Runs rules and publishes their edges.

    Args:
        events: where they go.
        rules: the rules of the moment; they may change between two steps.

    """

    def __init__(self, events: EventLog, rules: Callable[[], Iterable[Rule]]) -> None:
        self._events, self._rules = events, rules
        self._epoch, self._seq, self._number = "", -1, 0
        self._mmsi = np.zeros(0, np.uint32)
        self._states: dict[str, _State] = {}

    def saved(self) -> dict[str, Any]:
        """What `restore` needs, as JSON has it but for bytes; to be called between two `judge`s."""
        states = {
            name: {
                "active": np.flatnonzero(state.active).astype("<i4").tobytes(),
                "raised": list(state.raised.items()),
                "told": [[kind, mmsi, at] for (kind, mmsi), at in state.told.items()],
            }
            for name, state in self._states.items()
        }
        return {"number": self._number, "states": states}

    def restore(self, snapshot: Snapshot, kept: dict[str, Any], left_out: int) -> None:
        """Go on with what `saved` gave at `snapshot`; so many numbers are left out, see `EventLog.leave_gap`."""
        self._epoch, self._seq, self._number = snapshot.epoch, snapshot.seq, kept["number"] + left_out
        self._mmsi = np.where(snapshot.positioned, snapshot.columns["mmsi"], 0)
        for rule in self._rules():
            own = kept["states"].get(rule.name)
            if own is None:
                continue
            state = self._states[rule.name] = _State(np.zeros(len(self._mmsi), bool))
            rows = np.frombuffer(own["active"], "<i4")
            state.active[rows] = True
            if rule.place:
                state.places = {int(self._mmsi[row]): rule.place(snapshot, row) for row in rows.tolist()}
            state.raised = dict(own["raised"])
            state.told = {(kind, mmsi): at for kind, mmsi, at in own["told"]}

    def judge(self, snapshot: Snapshot) -> None:
        """Look at a Snapshot; nothing is done for one that was looked at already."""
        if (snapshot.epoch, snapshot.seq) == (self._epoch, self._seq):
            return
        if snapshot.epoch != self._epoch:
            self._states.clear()
            self._mmsi = np.zeros(0, np.uint32)
        self._epoch, self._seq = snapshot.epoch, snapshot.seq
        before, now = self._mmsi, np.where(snapshot.positioned, snapshot.columns["mmsi"], 0)
        before = np.append(before, np.zeros(len(now) - len(before), np.uint32))
        rules = tuple(self._rules())
        for gone in self._states.keys() - {rule.name for rule in rules}:
            del self._states[gone]
        for rule in rules:
            self._run(rule, snapshot, before, now)
        self._mmsi = now

    def _run(self, rule: Rule, snapshot: Snapshot, before: NDArray[Any], now: NDArray[Any]) -> None:
        first = rule.name not in self._states
        state = self._states.setdefault(rule.name, _State(np.zeros(len(now), bool)))
        was = np.append(state.active, np.zeros(len(now) - len(state.active), bool))
        same = (before == now) & (now > 0)
        for mmsi in before[was & ~same].tolist():
            self._lost(rule, state, snapshot, mmsi)
        was &= same
        state.active = rule.check(snapshot, was.copy()) & (now > 0)
        begun, ended = np.flatnonzero(state.active & ~was), np.flatnonzero(was & ~state.active)
        for row in begun.tolist():
            state.places[int(now[row])] = rule.place(snapshot, row) if rule.place else None
        seen = np.ones(len(now), bool) if rule.on_sight else same & (not first)
        self._raise(rule, state, snapshot, begun[seen[begun]][:MOST_TOLD])
        self._end(rule, state, snapshot, ended[:MOST_TOLD])
        for row in ended.tolist():
            state.places.pop(int(now[row]), None)

    def _raise(self, rule: Rule, state: _State, snapshot: Snapshot, rows: NDArray[np.intp]) -> None:
        for row in rows.tolist():
            mmsi = int(snapshot.columns["mmsi"][row])
            event_id = self._tell(state, rule.rising, snapshot, row)
            if event_id and rule.falling is None:
                state.raised[mmsi] = event_id

    def _end(self, rule: Rule, state: _State, snapshot: Snapshot, rows: NDArray[np.intp]) -> None:
        for row in rows.tolist():
            mmsi = int(snapshot.columns["mmsi"][row])
            if rule.falling is not None:
                self._tell(state, rule.falling, snapshot, row)
            elif mmsi in state.raised:
                vessel, evidence = _vessel(snapshot, row), _evidence(snapshot, row)
                self._publish(state.raised.pop(mmsi), rule.rising, False, snapshot, vessel, evidence, None)

    def _lost(self, rule: Rule, state: _State, snapshot: Snapshot, mmsi: int) -> None:
        """A vessel that is gone has nothing raised any more."""
        state.places.pop(mmsi, None)
        event_id = state.raised.pop(mmsi, None)
        if event_id:
            self._publish(event_id, rule.rising, False, snapshot, {"mmsi": mmsi}, {"reason": "lost"}, None)

    def _tell(self, state: _State, kind: str, snapshot: Snapshot, row: int) -> str | None:
        mmsi = int(snapshot.columns["mmsi"][row])
        if snapshot.now - state.told.get((kind, mmsi), -np.inf) < COOLDOWN_S:
            return None
        state.told = {key: at for key, at in state.told.items() if snapshot.now - at < COOLDOWN_S}
        state.told[kind, mmsi] = snapshot.now
        self._number += 1
        event_id = f"{snapshot.epoch}-{self._number}"
        place = state.places.get(mmsi)
        self._publish(event_id, kind, True, snapshot, _vessel(snapshot, row), _evidence(snapshot, row), place)
        return event_id

    def _publish(
        self,
        event_id: str,
        kind: str,
        raised: bool,
        snapshot: Snapshot,
        vessel: dict[str, object],
        evidence: dict[str, object],
        zone: str | None,
    ) -> None:
        state: Any = "raised" if raised else "cleared"
        self._events.publish(
            snapshot.now, event_id=event_id, kind=kind, state=state, vessel=vessel, evidence=evidence, zone=zone
        )


def _vessel(snapshot: Snapshot, row: int) -> dict[str, object]:
    static = snapshot.static_columns
    imo = int(static["imo"][row])
    return {
        "mmsi": int(snapshot.columns["mmsi"][row]),
        "imo_number": f"IMO{imo:07d}" if fields.imo_is_valid(imo) else None,
        "vessel_name": static["name"][row] or None,
        "vessel_type": fields.VESSEL_TYPES[int(static["vessel_type"][row])],
    }


def _evidence(snapshot: Snapshot, row: int) -> dict[str, object]:
    """What was reported of the vessel when the rule judged it."""
    columns = snapshot.columns
    sog = int(columns["sog"][row])
    return {
        "speed_over_ground": None if sog == fields.U2_NA else sog / 10,
        "latitude": round(int(columns["lat"][row]) / fields.LATLON_SCALE, 6),
        "longitude": round(int(columns["lon"][row]) / fields.LATLON_SCALE, 6),
        "status": fields.STATUSES[int(columns["status"][row])],
    }
