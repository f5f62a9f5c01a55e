"""A level 2 client: it applies each message in any encoding, and detects gaps."""

import json

from fairway.protocol import encode_binary
from fairway.protocol.context import Context
from fairway.protocol.encode_json import Binary
from fairway.runtime.clock import Clock
from fairway.traffic import fields
from tests.support.frames import checked
from tests.support.traffic import NOW

ENCODINGS = ("objects", "columns", "binary")
FEEDS = [{"name": "receiver", "state": "ok", "age_s": 0.5, "reports": 3, "rejected": {}}]
KINEMATICS = ("speed_over_ground", "course_over_ground", "heading", "rate_of_turn")


class GapError(AssertionError):
    """A message whose `prev` is not the client's seq."""


class Client:
    """`fleet`: mmsi -> {latitude, longitude, kinematics, vessel_type, status}, degrees and level-1 units."""

    def __init__(self, filtered=False):
        self.filtered = filtered
        self.epoch, self.seq = None, 0
        self.fleet, self.static, self.removed = {}, {}, {}
        self.kinds, self.events, self.warnings = [], [], []

    def hear(self, messages):
        for message in messages:
            self._hear(message)

    def _hear(self, message):
        if isinstance(message, Binary):
            self.kinds.append("binary")
            return self._apply_binary(message)
        body = checked(message)
        self.kinds.append(body["type"])
        kind = body["type"]
        if kind == "connection_established":
            self.epoch, self.seq = body["epoch"], body["seq"]
        elif kind == "subscription_confirmed":
            # a seq counts within its epoch: without the snapshot that follows there is nothing to resume from
            self.seq = self.seq if body["resumed"] else 0
            self.epoch, self.warnings = body["epoch"], body["warnings"]
        elif kind == "epoch":
            self.epoch, self.seq = body["epoch"], 0
        elif kind == "vessel_updates":
            self._apply(body, _vessels(body))
        elif kind == "vessel_static":
            columns = body["columns"]
            self.static |= {row["mmsi"]: row for row in _rows(columns)}
        elif kind == "event":
            self.events.append(body["event_seq"])
        return None

    def _apply_binary(self, message):
        head, columns = encode_binary.read(message)
        body = {"seq": head["seq"], "prev": head["prev"], "snapshot": bool(head["flags"] & encode_binary.SNAPSHOT)}
        body["removed"] = [{"mmsi": mmsi, "reason": "?"} for mmsi in columns["removed_mmsi"].tolist()]
        self._apply(body, _vessels_of_arrays(columns))

    def _apply(self, body, vessels):
        if body.get("part", 1) == 1:
            if body.get("snapshot"):
                assert body["prev"] == 0
                self.fleet = {}
            elif body["prev"] != self.seq:
                raise GapError(f"prev {body['prev']}, have {self.seq}")
        for gone in body["removed"]:
            assert gone["mmsi"] not in vessels
            assert not self.filtered or gone["mmsi"] in self.fleet
            self.removed[gone["mmsi"]] = gone["reason"]
            self.fleet.pop(gone["mmsi"], None)
        self.fleet |= vessels
        if body.get("part", 1) == body.get("parts", 1):
            self.seq = body["seq"]


def _rows(columns):
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _vessels(body):
    if "columns" in body:
        rows = _rows(body["columns"])
        return {row.pop("mmsi"): {key: row[key] for key in row if key != "age_s"} for row in rows}
    return {
        vessel["mmsi"]: {
            "latitude": vessel["position"]["latitude"],
            "longitude": vessel["position"]["longitude"],
            **vessel["kinematics"],
            "vessel_type": vessel["vessel_type"],
            "status": vessel["status"],
        }
        for vessel in body["updates"]
    }


def _vessels_of_arrays(columns):
    def known(name, missing, scale):
        return [None if value == missing else value / scale for value in columns[name].tolist()]

    table = {
        "latitude": [round(value / fields.LATLON_SCALE, 6) for value in columns["lat"].tolist()],
        "longitude": [round(value / fields.LATLON_SCALE, 6) for value in columns["lon"].tolist()],
        "speed_over_ground": known("sog", fields.U2_NA, 10),
        "course_over_ground": known("cog", fields.U2_NA, 10),
        "heading": known("heading", fields.U2_NA, 1),
        "rate_of_turn": known("rot", fields.ROT_NA, 10),
        "vessel_type": [fields.VESSEL_TYPES[code] for code in columns["vessel_type"].tolist()],
        "status": [fields.STATUSES[code] for code in columns["status"].tolist()],
    }
    return dict(zip(columns["mmsi"].tolist(), _rows(table), strict=True))


def truth(snapshot, wanted=None):
    """Return the expected state at this Snapshot for a client of `wanted` (a function of a vessel; None: all)."""
    columns, static = snapshot.columns, snapshot.static_columns
    fleet = {}
    for row in range(len(columns["mmsi"])):
        if not snapshot.positioned[row]:
            continue
        vessel = {
            "latitude": round(int(columns["lat"][row]) / fields.LATLON_SCALE, 6),
            "longitude": round(int(columns["lon"][row]) / fields.LATLON_SCALE, 6),
        }
        scales = (
            ("sog", fields.U2_NA, 10),
            ("cog", fields.U2_NA, 10),
            ("heading", fields.U2_NA, 1),
            ("rot", fields.ROT_NA, 10),
        )
        for name, (column, missing, scale) in zip(KINEMATICS, scales, strict=True):
            value = int(columns[column][row])
            vessel[name] = None if value == missing else value / scale
        vessel["vessel_type"] = fields.VESSEL_TYPES[static["vessel_type"][row]]
        vessel["status"] = fields.STATUSES[columns["status"][row]]
        if wanted is None or wanted(vessel):
            fleet[int(columns["mmsi"][row])] = vessel
    return fleet


def context_of(traffic) -> Context:
    """Return the context of a server with a clock that stands at NOW, one client and one feed."""
    clock = Clock(NOW, lambda: 0.0, "replay")
    return Context(clock, traffic.snapshot, lambda: 1, lambda: 7, {}, feeds=lambda: FEEDS)


def subscribe_raw(session, **request):
    """Return the messages that answer a `subscribe` of level 2."""
    return session.receive(json.dumps({"type": "subscribe", "proto": 2} | request))


def subscribe(session, **request):
    """Return the answers to a `subscribe` of level 2: texts decoded and checked, binary messages as they are."""
    answers = subscribe_raw(session, **request)
    return [answer if isinstance(answer, Binary) else checked(answer) for answer in answers]


def texts(messages):
    """Return the text messages, decoded and checked."""
    return [checked(message) for message in messages if not isinstance(message, Binary)]


def raise_event(events, event_id, mmsi, state="raised"):
    """Publish an alert of the vessel `mmsi`."""
    events.publish(NOW, event_id=event_id, kind="speed", state=state, vessel={"mmsi": mmsi}, evidence={"sog": 30.1})
