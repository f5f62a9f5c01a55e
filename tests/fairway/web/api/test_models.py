"""Models of parameters and answers."""

import re

import msgspec
import pytest

from fairway.traffic import fields
from fairway.web.api import models


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ({"min_speed": -1}, "min_speed"),
        ({"max_speed": 201}, "max_speed"),
        ({"limit": 0}, "limit"),
        ({"offset": -1}, "offset"),
        ({"since": 2**53 + 1}, "since"),
        ({"q": ""}, "q"),
        ({"q": "x" * 61}, "q"),
        ({"bbox": "1" * 65}, "bbox"),
        ({"epoch": "e" * 65}, "epoch"),
        ({"type": "t" * 1001}, "type"),
        ({"format": "xml"}, "format"),
        ({"colour": "red"}, "colour"),
        ({"limit": None}, "limit"),
    ],
)
def test_a_parameter_beyond_its_limit_is_refused(query, key):
    """The error names the parameter."""
    with pytest.raises(msgspec.ValidationError, match=key):
        msgspec.convert(query, models.VesselsQuery)


def test_the_limits_themselves_are_accepted():
    """The smallest and largest values are no errors."""
    query = msgspec.convert({"min_speed": 0, "max_speed": 200, "limit": 1, "q": "x" * 60}, models.VesselsQuery)
    assert (query.min_speed, query.max_speed, query.limit, query.offset) == (0.0, 200.0, 1, 0)


def test_a_track_has_a_range_in_time():
    """The parameters are `from` and `to`; a time has at most 64 characters."""
    query = msgspec.convert({"from": "2026-01-31T12:00:00Z"}, models.TrackQuery)
    assert (query.first, query.last) == ("2026-01-31T12:00:00Z", msgspec.UNSET)
    with pytest.raises(msgspec.ValidationError, match="64"):
        msgspec.convert({"to": "2" * 65}, models.TrackQuery)


def test_an_update_has_the_keys_of_the_table():
    """The model of a vessel is made from the table of fields; a part of an update needs only the MMSI."""
    members = msgspec.structs.fields(models.Vessel)
    assert [member.name for member in members] == [key.name for key in (*fields.UPDATE, *fields.RECEPTION)]
    assert all(member.required for member in members)
    needed = [member.name for member in msgspec.structs.fields(models.PartOfUpdate) if member.required]
    assert needed == ["mmsi"]


def test_the_pattern_of_a_box():
    """The documented pattern takes four numbers and nothing else."""
    assert re.fullmatch(models.BOX_PATTERN, "-6,49,3.5,52")
    assert not re.fullmatch(models.BOX_PATTERN, "-6,49,3.5")
    assert not re.fullmatch(models.BOX_PATTERN, "-6,49,3.5,north")
