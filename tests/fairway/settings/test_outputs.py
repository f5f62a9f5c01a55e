"""Output settings: the places that outputs send to."""

import pytest

from fairway.errors import SettingsError
from tests.support.settings import load


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["--outputs", "mqtt"], "--mqtt-url: must be mqtt://HOST..., for the output mqtt"),
        (["--aivdm-out-udp", "nowhere"], "--aivdm-out-udp: 'nowhere' is not HOST:PORT"),
        (["--aivdm-out-udp", "a:1,b:2"], "--aivdm-out-udp: 'a:1,b:2' is more than one address"),
    ],
)
def test_errors(argv, message):
    """A place that is missing or of another form is an error of its option."""
    with pytest.raises(SettingsError) as caught:
        load({}, argv)
    assert str(caught.value) == message


@pytest.mark.parametrize(("variable", "url"), [("MQTT_URL", "http://me:secret@host"), ("AMQP_URL", "amqp:secret")])
def test_a_password_is_not_shown(variable, url):
    """An error does not quote an address that may hold a password, and settings do not print one."""
    with pytest.raises(SettingsError, match=rf"^{variable}: must be ") as caught:
        load({variable: url}, [])
    assert "secret" not in str(caught.value)
    assert "secret" not in repr(load({"MQTT_URL": "mqtt://me:secret@host"}, []))
