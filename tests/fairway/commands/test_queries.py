"""Commands that read the simulator."""

import pytest

from fairway.commands.queries import GetLog, GetScenario, GetTruth
from fairway.commands.validation import checked
from fairway.errors import RequestError


def test_the_truth_is_of_those_concerned():
    """Only on request the truth lists every vessel."""
    assert checked({}, GetTruth).everyone is False
    assert checked({"everyone": True}, GetTruth).everyone is True


@pytest.mark.parametrize(
    ("kind", "value", "field"),
    [
        (GetTruth, {"everyone": 1}, "everyone"),
        (GetTruth, {"everyone": None}, "everyone"),
        (GetScenario, {"name": "x"}, "name"),
        (GetLog, {"limit": 5}, "limit"),
    ],
)
def test_other_keys_and_values_are_refused(kind, value, field):
    """A query takes no key beside its own."""
    with pytest.raises(RequestError) as caught:
        checked(value, kind)
    assert caught.value.field == field
