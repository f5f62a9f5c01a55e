"""The README's settings are the program's."""

import re
from dataclasses import fields
from pathlib import Path

from fairway.settings import Settings

README = (Path(__file__).parents[2] / "README.md").read_text()


def test_every_setting_is_documented():
    """Name, default and meaning in the table are those of `Settings`, one row for each, in its order."""
    rows = re.findall(r"^\| `--([a-z-]+)` \| (.*?) ?\| (.+) \|$", README, re.MULTILINE)
    expected = [(item.name.replace("_", "-"), str(item.default), item.metadata["help"]) for item in fields(Settings)]
    assert rows == expected
