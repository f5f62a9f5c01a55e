"""ClusterMessage: what is encoded is decoded, and nothing else is."""

import msgspec
import pytest

from fairway.alerts.event_log import EventLog
from fairway.cluster.message import Area, ClockState, ClusterMessage, SimulatorState, decode, encode
from fairway.runtime.clock import Clock
from fairway.traffic.delta import delta_between
from tests.support.traffic import NOW, report, static


def test_a_message_survives_encoding(traffic):
    """Arrays, text, alerts with their evidence, zones and simulator state come back equal."""
    traffic.put(report([1, 2]))
    traffic.put(static(1, name="ÅRHUS"))
    events = EventLog()
    evidence = {"speed_over_ground": 25.0, "status": "at_sea", "latitude": None}
    events.publish(NOW, event_id="a", kind="high_speed", state="raised", vessel={"mmsi": 1}, evidence=evidence)
    message = ClusterMessage(
        fence=3,
        delta=delta_between(None, traffic.advance(NOW)),
        clock=ClockState.of(Clock(NOW, lambda: 0.0, "simulation")),
        feeds=({"name": "receiver", "age_s": 0.5},),
        events=events.since(0)[0],
        simulation=SimulatorState(7, 30.0, {"scenario": None}),
        zones=(Area(1, "Dover", [[1.0, 50.0]]),),
        acknowledged=("a",),
    )
    assert decode(encode(message)) == message


@pytest.mark.parametrize("packed", [b"", b"\x00garbage", msgspec.msgpack.encode({"fence": 1})])
def test_anything_else_is_refused(packed):
    """Bytes that are no message raise a DecodeError."""
    with pytest.raises(msgspec.DecodeError):
        decode(packed)
