"""Custom vessels as users describe them: the checks, and the identity that completes them."""

import pytest

from fairway.traffic.fields import imo_is_valid
from sim.custom import Vessel
from sim.custom.errors import CustomError
from sim.custom.vessel import columns_of
from sim.world.identity import FLAGS
from sim.world.vessel_types import VesselType


def test_identity_agrees():
    """Flag, MID and call sign of a custom vessel are of one country, its IMO number checks, and each is unique."""
    seen = set()
    for number in range(500, 560):
        row = columns_of(Vessel("Custom Tracker", VesselType.TANKER), number, {n for n, *_ in seen})
        flag = next(flag for flag in FLAGS if flag.iso2 == row["flag"])
        assert row["mmsi"] // 1_000_000 == flag.mid
        assert row["callsign"].startswith(flag.prefix)
        assert imo_is_valid(row["imo"])
        assert row["a"] + row["b"] == row["length_m"]
        seen.add((row["mmsi"], row["imo"], row["callsign"]))
    assert len(seen) == 60
    greek = columns_of(Vessel("Hellas", "bulker", mmsi=241_000_001), 1, set())
    assert (greek["flag"], greek["callsign"][:2]) == ("GR", "SV")


def test_a_wrong_check_digit_is_accepted():
    """An IMO number that a user gives stays as it is."""
    assert columns_of(Vessel("x", "tanker", imo_number="IMO7000001"), 1, set())["imo"] == 7000001
    assert columns_of(Vessel("x", "tanker", imo_number=7000001), 1, set())["imo"] == 7000001


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"vessel_type": "galleon"}, "vessel_type"),
        ({"vessel_name": "a" * 21}, "vessel_name"),
        ({"vessel_name": "a\x07"}, "vessel_name"),
        ({"vessel_name": ""}, "vessel_name"),
        ({"imo_number": "IMO12"}, "imo_number"),
        ({"mmsi": 12}, "mmsi"),
        ({"mmsi": 241_000_001}, "mmsi"),
        ({"speed": 99.0}, "speed"),
        ({"course": 360.0}, "course"),
        ({"position": (91.0, 0.0)}, "position"),
    ],
)
def test_an_impossible_vessel_is_refused(given, field):
    """The error names the key at fault."""
    with pytest.raises(CustomError) as caught:
        columns_of(Vessel(**({"vessel_name": "x", "vessel_type": "tanker"} | given)), 1, {241_000_001})
    assert caught.value.field == field
