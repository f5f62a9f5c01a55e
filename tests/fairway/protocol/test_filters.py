"""The filter of a subscription."""

import pytest

from fairway.errors import RequestError
from fairway.protocol.filters import box_of, filter_of, swapped_box
from fairway.protocol.requests import VesselFilter
from tests.support.level2 import subscribe


@pytest.mark.parametrize(
    ("wanted", "matching"),
    [
        ({"bbox": [-30, 40, 0, 60]}, {1, 2}),
        ({"bbox": [170, -20, -170, 0]}, {3}),
        ({"bbox": [-20, 50, -20, 50]}, {1}),
        ({"mmsi": [1, "3"]}, {1, 3}),
        ({"mmsi": []}, {1, 2, 3}),
        ({"imo_number": ["IMO9074729"]}, {1}),
        ({"imo_number": [9074729]}, {1}),
        ({"vessel_type": ["tanker", "fishing"]}, {1}),
        ({"status": ["at_sea"]}, {1, 2, 3}),
        ({"status": ["anchored"]}, set()),
        ({"min_speed": 5}, {1, 3}),
        ({"max_speed": 5}, {2, 3}),
        ({"min_speed": 5, "max_speed": 5.0}, {3}),
        ({"near": {"latitude": 50.5, "longitude": -20.5, "nm": 40}}, {1, 2}),
        ({"near": {"latitude": 50.5, "longitude": -20.5, "nm": 10}}, set()),
        ({"near": {"latitude": -10, "longitude": -179.9, "nm": 40}}, {3}),
        ({"bbox": [-30, 40, 0, 60], "min_speed": 1}, {1}),
    ],
)
def test_filters(session, wanted, matching):
    """A vessel passes if it meets all conditions; boxes and circles can cross the antimeridian."""
    session.open()
    confirmed, updates = subscribe(session, filter=wanted)
    assert confirmed["matched_now"] == len(matching)
    assert {vessel["mmsi"] for vessel in updates["updates"]} == matching


@pytest.mark.parametrize(
    ("wanted", "warnings"),
    [
        ({"bbox": [-30, 40, 0, 60]}, []),
        ({"status": ["anchored"]}, ["matches no vessel now"]),
        ({"bbox": [49, -30, 52, 0]}, ["matches no vessel now", "latitude, longitude swapped"]),
        ({"imo_number": ["IMO9074720"]}, ["IMO9074729"]),
        ({"imo_number": ["IMO7000001"]}, ["IMO7000009", "matches no vessel now"]),
    ],
)
def test_warnings(session, wanted, warnings):
    """A filter without a match, a swapped box and a wrong check digit give warnings."""
    session.open()
    confirmed = subscribe(session, filter=wanted)[0]
    assert len(confirmed["warnings"]) == len(warnings)
    assert all(part in text for part, text in zip(warnings, confirmed["warnings"], strict=True))


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({"bbox": [3, 52, -6, 49]}, "south 52 is north of north 49"),
        ({"bbox": [51, -170, 53, -160]}, "looks like latitude, longitude swapped"),
        ({"bbox": [190, 0, 195, 10]}, "west 190 is outside -180 to 180"),
        ({"bbox": [1, 2, 3]}, "filter.bbox: expected a list of 4, not [1, 2, 3]"),
        ({"colour": "red"}, "filter: unknown key 'colour'; known are bbox, mmsi"),
        ({"near": {"latitude": 1, "longitude": 2, "nm": 0}}, "near.nm: expected a number over 0 to 10800, not 0"),
        ({"near": {"latitude": 1, "longitude": 2}}, "filter.near.nm: is missing"),
        ({"min_speed": 9, "max_speed": 8}, "filter.min_speed 9 is over max_speed 8"),
        ({"min_speed": "fast"}, "filter.min_speed: expected a number from 0 to 102.2, not 'fast'"),
        ({"mmsi": [0]}, "filter.mmsi[0]: 0 is not an MMSI"),
        ({"imo_number": ["IMO0000000"]}, "filter.imo_number[0]: 'IMO0000000' is not an IMO number"),
        ({"vessel_type": ["boat"]}, "filter.vessel_type 'boat' is not one of container, bulker"),
    ],
)
def test_wrong_filters(session, wanted, names):
    """The error names the key, the value, and the expected value."""
    session.open()
    (error,) = subscribe(session, filter=wanted)
    assert (error["type"], error["code"]) == ("error", "bad_request")
    assert names in error["message"]
    assert error["field"].startswith("filter")


def test_box_of():
    """A box keeps the order west, south, east, north, also over the antimeridian."""
    assert box_of([170, -20, -170, 0]) == (170, -20, -170, 0)
    with pytest.raises(RequestError, match=r"^bbox .*north 91 is outside -90 to 90"):
        box_of([0, 0, 1, 91], "bbox")


def test_swapped_box():
    """A box whose sides can be no latitudes has no swapped reading."""
    assert swapped_box([49, -30, 52, 0]) is not None
    assert swapped_box([-170, 40, 0, 60]) is None


def test_an_empty_filter_restricts_nothing():
    """A filter without conditions is None."""
    assert filter_of(VesselFilter(mmsi=[], status=[])) == (None, [])
