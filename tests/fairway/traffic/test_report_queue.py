"""Outbox: bounded, counted, never waited for."""

import itertools

from fairway.traffic.report_queue import DEGRADED_FOR_S, ReportQueue
from tests.support.traffic import report


def report_queue(limit: int = 10, clock=None) -> ReportQueue:
    built = ReportQueue("relay", clock or (lambda: 0.0), limit)
    built.up()
    return built


def test_reports_come_out_in_order():
    """What was recorded is taken once, oldest first."""
    box, batches = report_queue(), [report([1, 2]), report([3])]
    for batch in batches:
        box.record(batch)
    assert box.status()["queued"] == 3
    assert box.take(0) == batches
    assert box.take(0) == []


def test_the_oldest_are_dropped_and_counted():
    """Over the limit the oldest batches go, and the state says degraded for a minute."""
    now = [0.0]
    box = report_queue(limit=3, clock=lambda: now[0])
    for mmsi in range(1, 6):
        box.record(report([mmsi]))
    assert [int(batch.mmsi[0]) for batch in box.take(0)] == [3, 4, 5]
    assert (box.status()["dropped"], box.status()["state"]) == (2, "degraded")
    now[0] = DEGRADED_FOR_S + 1
    assert box.status()["state"] == "ok"


def test_a_batch_larger_than_the_limit_is_taken():
    """A fleet that reports at once is not lost for its size."""
    box = report_queue(limit=3)
    box.record(report([1]))
    box.record(report(range(1, 9)))
    assert [len(batch.mmsi) for batch in box.take(0)] == [8]
    assert box.status()["dropped"] == 1


def test_the_status_says_what_is_wrong():
    """Down with its reason until the output is up; the age counts from the last delivery."""
    seconds = itertools.count(100.0)
    box = ReportQueue("relay", lambda: next(seconds))
    box.counts["readers"] = 2
    assert box.status() == {
        "name": "relay", "state": "down", "sent": 0, "dropped": 0, "queued": 0, "age_s": None, "problem": "starting",
        "readers": 2,
    }  # fmt: skip
    box.up()
    box.sent(5)
    status = box.status()
    assert (status["state"], status["sent"], status["age_s"]) == ("ok", 5, 1.0)
    box.down("cable cut")
    assert box.status()["problem"] == "cable cut"


def test_nothing_is_no_batch():
    """A batch without rows, which only tells of rejects, is not queued."""
    box = report_queue()
    box.record(report([]))
    assert box.take(0) == []


def test_traffic_hands_over_every_batch(traffic):
    """Each drained batch goes to each recorder, with its epoch, even if its reports are old news."""
    first, second = report_queue(), report_queue()
    traffic.recorders += [first.record, second.record]
    new, old = report([1], t=1_800_000_000.0), report([1], t=1_799_999_000.0)
    traffic.put(new)
    traffic.put(old)
    traffic.advance(1_800_000_000.0)
    taken = first.take(0)
    assert taken == second.take(0)
    assert [(batch.t.tolist(), batch.epoch) for batch in taken] == [(b.t.tolist(), "e1") for b in (new, old)]
