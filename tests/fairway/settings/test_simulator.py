"""Simulator settings: scenario, start, and the text of the simulated world."""

import pytest

from fairway.errors import SettingsError
from fairway.settings import Settings
from tests.support.settings import load


def test_a_scenario_is_overruled():
    """A scenario sets seed, start, rate, interval and fleet, unless an option or variable does."""
    settings = load({"FAIRWAY_SCENARIO": "suez_closed"}, ["--seed", "5"])
    assert (settings.seed, settings.speed_factor, settings.update_interval) == (5, 60.0, 60.0)
    assert settings.start.startswith("2026-03-23")


def test_the_world_knows_its_scenario(tmp_path):
    """A scenario that was edited is another world."""
    path = tmp_path / "calm.toml"
    path.write_text("seed = 1\n")
    before = Settings(scenario=str(path)).simulated_world
    path.write_text("seed = 2\n")
    assert Settings(scenario=str(path)).simulated_world != before


@pytest.mark.parametrize("start", ["yesterday", "2026-01-31T12:00:00"])
def test_a_start_is_a_time_with_its_offset(start):
    """Words and local times are errors."""
    with pytest.raises(SettingsError, match=rf"^--start: '{start}' is not a time such as"):
        load({}, ["--start", start])
