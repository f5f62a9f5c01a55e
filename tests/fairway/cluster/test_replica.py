"""A Replica is, at each seq, what the original was."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairway.alerts.event_log import EventLog
from fairway.cluster.message import ClockState, ClusterMessage, decode, encode
from fairway.cluster.replica import Replica
from fairway.protocol import encode_json
from fairway.runtime.clock import Clock
from fairway.traffic.delta import delta_between
from fairway.traffic.traffic import Traffic
from tests.support.traffic import NOW, report, static

CLOCK = Clock(NOW, lambda: 0.0, "simulation")


@pytest.fixture
def replica(ports):
    return Replica(ports, EventLog())


def follow(replica, before, snapshot):
    """Carry one step over; what the replica then shows."""
    message = ClusterMessage(1, delta_between(before, snapshot), ClockState.of(CLOCK))
    replica.put(decode(encode(message)))
    return replica.advance(0.0)


def same(ours, theirs):
    """Whether two snapshots show the same."""
    assert (ours.epoch, ours.seq, ours.now) == (theirs.epoch, theirs.seq, theirs.now)
    for name, column in theirs.columns.items():
        np.testing.assert_array_equal(ours.columns[name], column, name)
    for name, column in theirs.static_columns.items():
        np.testing.assert_array_equal(ours.static_columns[name], column, name)
    assert ours.removals.entries.tolist() == theirs.removals.entries.tolist()
    assert (ours.removals.forgotten, ours.sources) == (theirs.removals.forgotten, theirs.sources)
    assert ours.stations == theirs.stations
    assert encode_json.rows(ours, ours.changed_since(0)) == encode_json.rows(theirs, theirs.changed_since(0))


STEPS = st.lists(
    st.tuples(st.sampled_from(["move", "name", "delete", "wait", "back"]), st.integers(1, 6), st.integers(0, 4000)),
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(steps=STEPS, whole_at=st.integers(0, 25))
def test_step_by_step(ports, steps, whole_at):
    """Whatever happens in the original, removals, reused rows and a clock set back included, the replica follows."""
    epochs = iter(range(1000))
    original = Traffic(ports, lambda: f"e{next(epochs)}", lost_after_s=3600, tombstones=3)
    replica, now, before = Replica(ports, EventLog()), NOW, None
    for at, (kind, mmsi, seconds) in enumerate(steps):
        if kind == "back":
            now -= 10_000
        now += seconds if kind == "wait" else 1
        if kind == "move":
            original.put(report(mmsi, t=now, sog=seconds % 300))
        if kind == "name":
            original.put(static(mmsi, t=now, name=f"N{seconds}", destination="ROTTERDAM"))
        if kind == "delete":
            original.delete([mmsi])
        snapshot = original.advance(now)
        same(follow(replica, None if at == whole_at else before, snapshot), snapshot)
        before = snapshot


def test_tracks(replica, traffic):
    """A replica draws the tracks of what it has followed, and forgets them with the vessel."""
    before = None
    for minute in range(3):
        traffic.put(report(1, t=NOW + 600 * minute, lat=50 + minute / 8))
        snapshot = traffic.advance(NOW + 600 * minute)
        follow(replica, before, snapshot)
        before = snapshot
    assert replica.track(1)["lat"].tolist() == [50, 50.125, 50.25]
    traffic.delete([1])
    follow(replica, before, traffic.advance(NOW + 1300))
    assert replica.track(1)["lat"].tolist() == []


def test_an_entry_that_only_bears_the_clock(replica, traffic):
    """While nothing changes, entries tell the clock, and make no new snapshot."""
    traffic.put(report(1))
    snapshot = traffic.advance(NOW)
    shown = follow(replica, None, snapshot)
    assert follow(replica, snapshot, snapshot) is shown


def test_a_clock_follows():
    """A following clock takes over time, rates, pause and mode, and leaves small differences alone while both go."""
    wall = [0.0]
    clock = Clock(0.0, lambda: wall[0], "live")
    clock.follow(NOW, 2.0, False, "simulation", 1.5)
    wall[0] = 10.0
    assert (clock.now(), clock.rate, clock.rate_actual, clock.mode) == (NOW + 20, 2.0, 1.5, "simulation")
    clock.follow(NOW + 20.5, 2.0, False, "simulation", 2.0)
    assert clock.now() == NOW + 20
    clock.follow(NOW + 20, 2.0, True, "simulation", 0.0)
    wall[0] = 20.0
    assert (clock.now(), clock.paused) == (NOW + 20, True)
    clock.follow(NOW + 20.25, 2.0, True, "simulation", 0.0)
    assert clock.now() == NOW + 20.25
