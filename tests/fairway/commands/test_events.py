"""Commands that make something happen."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairway.commands.events import DarkEvent, DriftEvent, FaultsEvent, MeetingEvent, SetFaults, span_s
from fairway.commands.union import ScenarioCommand
from fairway.commands.validation import checked
from fairway.errors import RequestError


@given(st.tuples(*[st.none() | st.integers(0, 999)] * 4).filter(any))
def test_a_span_is_the_sum_of_its_parts(parts):
    """Days, hours, minutes and seconds add up, whichever of them are given."""
    units = zip(parts, "dhms", (86400, 3600, 60, 1), strict=True)
    given_parts = [(count, unit, seconds) for count, unit, seconds in units if count is not None]
    text = "".join(f"{count}{unit}" for count, unit, _ in given_parts)
    expected = sum(count * seconds for count, _, seconds in given_parts)
    assert span_s(text) == expected
    assert checked({"vessel": "a", "for": text}, DarkEvent).for_s == expected


def test_an_event_without_a_span_has_no_end():
    """Without `for` an event lasts until the end; a number is seconds."""
    assert DarkEvent(vessel="a").for_s == math.inf
    assert checked({"vessel": "a", "for": 90}, DarkEvent).for_s == 90.0


@pytest.mark.parametrize(
    ("value", "field", "text"),
    [
        ({"kind": "drift", "vessel": "a", "speed": 0.05}, "speed", "a number from 0.1 to 4 (knots), not 0.05"),
        ({"kind": "drift", "vessel": "a", "speed": 4.1}, "speed", "a number from 0.1 to 4 (knots), not 4.1"),
        ({"kind": "meeting", "vessels": ["a"]}, "vessels", "vessels: expected a list of 2"),
        ({"kind": "meeting", "vessels": ["a", "b", "c"]}, "vessels", "vessels: expected a list of 2"),
        ({"kind": "faults", "drop": 1.1}, "drop", "drop: expected a number from 0 to 1, not 1.1"),
        ({"kind": "faults", "late_s": 3601}, "late_s", "a number from 0 to 3600 (simulated seconds)"),
        ({"kind": "set_faults", "late": -1}, "late", "late: expected a number from 0 to 1, not -1"),
        ({"kind": "false_position", "vessel": "a", "north_nm": 3001}, "north_nm", "nautical miles"),
        ({"kind": "close_port"}, "port", "port: is missing"),
        ({"kind": "close_suez", "port": "x"}, "port", "unknown key 'port'"),
        ({"kind": "dark", "vessel": "a", "lasts": 5}, "lasts", "unknown key 'lasts'"),
        ({"kind": "dark", "vessel": None}, "vessel", "not null"),
    ],
)
def test_a_value_beyond_its_limit_is_refused(value, field, text):
    """The error names the key of the event, its limits and the value."""
    with pytest.raises(RequestError) as caught:
        checked(value, ScenarioCommand)  # type: ignore[arg-type]  # a union
    assert caught.value.field == field
    assert text in str(caught.value)


def test_defaults_are_harmless():
    """Faults are off unless they are named; a drift has a usual course and speed."""
    for faults in (checked({}, FaultsEvent), checked({}, SetFaults)):
        assert (faults.silence, faults.drop, faults.duplicate, faults.disorder, faults.late) == (False, 0, 0, 0, 0)
    assert (DriftEvent(vessel=1).course, DriftEvent(vessel=1).speed) == (120.0, 1.2)
    assert MeetingEvent(vessels=["a", 2]).vessels == ["a", 2]
