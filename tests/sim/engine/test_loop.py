"""The loop keeps a Simulation at the clock's time and publishes its reports."""

import pytest

from sim.engine.loop import EXACT_JUMP_S

NOW = 1_800_000_000.0


def test_a_simulation_starts_with_its_first_use(make_engine):
    """Before the first use there is none; then it stands at the clock's time, and every vessel reports first."""
    engine = make_engine()
    assert not engine.loop.is_started
    assert engine.loop.simulation.now == NOW
    assert engine.loop.is_started
    assert not engine.loop.advance()
    assert {int(mmsi) for batch in engine.batches for mmsi in batch.mmsi} == set(
        engine.loop.simulation.world.fleet.mmsi.tolist()
    )


def test_steps_follow_the_clock(engine):
    """Each second of the clock is one step; without a second there is none."""
    assert engine.loop.simulation.now == NOW + 10
    assert not engine.loop.advance()
    assert engine.loop.due_in_s == pytest.approx(1.0)
    engine.wall += 1.0
    assert engine.loop.advance()
    assert engine.loop.simulation.now == NOW + 11


def test_a_step_by_hand_pauses(engine):
    """The step runs at once, and the clock stands afterwards."""
    engine.loop.step_by_hand(30.0)
    engine.wall += 100.0
    assert not engine.loop.advance()
    assert (engine.clock.paused, engine.loop.simulation.now) == (True, NOW + 40)


def test_a_clock_set_back_starts_a_new_simulation(engine):
    """A simulation can't sail backwards: a new one of the same seed starts at the earlier time."""
    before = engine.loop.simulation
    engine.loop.restart_at(NOW - 5000)
    assert engine.loop.simulation is not before
    assert engine.loop.simulation.now == engine.clock.now() == NOW - 5000
    assert engine.loop.simulation.world.fleet.mmsi.tolist() == before.world.fleet.mmsi.tolist()
    assert engine.loop.journal.entries == []


def test_a_jump_equals_the_steps(make_engine):
    """A short jump leads every vessel where steps would have led it; the past is refused."""
    stepped, jumped = make_engine().go(300), make_engine().go(1)
    jumped.loop.jump(NOW + 300)
    assert jumped.loop.simulation.world.fleet.lat.tolist() == stepped.loop.simulation.world.fleet.lat.tolist()
    with pytest.raises(LookupError, match="which is over"):
        jumped.loop.jump(NOW)


def test_a_long_jump_reaches_its_time(engine):
    """A jump beyond the exact ones takes longer steps to the same time."""
    engine.loop.jump(NOW + 2 * EXACT_JUMP_S)
    assert engine.loop.simulation.now == engine.clock.now() == NOW + 2 * EXACT_JUMP_S
    engine.go(5)
    assert engine.loop.simulation.now == NOW + 2 * EXACT_JUMP_S + 5


def test_a_shorter_interval_is_a_shorter_step(engine):
    """No step is longer than the interval between reports."""
    engine.loop.set_interval(0.5)
    assert engine.loop.step_s == 0.5
    engine.loop.set_interval(30.0)
    assert engine.loop.step_s == 1.0
