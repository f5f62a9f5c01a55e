"""Commands without the keys that a request gives elsewhere."""

import msgspec
import pytest

from fairway.commands.body import body_of, command_of
from fairway.commands.validation import checked
from fairway.commands.vessels import ChangeVessel
from fairway.errors import RequestError

BODY = body_of(ChangeVessel, "vessel")


def test_a_body_and_its_path_make_the_command():
    """The body's keys and the vessel of the path give the command that JSON would give."""
    built = command_of(ChangeVessel, checked({"speed": 5, "course": 90}, BODY), vessel="One")
    assert built == ChangeVessel(vessel="One", speed=5.0, course=90.0)


def test_an_absent_key_stays_absent():
    """A key that the body leaves out has the command's default."""
    assert command_of(ChangeVessel, checked({}, BODY), vessel=1) == ChangeVessel(vessel=1)


@pytest.mark.parametrize(
    ("body", "field"), [({"vessel": "One"}, "vessel"), ({"kind": "change_vessel"}, "kind"), ({"speed": 61}, "speed")]
)
def test_a_body_has_the_bounds_of_its_command(body, field):
    """The key of the path and the kind are unknown in a body; its other keys keep their limits."""
    with pytest.raises(RequestError) as caught:
        checked(body, BODY)
    assert caught.value.field == field


def test_a_body_documents_itself():
    """The OpenAPI document gets the command's name and text."""
    assert (BODY.__name__, BODY.__doc__) == ("ChangeVesselBody", ChangeVessel.__doc__)
    assert next(field.name for field in msgspec.structs.fields(BODY)) == "speed"
