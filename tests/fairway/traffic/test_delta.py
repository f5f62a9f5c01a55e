"""TrafficDelta: what it carries, and what another table becomes by it."""

import numpy as np

from fairway.traffic.delta import changed_rows, delta_between
from fairway.traffic.table import VesselTable
from tests.support.traffic import NOW, report, static


def test_only_changed_rows_are_carried(traffic):
    """A delta has the rows that changed since the earlier Snapshot, a full one has all rows."""
    traffic.put(report([1, 2, 3]))
    before = traffic.advance(NOW)
    traffic.put(report(2, t=NOW + 1))
    after = traffic.advance(NOW + 1)
    rows, static_rows = changed_rows(delta_between(before, after))
    assert (rows.tolist(), static_rows.tolist()) == ([1], [])
    full = delta_between(None, after)
    assert (full.prev, changed_rows(full)[0].tolist()) == (0, [0, 1, 2])


def test_another_epoch_makes_a_full_delta(traffic):
    """A Snapshot of another epoch is no base for a delta."""
    traffic.put(report([1, 2]))
    before = traffic.advance(NOW)
    after = traffic.advance(NOW - 1000)
    assert after.epoch != before.epoch
    assert delta_between(before, after).prev == 0


def test_a_table_that_applies_deltas_equals_the_original(traffic, ports):
    """Text, removals and reused rows included, every column is that of the original."""
    table, before = VesselTable(ports, 10), None
    for second in range(4):
        traffic.put(report([second, second + 1], t=NOW + second))
        traffic.put(static(second, t=NOW + second, name=f"SHIP {second}"))
        traffic.delete([second - 1])
        after = traffic.advance(NOW + second)
        table.apply(delta_between(before, after))
        copy, before = table.freeze(None), after
        for mine, original in ((copy.columns, after.columns), (copy.static_columns, after.static_columns)):
            for name, column in original.items():
                np.testing.assert_array_equal(mine[name], column, name)
        assert copy.removals.entries.tolist() == after.removals.entries.tolist()
