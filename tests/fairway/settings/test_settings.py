"""Settings across sections: what follows from several of them, and what must fit together."""

from dataclasses import fields

import pytest

from fairway import registry
from fairway.errors import SettingsError
from fairway.settings import Settings
from fairway.settings.settings import SECTIONS
from tests.support.settings import load


def test_defaults():
    """With nothing given, there are the guide's 500 vessels every 30 s on port 8050."""
    settings = load({}, [])
    assert settings == Settings()
    assert (settings.fleet_size, settings.update_interval, settings.port) == (500, 30.0, 8050)
    assert settings.feed_names == ("simulator",)


@pytest.mark.parametrize("name", [item.name for item in fields(Settings)])
def test_both_ways(name, tmp_path):
    """Every setting can be given as a variable and as an option, with the same result."""
    recording = tmp_path / "a.nmea"
    recording.touch()
    text = {"host": "::1", "feeds": "simulator", "aivdm_file": str(recording), "aivdm_loop": "no"}
    text |= {"origins": "https://a.example", "trusted_proxies": "2", "reporting": "itu", "coverage": "terrestrial"}
    text |= {"log_format": "json", "outputs": "aivdm_udp,aivdm_tcp", "aivdm_out_tags": "yes"}
    text |= {"redis_url": "redis://:a@host/1", "ingest": "yes", "fresh": "yes", "database_url": "sqlite:///a.db"}
    text |= {"mqtt_url": "mqtt://a:b@host:1883", "amqp_url": "amqps://a:b@host/v"}
    text |= {"aisstream_url": "ws://127.0.0.1:8050/v0/stream", "aisstream_boxes": "30,170,60,-170;-5,-5,5,5"}
    text = (text | {"start": "2026-01-31T12:00:00Z", "paused": "no", "scenario": "suez_closed"}).get(name, "77")
    # the place of a feed is an error unless the feed runs
    others = {"FAIRWAY_FEEDS": name} if name in registry.FEEDS else {}
    others |= {"REDIS_URL": "redis://host"} if name == "ingest" else {}
    variable = load(others | {f"FAIRWAY_{name.upper()}": text}, [])
    option = load(others, [f"--{name.replace('_', '-')}", text])
    assert variable == option
    assert getattr(option, name) == type(getattr(option, name))(text if text != "no" else 0)


def test_every_field_has_one_section():
    """The sections hold all fields, each once, and each field has a help text of one or more sentences."""
    names = [item.name for section in SECTIONS.values() for item in fields(section)]
    assert sorted(names) == sorted(item.name for item in fields(Settings))
    assert [item.name for item in fields(Settings) if not item.metadata["help"].endswith((".", "..."))] == []


def test_a_start_ignores_the_saved_state():
    """--start implies --fresh unless that is given; a scenario's own start does not, so that a restart continues."""
    start = {"FAIRWAY_START": "2026-01-31T12:00:00Z"}
    assert load(start, []).fresh
    assert not load(start, ["--fresh", "no"]).fresh
    for environ in ({}, {"FAIRWAY_SCENARIO": "suez_closed"}):
        assert not load(environ, []).fresh


def test_what_makes_a_world():
    """Settings that decide who sails, and no others, separate one world from another."""
    usual = Settings().world
    different = {"seed": 2}, {"fleet_size": 7}, {"scenario": "suez_closed"}, {"reporting": "itu"}
    assert [world for world in different if Settings(**world).world == usual] == []
    assert Settings(feeds="aivdm_udp").world == "live"
    assert Settings(port=1, speed_factor=9.0, update_interval=1.0).world == usual


def test_a_saved_world_is_recognised():
    """The text in state files of earlier versions is the text of today."""
    assert Settings().world == "simulation, seed 1, 500 vessels, interval reporting, full coverage"


def test_a_web_process_of_a_cluster():
    """REDIS_URL makes a process serve what another one publishes; with --ingest it is that other one."""
    web, ingest = load({"REDIS_URL": "redis://host"}, []), load({"REDIS_URL": "redis://host"}, ["--ingest", "yes"])
    assert (web.feed_names, web.clock_mode, web.output_names, web.keeps_state) == (("redis",), "live", (), False)
    assert (ingest.feed_names, ingest.output_names, ingest.keeps_state) == (("simulator",), ("history",), True)


def test_a_server_starts_its_output():
    """MQTT_URL and AMQP_URL need no word in --outputs; named there as well, the output runs once."""
    environ = {"MQTT_URL": "mqtt://host", "AMQP_URL": "amqp://host", "FAIRWAY_DATABASE_URL": ""}
    assert load(environ, []).output_names == ("mqtt", "amqp")
    assert load(environ, ["--outputs", "amqp,aivdm_tcp,amqp"]).output_names == ("amqp", "aivdm_tcp", "mqtt")


def test_a_history_unless_it_is_switched_off():
    """By default there is a history in a file; an empty address means none."""
    assert load({}, []).output_names == ("history",)
    assert load({"FAIRWAY_DATABASE_URL": ""}, []).output_names == ()


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["--feeds", "simulator,radar"], "--feeds: 'radar' is not a feed; known are simulator, aivdm_file, "),
        (["--feeds", "aivdm_tpc"], "--feeds: 'aivdm_tpc' is not a feed; did you mean aivdm_tcp? Known are simulator, "),
        (["--feeds", ""], "--feeds: names no feed; known are simulator, "),
        (["--outputs", "aivdm_tcp,pigeon"], "--outputs: 'pigeon' is not an output; known are aivdm_tcp, "),
        (["--outputs", "history", "--database-url", ""], "--outputs: history needs a --database-url"),
        (["--reporting", "nowhere"], "--reporting: 'nowhere' is not a choice; known are interval, itu"),
        (
            ["--coverage", "fulll"],
            "--coverage: 'fulll' is not a choice; did you mean full? Known are full, terrestrial",
        ),
        (["--log-format", "nowhere"], "--log-format: 'nowhere' is not a choice; known are text, json"),
        (
            ["--feeds", "aivdm_file", "--aivdm-file", __file__, "--paused", "yes"],
            "--paused: works with the simulator alone, not with --feeds aivdm_file",
        ),
        (
            ["--feeds", "simulator,aivdm_udp", "--aivdm-udp", "1", "--speed-factor", "2"],
            "--speed-factor: 2 does not fit real reports: their rate is 1",
        ),
    ],
)
def test_errors(argv, message):
    """An error names the option, its value and what would do."""
    with pytest.raises(SettingsError) as caught:
        load({}, argv)
    assert str(caught.value).startswith(message)


def test_an_error_names_what_was_typed():
    """A value from a variable is an error of that variable, one of the platform included."""
    for variable, option in (("FAIRWAY_FEEDS", "feeds"), ("FAIRWAY_REPORTING", "reporting")):
        with pytest.raises(SettingsError, match=rf"^{variable}: 'radar' is not a "):
            load({variable: "radar"}, [])
        with pytest.raises(SettingsError, match=rf"^--{option}: 'radar' is not a "):
            load({variable: "interval"}, [f"--{option}", "radar"])
    with pytest.raises(SettingsError, match=r"^DATABASE_URL: must be "):
        load({"DATABASE_URL": "mysql://host/base"}, [])
