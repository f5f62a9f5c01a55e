"""Flags as words and pictures."""

from components import flags
from fairway.traffic.derived import flag_state


def test_each_code_has_a_name():
    """Every state that an MMSI can name has an English name."""
    assert set(flag_state.CODES) == set(flags.countries())
    assert flags.countries()["PA"] == "Panama"


def test_each_code_has_a_picture():
    """Every state has its own place in the picture of all flags, and its name for screen readers."""
    assert len({str(flags.picture(code).style) for code in flag_state.CODES}) == len(flag_state.CODES)
    assert getattr(flags.picture("PA"), "aria-label") == "Panama"
