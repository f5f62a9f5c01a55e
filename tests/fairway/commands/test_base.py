"""The common form of commands."""

import msgspec
import pytest

from fairway.commands.base import Command
from fairway.commands.clock import Step
from fairway.commands.validation import checked
from fairway.errors import RequestError


class Ring(Command, tag="ring"):
    """A command with one optional key."""

    times: int = 1


def test_a_kind_names_the_command():
    """JSON carries the kind, and leaves out what is at its default."""
    assert msgspec.json.encode(Ring()) == b'{"kind":"ring"}'
    assert msgspec.to_builtins(Ring(times=2)) == {"kind": "ring", "times": 2}


def test_a_tag_is_the_class_name_without_another_one():
    """A command without a tag has its class name in lower case as its kind."""

    class Whistle(Command):
        """A command without a tag."""

    assert msgspec.to_builtins(Whistle()) == {"kind": "whistle"}


@pytest.mark.parametrize(
    ("value", "field", "text"),
    [
        ({"seconds": 1, "minutes": 2}, "minutes", "unknown key 'minutes'"),
        ({"seconds": None}, "seconds", "not null"),
        (None, None, "expected an object, not null"),
    ],
)
def test_unknown_keys_and_null_are_refused(value, field, text):
    """A command takes no key beside its own, and no null."""
    with pytest.raises(RequestError) as caught:
        checked(value, Step)
    assert caught.value.field == field
    assert text in str(caught.value)


def test_keys_are_given_by_name():
    """Python code can't confuse the order of keys."""
    with pytest.raises(TypeError):
        Step(1.0)  # type: ignore[misc]
