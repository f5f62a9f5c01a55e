"""The components that all sessions share."""

import dataclasses

from tests.support.traffic import NOW, report


def test_clock_state(context):
    """The clock's state has the seed, and milliseconds only on demand."""
    state = context.clock_state(ms=True)
    assert (state["time"], state["seed"], state["mode"]) == ("2027-01-15T08:00:00.000Z", 7, "replay")
    assert context.clock_state(ms=False)["time"] == "2027-01-15T08:00:00Z"


def test_summary(context, traffic):
    """The summary counts the vessels of the newest Snapshot and the current clients."""
    busy = dataclasses.replace(context, connected_clients=lambda: 5)
    traffic.put(report(4))
    traffic.advance(NOW)
    summary = busy.summary(ms=False)
    assert (summary["total_vessels"], summary["connected_clients"]) == (4, 5)
    assert summary["timestamp"] == "2027-01-15T08:00:00Z"
