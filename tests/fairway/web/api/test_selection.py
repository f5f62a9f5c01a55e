"""Which rows of a Snapshot a request selects."""

import numpy as np
import pytest

from fairway.errors import RequestError
from fairway.traffic.fields import VESSEL_TYPES
from fairway.web.api.models import Listed
from fairway.web.api.selection import box, listed, select
from tests.support.traffic import NOW, report, static


@pytest.fixture
def snapshot(traffic):
    """Vessels 3, 1 and 2 at 50, 51 and 52 degrees north with 12, 5 and 0 knots, and 9 without a position."""
    traffic.put(report([3, 1, 2], lat=[50.0, 51.0, 52.0], lon=[-20.0, 179.5, -179.5], sog=[120, 50, 0]))
    for mmsi, name, kind in ((3, "ATLANTIC", "tanker"), (1, "FIJI", "bulker"), (9, "UNSEEN", "tanker")):
        traffic.put(static(mmsi, name=name, callsign="DABC", imo=7000009, vessel_type=VESSEL_TYPES.index(kind)))
    return traffic.advance(NOW + 1)


@pytest.mark.parametrize(
    ("query", "mmsi"),
    [
        ({}, [1, 2, 3]),
        ({"type": "tanker"}, [3]),
        ({"type": "tanker,bulker"}, [1, 3]),
        ({"min_speed": 5.0}, [1, 3]),
        ({"max_speed": 5.0}, [1, 2]),
        ({"min_speed": 1.0, "max_speed": 6.0}, [1]),
        ({"bbox": "-21,49,-19,51"}, [3]),
        ({"bbox": "179,50,-179,53"}, [1, 2]),
        ({"q": "atlan"}, [3]),
        ({"q": "unseen"}, [9]),
        ({"q": "IMO7000009"}, [1, 3, 9]),
        ({"q": "nothing"}, []),
        ({"q": "dabc", "type": "bulker"}, [1]),
    ],
)
def test_rows_match_every_parameter(snapshot, query, mmsi):
    """Rows come by rising MMSI; a search finds vessels without a position too."""
    rows = select(snapshot, Listed(**query), 0)
    assert snapshot.columns["mmsi"][rows].tolist() == mmsi


def test_only_what_changed_is_selected(traffic, snapshot):
    """With `since` the rows are those that changed after that seq."""
    traffic.put(report(2, t=NOW + 10, sog=70))
    later = traffic.advance(NOW + 11)
    assert later.columns["mmsi"][select(later, Listed(), snapshot.seq)].tolist() == [2]
    assert select(later, Listed(), later.seq).tolist() == []


@pytest.mark.parametrize(
    ("query", "field"),
    [({"type": "tanker,galleon"}, "type"), ({"status": "x"}, "status"), ({"bbox": "1,2,3"}, "bbox")],
)
def test_an_unknown_name_is_refused(snapshot, query, field):
    """The error has the parameter as its field."""
    with pytest.raises(RequestError) as caught:
        select(snapshot, Listed(**query), 0)
    assert (caught.value.code, caught.value.field) == ("bad_request", field)


def test_a_list_gives_places():
    """Each name of a list is its place among the known ones."""
    assert listed("b,a", ["a", "b"], "x") == [1, 0]
    with pytest.raises(RequestError, match="c"):
        listed("a,c", ["a", "b"], "x")


@pytest.mark.parametrize(
    "text", ["", "1,2,3", "1,2,3,x", "1,2,3,4,5", "-181,0,1,1", "0,-91,1,1", "0,2,1,1", "1e1,0,1,1"]
)
def test_a_box_has_four_sides(text):
    """Anything else than west, south, east, north in degrees is refused."""
    with pytest.raises(RequestError) as caught:
        box(text)
    assert caught.value.field == "bbox"
    np.testing.assert_allclose(box("-6,49,3.5,52"), (-6, 49, 3.5, 52))
