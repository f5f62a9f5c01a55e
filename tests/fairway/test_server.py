"""Server: the parts of one settings object, started and stopped together, and restored from the state file."""

import sqlite3

import pytest

from fairway.errors import SettingsError
from fairway.server import Server
from fairway.settings import Settings
from tests.support.servers import wait_for

MEMORY = {"state_file": "", "database_url": ""}


def run_until_saved(server: Server) -> None:
    server.start()
    wait_for(lambda: server.status()["state"]["kept_age_s"] is not None)
    server.stop()


def test_nothing_runs_before_the_start():
    """A built server has its parts, its threads by name, and not one that runs."""
    server = Server.create(Settings(**MEMORY, fleet_size=3, outputs="aivdm_udp"))
    assert list(server.threads) == ["aisstream out", "aivdm_udp out", "ticker", "hub", "socketio", "simulator"]
    assert server.supervisor.workers == []
    assert server.clock.mode == "simulation"
    assert server.traffic.snapshot().seq == 0
    assert server.simulator() is server.fleet


def test_start_and_stop():
    """After the start the fleet reports; after the stop no thread is left."""
    server = Server.create(Settings(**MEMORY, fleet_size=3))
    server.start()
    wait_for(lambda: server.traffic.snapshot().summary["total_vessels"] == 3)
    assert server.status()["is_running"]
    server.stop()
    assert [worker.name for worker in server.supervisor.workers if worker.running] == []


def test_without_a_simulator():
    """A receiver has no simulator to command, and its clock shows UTC."""
    server = Server.create(Settings(**MEMORY, feeds="aivdm_udp", aivdm_udp="10110"))
    assert (server.fleet, server.simulator(), server.clock.mode) == (None, None, "live")
    assert "simulator" not in server.threads


def test_another_fleet_starts_a_new_simulation(tmp_path, caplog):
    """The line says what the saved simulation had and what was dropped."""
    file = {"state_file": str(tmp_path / "state.db"), "database_url": ""}
    run_until_saved(Server.create(Settings(**file, fleet_size=3)))
    again = Server.create(Settings(**file, fleet_size=3))
    assert again.status()["state"]["restored"].startswith("3 vessels")
    again.stop()
    line = "New simulation: saved one had 3 vessels. Saved vessels and routes were dropped"
    assert Server.create(Settings(**file, fleet_size=4)).status()["state"]["restored"] == line
    assert line in caplog.messages


def test_a_saved_simulation_that_cannot_be_read(tmp_path, caplog):
    """The server starts with a new simulation, and one plain line says why."""
    path = tmp_path / "state.db"
    settings = Settings(state_file=str(path), database_url="", fleet_size=3)
    run_until_saved(Server.create(settings))
    with sqlite3.connect(path) as db:
        db.execute("UPDATE latest SET value = x'c1' WHERE name = 'simulator'")
    db.close()
    server = Server.create(settings)
    restored = server.status()["state"]["restored"]
    assert restored.startswith("New simulation: the saved one cannot be read (")
    assert restored.endswith("). Saved vessels and routes were dropped")
    assert [record for record in caplog.records if record.levelname != "DEBUG" and record.exc_info] == []


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({"feeds": "redis", "redis_url": "http://host"}, "--redis-url"),
        ({"feeds": "radar"}, "--feeds"),
        ({"outputs": "pigeon"}, "--outputs"),
        ({"speed_alert": "20,hovercraft=45"}, "--speed-alert"),
        ({"start": "yesterday"}, "--start"),
        ({"scenario": "no_such"}, "--scenario"),
    ],
)
def test_errors_name_the_option(settings, name):
    """Settings made in Python are checked like options, those that only a part can check included."""
    with pytest.raises(SettingsError) as caught:
        Server.create(Settings(**MEMORY, **settings))
    assert caught.value.name == name


def test_a_state_file_that_cannot_be_opened(tmp_path):
    """A folder in the place of the state file is an error of --state-file."""
    with pytest.raises(SettingsError, match=r"^--state-file: "):
        Server.create(Settings(state_file=str(tmp_path), database_url=""))
