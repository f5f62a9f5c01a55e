"""Feed settings: each chosen feed has its place, and each place its feed."""

import pytest

from fairway.errors import SettingsError
from tests.support.settings import load


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["--feeds", "aivdm_file", "--aivdm-file", "gone.nmea"], "--aivdm-file: 'gone.nmea' is not a file"),
        (
            ["--feeds", "simulator,aivdm_file", "--aivdm-file", __file__],
            "--feeds: 'simulator,aivdm_file': aivdm_file sets the clock to its own time and runs alone",
        ),
        (["--aivdm-listen", "10111"], "--aivdm-listen: '10111' needs the feed aivdm_listen in --feeds"),
        (["--feeds", "aivdm_tcp"], "--aivdm-tcp: missing; give HOST:PORT"),
        (["--feeds", "aivdm_tcp", "--aivdm-tcp", "ais.example"], "--aivdm-tcp: 'ais.example' is not HOST:PORT"),
        (["--feeds", "aivdm_listen", "--aivdm-listen", "1,2"], "--aivdm-listen: '1,2' is more than one address"),
        (["--feeds", "aivdm_pipe"], "--aivdm-pipe: '' is not a pipe or device"),
        (["--feeds", "aivdm_pipe", "--aivdm-pipe", __file__], f"--aivdm-pipe: '{__file__}' is not a pipe or device"),
        (["--feeds", "aisstream"], "FAIRWAY_AISSTREAM_KEY: missing; the feed aisstream needs an API key"),
        (["--aisstream-boxes", "1,2,3"], "--aisstream-boxes: '1,2,3' is not south,west,north,east"),
        (["--aisstream-url", "https://a.example"], "--aisstream-url: 'https://a.example' is not wss://HOST/..."),
    ],
)
def test_errors(argv, message):
    """A place that is missing, of another form, or without its feed is an error of its option."""
    with pytest.raises(SettingsError) as caught:
        load({}, argv)
    assert str(caught.value).startswith(message)


def test_standard_input():
    """A dash stands for standard input."""
    assert load({}, ["--feeds", "aivdm_pipe", "--aivdm-pipe", "-"]).aivdm_pipe == "-"


def test_the_key_is_not_shown():
    """A log line with the settings does not give the key away."""
    assert "sesame" not in repr(load({"FAIRWAY_AISSTREAM_KEY": "open sesame"}, []))
