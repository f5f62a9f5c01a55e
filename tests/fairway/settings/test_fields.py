"""Fields: a default, its help, and its names."""

from dataclasses import dataclass, fields

from fairway.settings.fields import option, secret, setting, variable


@dataclass(frozen=True)
class Example:
    """One setting and one secret."""

    fleet_size: int = setting(500, "Number of vessels.", 1, 10)
    key: str = secret("API key.")


def test_a_field_has_its_help_and_range():
    """What is written beside the field is what help, checks and documentation read."""
    size, key = fields(Example)
    assert (size.default, size.metadata["help"], size.metadata["low"], size.metadata["high"]) == (
        500,
        "Number of vessels.",
        1,
        10,
    )
    assert key.metadata == {"help": "API key.", "low": None, "high": None, "choices": ()}


def test_a_secret_is_not_shown():
    """`repr` shows settings and leaves secrets out."""
    assert repr(Example(key="open sesame")) == "Example(fleet_size=500)"


def test_names():
    """A field is an option and a variable."""
    assert (option("fleet_size"), variable("fleet_size")) == ("--fleet-size", "FAIRWAY_FLEET_SIZE")
