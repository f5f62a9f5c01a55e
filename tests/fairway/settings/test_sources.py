"""Sources of settings: variables, command line and scenario, their order and their errors."""

import pytest

from fairway.errors import SettingsError
from fairway.settings import Settings
from tests.support.settings import load


def test_the_command_line_wins():
    """An option overrules the variable, and our variable that of the platform."""
    environ = {"FAIRWAY_PORT": "8001", "PORT": "8000"}
    assert load({"PORT": "8000"}, []).port == 8000
    assert load(environ, []).port == 8001
    assert load(environ, ["--port", "8002"]).port == 8002


def test_other_variables():
    """Variables without our prefix, and empty ones of the platform, set nothing."""
    assert load({"HOME": "x", "FAIR": "y", "PORT": ""}, []) == Settings()


@pytest.mark.parametrize(
    ("environ", "argv", "message"),
    [
        ({"FAIRWAY_FLEETSIZE": "5"}, [], "FAIRWAY_FLEETSIZE: no such variable; did you mean FAIRWAY_FLEET_SIZE?"),
        ({"FAIRWAY_XYZZY": "5"}, [], "FAIRWAY_XYZZY: no such variable"),
        ({}, ["--fleetsize", "5"], "--fleetsize: no such option; did you mean --fleet-size?"),
        ({}, ["--fleetsize=5"], "--fleetsize: no such option; did you mean --fleet-size?"),
        ({}, ["--xyzzy", "5"], "--xyzzy: no such option"),
        ({}, ["--port", "8000", "stray"], "stray: no such option"),
        ({}, ["--port"], "--port: needs a value"),
    ],
)
def test_unknown_names(environ, argv, message):
    """An unknown name is an error that suggests a similar one."""
    with pytest.raises(SettingsError) as caught:
        load(environ, argv)
    assert str(caught.value) == message


def test_a_scenario_names_its_mistakes(tmp_path):
    """A value that a scenario sets is an error of its file and key, and a file that is not TOML one of the option."""
    path = tmp_path / "odd.toml"
    path.write_text("seed = 'x'\n")
    with pytest.raises(SettingsError, match=r"^odd.toml: seed: 'x' is not a number$"):
        load({}, ["--scenario", str(path)])
    path.write_text("seed = \n")
    with pytest.raises(SettingsError, match=r"^FAIRWAY_SCENARIO: odd.toml: "):
        load({"FAIRWAY_SCENARIO": str(path)}, [])


def test_help(capsys):
    """--help lists every section with its options, and the feeds with a sentence about each."""
    with pytest.raises(SystemExit) as ended:
        load({}, ["--help"])
    text = " ".join(capsys.readouterr().out.split())
    assert ended.value.code == 0
    assert "network: --host VALUE Address to listen on. Default: 127.0.0.1." in text
    assert "aivdm_listen: AIVDM that receivers push over TCP" in text
