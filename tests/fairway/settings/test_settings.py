"""Settings: the environment and the command line alike, and clear errors."""

from dataclasses import fields

import pytest

from fairway.errors import SettingsError
from fairway.settings import Settings
from fairway.settings.parsing import addresses


def test_defaults():
    """With nothing given, a person gets the guide's 500 vessels every 30 s on port 8050."""
    settings = Settings.load({}, [])
    assert (settings.fleet_size, settings.update_interval, settings.port) == (500, 30.0, 8050)
    assert settings.feed_names == ("simulator",)


def test_a_start_begins_anew():
    """--start means --fresh, unless that is said otherwise; a scenario's own start does not: a restart goes on."""
    start = {"FAIRWAY_START": "2026-01-31T12:00:00Z"}
    assert Settings.load(start, []).fresh
    assert not Settings.load(start, ["--fresh", "no"]).fresh
    for environ in ({}, {"FAIRWAY_SCENARIO": "suez_closed"}):
        assert not Settings.load(environ, []).fresh


def test_what_makes_a_world():
    """Settings that change who sails, and nothing else, part one world from another."""
    usual = Settings().world
    for other in (
        {"seed": 2},
        {"fleet_size": 7},
        {"scenario": "suez_closed"},
        {"reporting": "itu"},
        {"feeds": "aivdm_udp"},
    ):
        assert Settings(**other).world != usual
    assert Settings(port=1, speed_factor=9.0, update_interval=1.0).world == usual


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
    # a source is named only for a feed that is chosen
    feeds = {"FAIRWAY_FEEDS": name} if name in FEEDS else {"REDIS_URL": "redis://host"} if name == "ingest" else {}
    variable = Settings.load(feeds | {f"FAIRWAY_{name.upper()}": text}, [])
    option = Settings.load(feeds, [f"--{name.replace('_', '-')}", text])
    assert variable == option
    assert getattr(option, name) == type(getattr(option, name))(text if text != "no" else 0)


def test_a_scenario_is_overruled():
    """A scenario sets seed, start, rate, interval and fleet, unless a person says otherwise."""
    settings = Settings.load({"FAIRWAY_SCENARIO": "suez_closed"}, ["--seed", "5"])
    assert (settings.seed, settings.speed_factor, settings.update_interval) == (5, 60.0, 60.0)
    assert settings.start.startswith("2026-03-23")


def test_the_command_line_wins():
    """An option overrules the variable, and PORT of the platform is overruled by ours."""
    environ = {"FAIRWAY_PORT": "8001", "PORT": "8000"}
    assert Settings.load({"PORT": "8000"}, []).port == 8000
    assert Settings.load(environ, []).port == 8001
    assert Settings.load(environ, ["--port", "8002"]).port == 8002


def test_redis():
    """REDIS_URL makes a process serve what another publishes; with --ingest it is that other one."""
    web, ingest = Settings.load({"REDIS_URL": "redis://host"}, []), ["--ingest", "yes"]
    assert (web.feed_names, web.clock_mode) == (("redis",), "live")
    assert Settings.load({"REDIS_URL": "redis://host"}, ingest).feed_names == ("simulator",)
    for environ, argv in (({}, ingest), ({}, ["--feeds", "redis"]), ({"REDIS_URL": "http://:secret@h"}, [])):
        with pytest.raises(SettingsError, match="redis_url: ") as error:
            Settings.load(environ, argv)
        assert "secret" not in str(error.value)


def test_a_brokers_url_brings_in_its_output():
    """MQTT_URL and AMQP_URL need no word in `outputs`; named there as well, the output runs once."""
    environ = {"MQTT_URL": "mqtt://host", "AMQP_URL": "amqp://host"}
    assert Settings.load(environ, ["--database-url", ""]).output_names == ("mqtt", "amqp")
    asked = ["--outputs", "amqp,aivdm_tcp,amqp", "--database-url", ""]
    assert Settings.load(environ, asked).output_names == ("amqp", "aivdm_tcp", "mqtt")


def test_a_history_is_kept_unless_it_is_switched_off():
    """By default there is one, in a file; an empty address means none; a web process leaves it to another."""
    assert Settings.load({}, []).output_names == ("history",)
    assert Settings.load({"FAIRWAY_DATABASE_URL": ""}, []).output_names == ()
    assert Settings.load({"DATABASE_URL": "postgres://h/d"}, []).database_url == "postgres://h/d"
    assert Settings.load({"REDIS_URL": "redis://h"}, []).output_names == ()
    assert Settings.load({"REDIS_URL": "redis://h"}, ["--ingest", "yes"]).output_names == ("history",)
    with pytest.raises(SettingsError, match="history needs a database_url"):
        Settings.load({}, ["--outputs", "history", "--database-url", ""])
    with pytest.raises(SettingsError, match="database_url: begins with"):
        Settings.load({"DATABASE_URL": "mysql://user:secret@host/base"}, [])


def test_a_password_is_not_shown():
    """An address that can't be used is refused without being quoted, and settings never print one."""
    with pytest.raises(SettingsError, match="mqtt_url") as caught:
        Settings.load({"MQTT_URL": "http://me:secret@host"}, [])
    assert "secret" not in str(caught.value)
    assert "secret" not in repr(Settings.load({"MQTT_URL": "mqtt://me:secret@host"}, []))


@pytest.mark.parametrize(
    ("environ", "argv", "says"),
    [
        ({}, ["--outputs", "aivdm_tcp,pigeon"], "pigeon; known are aivdm_tcp"),
        ({}, ["--outputs", "mqtt"], "mqtt_url: needed"),
        ({}, ["--aivdm-out-udp", "nowhere"], "aivdm_out_udp: 'nowhere'"),
        ({}, ["--aivdm-out-udp", "a:1,b:2"], "one address only"),
        ({"FAIRWAY_FLEETSIZE": "5"}, [], "FAIRWAY_FLEETSIZE"),
        ({}, ["--fleet", "5"], "--fleet"),
        ({}, ["stray"], "stray"),
        ({"FAIRWAY_PORT": "http"}, [], "FAIRWAY_PORT: 'http'"),
        ({}, ["--fleet-size", "0"], "--fleet-size: 0"),
        ({}, ["--speed-factor", "nan"], "--speed-factor: nan"),
        ({}, ["--aivdm-loop", "maybe"], "maybe"),
        ({}, ["--feeds", "simulator,radar"], "radar"),
        ({}, ["--feeds", ""], "none given"),
        ({}, ["--scenario", "no_such"], "no_such"),
        ({}, ["--start", "yesterday"], "yesterday"),
        ({}, ["--start", "2026-01-31T12:00:00"], "2026-01-31T12:00:00"),
        ({}, ["--feeds", "aivdm_file", "--aivdm-file", __file__, "--paused", "yes"], "paused"),
        ({}, ["--feeds", "aivdm_file", "--aivdm-file", "gone.nmea"], "gone.nmea"),
        ({}, ["--feeds", "simulator,aivdm_file", "--aivdm-file", __file__], "alone"),
        ({}, ["--aivdm-listen", "10111"], "of no use without aivdm_listen"),
        ({}, ["--feeds", "aivdm_tcp"], "aivdm_tcp: where?"),
        ({}, ["--feeds", "aivdm_tcp", "--aivdm-tcp", "ais.example"], "'ais.example'"),
        ({}, ["--feeds", "aivdm_udp", "--aivdm-udp", "239.1.1.1:99999"], "'239.1.1.1:99999'"),
        ({}, ["--feeds", "aivdm_listen", "--aivdm-listen", "1,2"], "one address"),
        ({}, ["--feeds", "aivdm_pipe"], "''"),
        ({}, ["--feeds", "aisstream"], "FAIRWAY_AISSTREAM_KEY"),
        ({}, ["--aisstream-boxes", "1,2,3"], "'1,2,3'"),
        ({}, ["--aisstream-boxes=-90,-180,90,180;5,4,3,2"], "'5,4,3,2'"),
        ({}, ["--aisstream-boxes", "nan,0,1,1"], "'nan,0,1,1'"),
        ({}, ["--aisstream-url", "https://a.example"], "'https://a.example'"),
        ({}, ["--feeds", "aivdm_pipe", "--aivdm-pipe", __file__], "aivdm_file"),
        ({}, ["--port"], "--port"),
        ({}, ["--origins", "a.example"], "'a.example'"),
        ({}, ["--origins", "https://a.example/map"], "'https://a.example/map'"),
        ({}, ["--hosts", "a.example:80"], "'a.example:80'"),
        ({}, ["--trusted-proxies", "-1"], "--trusted-proxies: -1"),
    ],
)
def test_errors_name_the_offender(environ, argv, says):
    """What is unknown, out of range or of the wrong kind is refused with its name and value."""
    with pytest.raises(SettingsError) as caught:
        Settings.load(environ, argv)
    assert says in str(caught.value)


def test_addresses():
    """Hosts by name and number; a port alone is on this machine."""
    found = addresses("x", "ais.example:5631, [ff02::1]:99,:7,10110")
    assert found == (("ais.example", 5631), ("ff02::1", 99), ("127.0.0.1", 7), ("127.0.0.1", 10110))


def test_other_variables_are_not_ours():
    """Variables without our prefix do not concern us."""
    assert Settings.load({"HOME": "x", "FAIR": "y"}, []) == Settings()


@pytest.mark.parametrize("name", ["token", "aisstream_key"])
def test_secrets_are_not_shown(name):
    """A log line with the settings does not give a secret away."""
    settings = Settings.load({f"FAIRWAY_{name.upper()}": "open sesame"}, [])
    assert getattr(settings, name) == "open sesame"
    assert "sesame" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "known"), [("reporting", "interval, itu"), ("coverage", "full, terrestrial"), ("log-format", "text, json")]
)
def test_a_choice_that_there_is_not(name, known):
    """A word that is none of a setting's choices is refused, with the choices."""
    with pytest.raises(SettingsError, match=f"{name.replace('-', '_')}: 'nowhere'; known are {known}"):
        Settings.load({}, [f"--{name}", "nowhere"])
