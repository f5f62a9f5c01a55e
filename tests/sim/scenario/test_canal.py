"""A closed Suez Canal turns vessels away, one after another."""

from fairway.chart import routing
from sim.scenario.canal import turn_next


def test_a_vessel_turns_and_is_late(simulation):
    """The vessel leaves its lane for a way round the canal, and its ETA is later than before."""
    simulation.closed.add("suez")
    etas, unable = {}, set()
    (mmsi,) = turn_next(simulation, etas, unable)
    part, row = simulation.find(mmsi)
    assert part is simulation.independent
    assert part.sails[row].path.canal_nm is None
    before, after = etas[mmsi]
    assert after > before
    assert unable == set()


def test_each_vessel_turns_once(simulation):
    """The next call turns another vessel."""
    simulation.closed.add("suez")
    etas = {}
    first, second = (turn_next(simulation, etas, set()) for _ in range(2))
    assert first != second
    assert set(etas) == {*first, *second}


def test_a_vessel_without_another_way_keeps_its_own(simulation, monkeypatch):
    """It is noted, stays on its lane, and is not tried again."""

    def no_way(*_args) -> None:
        raise routing.UnsailableError("no path by water")

    monkeypatch.setattr(routing, "path", no_way)
    unable: set[int] = set()
    assert turn_next(simulation, {}, unable) == ()
    assert len(unable) > 1
    assert set(simulation.world.fleet.mmsi.tolist()) >= unable
    assert len(simulation.independent.fleet) == 0
    assert turn_next(simulation, {}, unable) == ()
