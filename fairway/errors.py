"""Errors that users see: a request that cannot be answered, and a setting that cannot be used."""

from __future__ import annotations


class RequestError(ValueError):
    """A request that cannot be answered; REST, the streams and Python raise the same.

    Args:
        code: machine-readable kind, one of those listed in docs/reference/protocol.md.
        text: the message; it names the offending value.
        field: the parameter or key at fault; None if no single one is.

    """

    def __init__(self, code: str, text: str, field: str | None = None) -> None:
        super().__init__(text)
        self.code, self.field = code, field


class SettingsError(ValueError):
    """A setting that is unknown, unreadable or out of range.

    Args:
        name: option, variable or key as the user wrote it, for example "--feeds".
        text: what is wrong with it; contains the offending value unless that may hold a password.

    """

    def __init__(self, name: str, text: str) -> None:
        super().__init__(f"{name}: {text}")
        self.name, self.text = name, text
