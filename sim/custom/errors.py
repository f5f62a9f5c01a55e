"""The error for a custom vessel or route that is not possible."""

from __future__ import annotations


class CustomError(ValueError):
    """A custom vessel or route is not possible.

    Args:
        text: the message; it names the offending value.
        field: the key at fault.

    """

    def __init__(self, text: str, field: str) -> None:
        super().__init__(text)
        self.field = field
