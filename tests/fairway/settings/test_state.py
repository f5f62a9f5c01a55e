"""State settings: the folder of the state file."""

import pytest

from fairway.errors import SettingsError
from tests.support.settings import load


def test_the_folder_must_be_there(tmp_path):
    """A state file in a folder that does not exist is an error at start, not at the first save."""
    assert load({}, ["--state-file", str(tmp_path / "state.db")]).keeps_state
    with pytest.raises(SettingsError, match=r"^--state-file: there is no folder '.*/gone'$"):
        load({}, ["--state-file", str(tmp_path / "gone" / "state.db")])


def test_an_empty_name_saves_nothing():
    """Without a file nothing is saved."""
    assert not load({}, ["--state-file", ""]).keeps_state
