"""Commands about the clock."""

import pytest

from fairway.commands.clock import ChangeClock, Jump, SetUpdateInterval, Step
from fairway.commands.validation import checked
from fairway.errors import RequestError


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        (ChangeClock, {"rate": 0.09}, "rate: expected a number from 0.1 to 1000"),
        (ChangeClock, {"rate": 1001}, "rate: expected a number from 0.1 to 1000"),
        (ChangeClock, {"update_interval": 0.2}, "update_interval: expected a number from 0.25 to 3600"),
        (ChangeClock, {"paused": "yes"}, "paused: expected true or false, not 'yes'"),
        (ChangeClock, {"time": "2026-01-31T12:00:00"}, "time: expected a time like"),
        (Step, {"seconds": 0}, "seconds: expected a number from 0.001 to 3600 (seconds), not 0"),
        (Step, {"seconds": 3601}, "seconds: expected a number from 0.001 to 3600 (seconds), not 3601"),
        (SetUpdateInterval, {}, "seconds: is missing"),
        (Jump, {"time": 12}, "time: expected a time like"),
    ],
)
def test_a_value_beyond_its_limit_is_refused(kind, value, text):
    """The error names the key, its limits and the value."""
    with pytest.raises(RequestError) as caught:
        checked(value, kind)
    assert text in str(caught.value)
    assert caught.value.field == next(iter(value), "seconds")


def test_a_change_of_nothing_is_allowed():
    """ChangeClock takes none of its keys, or all of them."""
    assert checked({}, ChangeClock) == ChangeClock()
    every = {"paused": True, "rate": 2, "time": "2026-01-31T12:00:00Z", "update_interval": 5}
    assert checked(every, ChangeClock).time.isoformat() == "2026-01-31T12:00:00+00:00"  # type: ignore[union-attr]


def test_a_step_is_a_second():
    """A step without a length is one second."""
    assert checked({}, Step).seconds == 1.0
