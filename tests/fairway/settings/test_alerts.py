"""Alert settings: speed limits by vessel type."""

import pytest

from fairway.errors import SettingsError
from fairway.settings import Settings
from tests.support.settings import load


def test_limits_by_type():
    """The first limit is for all types, each further one for its own."""
    assert Settings(speed_alert="20, high_speed=45.5").speed_limits == {"": 20.0, "high_speed": 45.5}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("fast", "'fast' is neither KNOTS nor TYPE=KNOTS"),
        ("20,tug=1e9", "'tug=1e9' is neither KNOTS nor TYPE=KNOTS"),
        ("tug=12", "'tug=12' has no limit for all other vessel types"),
    ],
)
def test_errors(text, message):
    """A limit of another form, or none for the other types, is an error."""
    with pytest.raises(SettingsError) as caught:
        load({}, ["--speed-alert", text])
    assert str(caught.value) == f"--speed-alert: {message}"
