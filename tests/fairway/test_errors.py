"""Errors that users see."""

from fairway.errors import RequestError, SettingsError


def test_a_setting_is_named():
    """The message starts with the option, so that one line is enough."""
    error = SettingsError("--port", "80 needs administrator rights")
    assert str(error) == "--port: 80 needs administrator rights"
    assert (error.name, error.text) == ("--port", "80 needs administrator rights")


def test_a_request_has_its_code_and_field():
    """Programs read the code and the field, people the message; both errors are ValueErrors."""
    error = RequestError("bad_request", "rate 0 is outside 0.1 to 1000", "rate")
    assert (error.code, error.field, str(error)) == ("bad_request", "rate", "rate 0 is outside 0.1 to 1000")
    assert RequestError("busy", "later").field is None
    assert issubclass(RequestError, ValueError)
