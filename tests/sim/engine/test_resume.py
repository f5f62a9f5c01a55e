"""A saved simulation resumes in a later process."""

import pytest

from fairway.commands.clock import ChangeClock
from sim import saved
from sim.engine import resume
from sim.engine.loop import LONGEST_JUMP_S

NOW = 1_800_000_000.0


def test_a_simulation_resumes_where_it_stood(engine, make_engine):
    """Clock, vessels and journal are those of the moment of saving."""
    engine.executor.execute(ChangeClock(rate=5.0, paused=True, update_interval=20.0))
    other = make_engine()
    resume.restore(other.loop, resume.save(engine.loop, 0.0), 0.0)
    assert (other.clock.now(), other.clock.rate, other.clock.paused) == (NOW + 10, 5.0, True)
    assert other.loop.update_interval == 20.0
    assert other.loop.simulation.world.fleet.lat.tolist() == engine.loop.simulation.world.fleet.lat.tolist()
    assert other.loop.journal.entries == engine.loop.journal.entries
    assert resume.save(other.loop, 0.0) == resume.save(engine.loop, 0.0)


def test_a_changed_setting_overrules_a_command(engine, make_engine):
    """A setting that differs from the one at saving is obeyed."""
    engine.executor.execute(ChangeClock(rate=5.0, update_interval=20.0))
    other = make_engine(update_interval=7.0, speed_factor=3.0)
    resume.restore(other.loop, resume.save(engine.loop, 0.0), 0.0)
    assert (other.loop.update_interval, other.clock.rate) == (7.0, 3.0)


def test_a_clock_that_showed_utc_shows_it_again(engine, make_engine):
    """After downtime the vessels have sailed on; a gap too long to replay leaves the journal incomplete."""
    data = resume.save(engine.loop, NOW + 10)
    for gap, lost in ((60.0, 0), (resume.CAUGHT_UP_S + 60.0, 1)):
        other = make_engine()
        resume.restore(other.loop, data, NOW + 10 + gap)
        assert other.loop.simulation.now == other.clock.now() == NOW + 10 + gap
        assert other.loop.journal.lost == lost


def test_a_simulation_of_long_ago_is_refused(engine, make_engine):
    """Beyond the longest jump a new simulation is better."""
    with pytest.raises(ValueError, match="too long ago"):
        resume.restore(make_engine().loop, resume.save(engine.loop, NOW + 10), NOW + LONGEST_JUMP_S + 60)


@pytest.mark.parametrize("data", [b"", b"garbage", b"\x80", b"\x81\xa6layout\x91\x00"])
def test_data_of_another_release_are_refused(make_engine, data):
    """Bytes that this release did not write are an error, not a half restored simulation."""
    with pytest.raises(ValueError, match="another release"):
        resume.restore(make_engine().loop, data, NOW)


def test_another_layout_is_refused(engine, make_engine, monkeypatch):
    """A release whose saved attributes differ has another number, and its data are refused."""
    with monkeypatch.context() as later:
        later.setattr(saved, "LAYOUT", saved.LAYOUT + 1)
        data = resume.save(engine.loop, 0.0)
    with pytest.raises(ValueError, match="another release"):
        resume.restore(make_engine().loop, data, 0.0)
