"""The table of fields: check digits of IMO numbers, and what a client may select."""

import numpy as np
import pytest

from fairway.traffic import fields


@pytest.mark.parametrize(("number", "valid"), [(9074729, True), (9074728, False), (907472, False), (0, False)])
def test_imo_check_digit(number, valid):
    """A valid IMO number has seven digits, the last of which checks the others; 9074729 is IMO's own example."""
    assert fields.imo_is_valid(number) == valid
    assert fields.imo_is_valid(np.array([number, 9074729])).tolist() == [valid, True]


def test_chosen_names_come_in_the_tables_order_with_the_mmsi():
    """A group stands for its columns; the MMSI is always there; None selects everything."""
    assert fields.chosen(fields.COLUMNS, ["position"]) == ("mmsi", "latitude", "longitude")
    assert fields.chosen(fields.UPDATE, ["status", "imo_number"]) == ("imo_number", "status", "mmsi")
    assert fields.chosen(fields.COLUMNS, None) == tuple(key.name for key in fields.COLUMNS)


@pytest.mark.parametrize("encoding", ["objects", "columns"])
def test_selectable_names_can_be_chosen(encoding):
    """Every name that is offered selects something besides the MMSI."""
    tables = [fields.UPDATE] if encoding == "objects" else [fields.COLUMNS, fields.STATIC_COLUMNS]
    for name in fields.selectable(encoding):
        found = {chosen for table in tables for chosen in fields.chosen(table, [name])}
        assert found != {"mmsi"} or name == "mmsi"
