"""Network settings: names, origins, and a secret that stays secret."""

import pytest

from fairway.errors import SettingsError
from fairway.settings import Settings
from tests.support.settings import load


def test_names_and_origins():
    """Lists are taken apart and compared in lower case."""
    settings = Settings(hosts="Ships.example, ,[::1]", origins="https://A.example:8443")
    assert settings.host_names == ("ships.example", "[::1]")
    assert settings.origin_names == ("https://a.example:8443",)


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["--origins", "a.example"], "--origins: 'a.example' is not an origin"),
        (["--origins", "https://a.example/map"], "--origins: 'https://a.example/map' is not an origin"),
        (["--hosts", "a.example:80"], "--hosts: 'a.example:80' is not a host name"),
    ],
)
def test_errors(argv, message):
    """A path in an origin or a port in a host name is an error."""
    with pytest.raises(SettingsError) as caught:
        load({}, argv)
    assert str(caught.value).startswith(message)


def test_the_token_is_not_shown():
    """A log line with the settings does not give the token away."""
    settings = load({"FAIRWAY_TOKEN": "open sesame"}, [])
    assert settings.token == "open sesame"
    assert "sesame" not in repr(settings)
