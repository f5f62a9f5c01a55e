"""Mistakes that the simulation finds, as the errors that users see."""

import pytest

from fairway.chart.routing import UnsailableError
from fairway.errors import RequestError
from sim.commands.errors import with_request_errors
from sim.custom import CustomError


@pytest.mark.parametrize(
    ("error", "code", "field"),
    [
        (CustomError("speed is wrong", "speed"), "bad_request", "speed"),
        (UnsailableError("'Paris' is on land"), "unsailable", "waypoints"),
        (LookupError("no vessel 'x'"), "not_found", None),
        (RequestError("busy", "later", "time"), "busy", "time"),
    ],
)
def test_each_error_has_its_code(error, code, field):
    """The text stays; code and key are those of the protocol."""

    def fail() -> None:
        raise error

    with pytest.raises(RequestError) as caught:
        with_request_errors(fail)
    assert (caught.value.code, caught.value.field) == (code, field)
    assert str(caught.value) == str(error.args[0])


def test_a_result_is_returned():
    """Without an error the result is returned; an error of the program itself is no user's mistake."""
    assert with_request_errors(lambda: 5) == 5
    with pytest.raises(ZeroDivisionError):
        with_request_errors(lambda: 1 / 0)
