"""AlertEngine: runs the alert rules over each Snapshot and publishes what starts and what ends.

A rule is pure and has no state: it gets the vessels for which it is active, for hysteresis, and returns those for which
it is active now. The engine compares, suppresses repetitions and publishes the edges. One thread calls it.
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
"""An event of one kind and one vessel is not published again within this time of the clock."""
MAX_EDGES: Final = 200
"""Edges of one rule that one step publishes: more at once come from the start of a feed."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition on vessels, and the kinds of event at its edges.

    Attributes:
        name: distinct; the engine's state of the rule is stored under it.
        check: (snapshot, active) -> active, pure.
        rising: kind of the event when the condition starts to hold.
        falling: kind of the event when it ends; None if the end clears the raised alert instead.
        on_sight: whether to publish an event for a vessel for which the condition holds when first seen.
        place: (snapshot, row) -> the port or zone of the event.

    """

    name: str
    check: Check
    rising: str
    falling: str | None = None
    on_sight: bool = False
    place: Place | None = None


@dataclass(slots=True)
class _State:
    """State of one rule.

    Attributes:
        active: bool[rows].
        places: MMSI -> port or zone, of active vessels.
        raised: MMSI -> event id of the alert that is not cleared yet.
        published: (kind, MMSI) -> the clock's time of the last event, Unix seconds.

    """

    active: Active
    places: dict[int, str | None] = field(default_factory=dict)
    raised: dict[int, str] = field(default_factory=dict)
    published: dict[tuple[str, int], float] = field(default_factory=dict)


class AlertEngine:
    """Runs rules and publishes their edges.

    Args:
        events: gets the events.
        rules: returns the present rules; they may change between two steps.

    """

    def __init__(self, events: EventLog, rules: Callable[[], Iterable[Rule]]) -> None:
        self._events, self._rules = events, rules
        self._epoch, self._seq, self._number = "", -1, 0
        self._mmsi = np.zeros(0, np.uint32)
        self._states: dict[str, _State] = {}

    def saved(self) -> dict[str, Any]:
        """State for `restore`; MessagePack can encode it. To be called between two `check`s."""
        states = {
            name: {
                "active": np.flatnonzero(state.active).astype("<i4").tobytes(),
                "raised": list(state.raised.items()),
                "published": [[kind, mmsi, at] for (kind, mmsi), at in state.published.items()],
            }
            for name, state in self._states.items()
        }
        return {"number": self._number, "states": states}

    def restore(self, snapshot: Snapshot, saved: dict[str, Any], skipped: int) -> None:
        """Load the result of `saved` at `snapshot`, skipping event numbers as `EventLog.restore` does."""
        self._epoch, self._seq, self._number = snapshot.epoch, snapshot.seq, saved["number"] + skipped
        self._mmsi = np.where(snapshot.positioned, snapshot.columns["mmsi"], 0)
        for rule in self._rules():
            own = saved["states"].get(rule.name)
            if own is None:
                continue
            state = self._states[rule.name] = _State(np.zeros(len(self._mmsi), bool))
            rows = np.frombuffer(own["active"], "<i4")
            state.active[rows] = True
            if rule.place:
                state.places = {int(self._mmsi[row]): rule.place(snapshot, row) for row in rows.tolist()}
            state.raised = dict(own["raised"])
            state.published = {(kind, mmsi): at for kind, mmsi, at in own["published"]}

    def check(self, snapshot: Snapshot) -> None:
        """Run the rules over a Snapshot and publish the edges; a Snapshot that was checked before is ignored."""
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
            self._clear_lost(rule, state, snapshot, mmsi)
        was &= same
        state.active = rule.check(snapshot, was.copy()) & (now > 0)
        started, ended = np.flatnonzero(state.active & ~was), np.flatnonzero(was & ~state.active)
        for row in started.tolist():
            state.places[int(now[row])] = rule.place(snapshot, row) if rule.place else None
        seen = np.ones(len(now), bool) if rule.on_sight else same & (not first)
        self._raise(rule, state, snapshot, started[seen[started]][:MAX_EDGES])
        self._end(rule, state, snapshot, ended[:MAX_EDGES])
        for row in ended.tolist():
            state.places.pop(int(now[row]), None)

    def _raise(self, rule: Rule, state: _State, snapshot: Snapshot, rows: NDArray[np.intp]) -> None:
        for row in rows.tolist():
            mmsi = int(snapshot.columns["mmsi"][row])
            event_id = self._publish_edge(state, rule.rising, snapshot, row)
            if event_id and rule.falling is None:
                state.raised[mmsi] = event_id

    def _end(self, rule: Rule, state: _State, snapshot: Snapshot, rows: NDArray[np.intp]) -> None:
        for row in rows.tolist():
            mmsi = int(snapshot.columns["mmsi"][row])
            if rule.falling is not None:
                self._publish_edge(state, rule.falling, snapshot, row)
            elif mmsi in state.raised:
                vessel, evidence = _vessel(snapshot, row), _evidence(snapshot, row)
                self._publish(state.raised.pop(mmsi), rule.rising, False, snapshot, vessel, evidence, None)

    def _clear_lost(self, rule: Rule, state: _State, snapshot: Snapshot, mmsi: int) -> None:
        """Clear the alert of a vessel that has left Traffic."""
        state.places.pop(mmsi, None)
        event_id = state.raised.pop(mmsi, None)
        if event_id:
            self._publish(event_id, rule.rising, False, snapshot, {"mmsi": mmsi}, {"reason": "lost"}, None)

    def _publish_edge(self, state: _State, kind: str, snapshot: Snapshot, row: int) -> str | None:
        """Publish an event and return its id; None within the cooldown."""
        mmsi = int(snapshot.columns["mmsi"][row])
        if snapshot.now - state.published.get((kind, mmsi), -np.inf) < COOLDOWN_S:
            return None
        # entries past their cooldown are dropped here, so that the dictionary stays bounded
        state.published = {key: at for key, at in state.published.items() if snapshot.now - at < COOLDOWN_S}
        state.published[kind, mmsi] = snapshot.now
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
    """The reported values of the vessel that the rule checked."""
    columns = snapshot.columns
    sog = int(columns["sog"][row])
    return {
        "speed_over_ground": None if sog == fields.U2_NA else sog / 10,
        "latitude": round(int(columns["lat"][row]) / fields.LATLON_SCALE, 6),
        "longitude": round(int(columns["lon"][row]) / fields.LATLON_SCALE, 6),
        "status": fields.STATUSES[int(columns["status"][row])],
    }
