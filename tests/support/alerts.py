"""A Traffic with an alert engine, stepped by hand."""

import itertools

import numpy as np
import orjson

from fairway.alerts.engine import AlertEngine
from fairway.alerts.event_log import EventLog
from fairway.chart.ports import PortIndex
from fairway.protocol import encode_json
from fairway.traffic import fields
from fairway.traffic.batch import Batch
from fairway.traffic.traffic import Traffic

NOW = 1_800_000_000.0


MOORED, UNDER_WAY = fields.NAV_MOORED, 0


class Sea:
    """A Traffic with alerts on it, one vessel after the other."""

    def __init__(self, ports: PortIndex, rules, lost_after_s: float = 3600) -> None:
        epochs = itertools.count(1)
        self.traffic = Traffic(ports, lambda: f"e{next(epochs)}", lost_after_s)
        self.events = EventLog()
        self.alerts = AlertEngine(self.events, lambda: rules() if callable(rules) else rules)
        self.now, self._reported = NOW, 0
        self.traffic.advance(NOW)

    def report(self, mmsi=235000001, after=60.0, sog=12.0, lat=50.0, lon=-20.0, nav=UNDER_WAY) -> list[dict]:
        """Put one report; return the events that it raised."""
        return self.report_all(np.atleast_1d(mmsi), after, sog, lat, lon, nav)

    def report_all(self, mmsi, after, sog, lat, lon, nav) -> list[dict]:
        self.now += after
        n = len(mmsi)
        moving = {
            "lat": np.full(n, round(lat * fields.LATLON_SCALE), "i4"),
            "lon": np.full(n, round(lon * fields.LATLON_SCALE), "i4"),
            "sog": np.full(n, fields.U2_NA if sog is None else round(sog * 10), "u2"),
            "cog": np.zeros(n, "u2"),
            "nav_status": np.full(n, nav, "u1"),
        }
        times = np.full(n, round(self.now * 1000), np.int64)
        self.traffic.put(Batch(np.asarray(mmsi, np.uint32), times, "receiver", False, moving, {}))
        return self.check()

    def check(self) -> list[dict]:
        self.alerts.check(self.traffic.advance(self.now))
        reported, _ = self.events.since(self._reported)
        self._reported = self.events.seq
        return [orjson.loads(encode_json.event(event)) for event in reported]


def kinds(reported: list[dict]) -> list[tuple[str, str]]:
    return [(event["kind"], event["state"]) for event in reported]
