"""The alert events of a client."""

from fairway.protocol.session import Session
from tests.support.level2 import raise_event, subscribe, texts
from tests.support.traffic import NOW, report


def test_events(context, traffic, session):
    """Each event is sent once, in order; events that left the ring are counted in events_missed."""
    events = context.events
    session.open()
    subscribe(session, subscription_type="vessels")
    raise_event(events, "a", 1)
    raise_event(events, "a", 1, "cleared")
    messages = texts(session.tick(skipped=5))
    assert [(m["type"], m["event_id"], m["state"]) for m in messages] == [
        ("event", "a", "raised"),
        ("event", "a", "cleared"),
    ]
    for number in range(1030):
        raise_event(events, f"n{number}", 1)
    missed, *rest = texts(session.tick())
    assert (missed["type"], missed["missed"], len(rest)) == ("events_missed", 6, 1024)
    assert [m["event_seq"] for m in rest] == list(range(missed["event_seq"] + 1, 1033))


def test_events_of_a_filter(context, traffic, session):
    """A filtered client gets the events of its vessels, and the end of each alert it has received."""
    events = context.events
    session.open()
    subscribe(session, subscription_type="vessels", filter={"bbox": [-30, 40, 0, 60], "max_speed": 15})
    raise_event(events, "in", 1)
    raise_event(events, "out", 3)
    assert [m["event_id"] for m in texts(session.tick())] == ["in"]
    traffic.put(report(1, t=NOW + 1, sog=160))
    traffic.advance(NOW + 1)
    raise_event(events, "in", 1, "cleared")
    raise_event(events, "out", 3, "cleared")
    removal, *events_due = texts(session.tick())
    assert removal["removed"] == [{"mmsi": 1, "reason": "left_filter"}]
    assert [m["event_id"] for m in events_due] == ["in"]


def test_events_after_a_drop(context, session):
    """A client that resumes with its `event_seq` gets the events since."""
    events = context.events
    session.open()
    subscribe(session)
    raise_event(events, "a", 1)
    raise_event(events, "b", 2)
    again = Session(context)
    again.open()
    confirmed, *_ = subscribe(again, resume={"epoch": context.snapshot().epoch, "seq": 1, "event_seq": 1})
    assert confirmed["event_seq"] == 1
    assert [m["event_id"] for m in texts(again.tick()) if m["type"] == "event"] == ["b"]


def test_a_future_event_seq(context, session):
    """A client whose `event_seq` is ahead of the ring starts after the newest event."""
    raise_event(context.events, "a", 1)
    session.open()
    confirmed, *_ = subscribe(session, resume={"epoch": context.snapshot().epoch, "seq": 1, "event_seq": 99})
    assert confirmed["event_seq"] == 1
    raise_event(context.events, "b", 1)
    assert [m["event_id"] for m in texts(session.tick()) if m["type"] == "event"] == ["b"]
