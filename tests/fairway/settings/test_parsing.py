"""Parsing: values from the text of a setting."""

import pytest

from fairway.errors import SettingsError
from fairway.settings.parsing import addresses, boxes, listed, scenario_file, unix_seconds
from tests.support.settings import load


def test_addresses():
    """Hosts by name and number; a port alone is on this machine."""
    found = addresses("--x", "ais.example:5631, [ff02::1]:99,:7,10110")
    assert found == (("ais.example", 5631), ("ff02::1", 99), ("127.0.0.1", 7), ("127.0.0.1", 10110))


@pytest.mark.parametrize("text", ["239.1.1.1:99999", "host:", "host:0", "host:http"])
def test_what_is_no_address(text):
    """A port is a number from 1 to 65535."""
    with pytest.raises(SettingsError, match=r"^--x: '.*' is not HOST:PORT$"):
        addresses("--x", text)


def test_boxes():
    """Several boxes, one of them over the antimeridian, become pairs of corners."""
    assert boxes("--x", "30,170,60,-170;-5,-5,5,5") == [[[30, 170], [60, -170]], [[-5, -5], [5, 5]]]


@pytest.mark.parametrize("text", ["1,2,3", "-90,-180,90,180;5,4,3,2", "nan,0,1,1", "0,0,91,1"])
def test_what_is_no_box(text):
    """Four degrees, south below north; the item at fault is quoted."""
    with pytest.raises(SettingsError, match=rf"^--x: '{text.rpartition(';')[2]}' is not "):
        boxes("--x", text)


def test_lists():
    """Spaces and empty items are left out."""
    assert listed(" a, ,b,") == ("a", "b")


def test_times():
    """RFC 3339 with any offset becomes Unix seconds; other texts and other types are errors."""
    assert unix_seconds("1970-01-01T01:00:00+01:00", "time") == 0.0
    for other in ("1970-01-01", 5, None):
        with pytest.raises(SettingsError, match=r"^time: .* is not a time such as"):
            unix_seconds(other, "time")


def test_scenarios(tmp_path):
    """A scenario is a built-in name or a file; otherwise the error lists the built-in ones."""
    path = tmp_path / "own.toml"
    path.touch()
    assert scenario_file(str(path)) == path
    assert scenario_file("suez_closed").name == "suez_closed.toml"
    with pytest.raises(SettingsError, match=r"^--scenario: 'no_such' is neither .* built-in are .*suez_closed"):
        load({}, ["--scenario", "no_such"])


@pytest.mark.parametrize(
    ("environ", "argv", "message"),
    [
        ({"FAIRWAY_PORT": "http"}, [], "FAIRWAY_PORT: 'http' is not a number"),
        ({}, ["--fleet-size", "0"], "--fleet-size: 0 is outside 1 to 1000000"),
        ({}, ["--speed-factor", "nan"], "--speed-factor: nan is outside 0.1 to 1000"),
        ({}, ["--trusted-proxies", "-1"], "--trusted-proxies: -1 is outside 0 to 10"),
        ({}, ["--aivdm-loop", "maybe"], "--aivdm-loop: 'maybe' is not one of true, yes, 1, false, no, 0"),
    ],
)
def test_values(environ, argv, message):
    """Numbers have a range and switches their words."""
    with pytest.raises(SettingsError) as caught:
        load(environ, argv)
    assert str(caught.value) == message
