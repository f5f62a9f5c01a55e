"""The error for a custom vessel or route that is not possible."""

from sim.custom.errors import CustomError


def test_an_error_has_its_text_and_key():
    """The message is the text alone; the key is beside it. Code that expects a ValueError catches it."""
    error = CustomError("speed 99 is outside 0 to 60 knots", "speed")
    assert (str(error), error.field) == ("speed 99 is outside 0 to 60 knots", "speed")
    assert isinstance(error, ValueError)
