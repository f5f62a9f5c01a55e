"""EventLog: numbers, cursors, the ring's bound, acknowledgement and skipped numbers."""

import pytest

from fairway.alerts.event_log import EventLog

NOW = 1_800_000_000.0


@pytest.fixture
def log():
    return EventLog(size=3)


def publish(log, *numbers):
    for number in numbers:
        vessel = {"mmsi": 352_100_000 + number}
        log.publish(NOW, event_id=f"a{number}", kind="high_speed", state="raised", vessel=vessel, evidence={})


def test_a_cursor_gets_newer_events_and_the_number_missed(log):
    """Events are numbered from 1; those that have left the ring are counted."""
    publish(log, 1, 2, 3, 4, 5)
    events, missed = log.since(1)
    assert ([event.event_id for event in events], missed) == (["a3", "a4", "a5"], 1)
    assert (log.seq, events[0].seq, events[0].mmsi) == (5, 3, 352_100_003)
    assert log.since(5) == ((), 0)


def test_adopted_events_keep_their_numbers(log):
    """An event of another process is added under its number, and only once."""
    origin = EventLog()
    publish(origin, 1, 2)
    for event in (*origin.since(0)[0], *origin.since(0)[0]):
        log.adopt(event)
    assert log.since(0) == origin.since(0)


def test_skipped_numbers_are_not_missed(log):
    """After a restart numbers are skipped; a cursor before the gap misses nothing in it."""
    publish(log, 1, 2)
    other = EventLog()
    other.restore(log.since(0)[0], 2, skipped=1000)
    publish(other, 3)
    for cursor in (2, 500, 1002):
        events, missed = other.since(cursor)
        assert ([event.event_id for event in events], missed) == (["a3"], 0)
    assert other.gap == (2, 1002)


def test_acknowledged_events_are_forgotten_with_the_ring(log):
    """Unknown ids are ignored, and an id leaves with its event."""
    publish(log, 1, 2)
    log.acknowledge(["a2", "a1", "unknown"])
    assert log.acknowledged == ["a1", "a2"]
    publish(log, 3, 4)
    assert log.acknowledged == ["a2"]
