"""The two errors that users see: a request that can't be answered, and a setting that can't be used."""

from __future__ import annotations


class RequestError(ValueError):
    """A request that can't be answered; REST, the streams and Python raise the same.

    Args:
        code: machine-readable kind, one of those listed in docs/reference/protocol.md.
        text: the message; it names the offending value.
        field: the parameter or key at fault; None where no single one is.

    """

    def __init__(self, code: str, text: str, field: str | None = None) -> None:
        super().__init__(text)
        self.code, self.field = code, field


class SettingsError(ValueError):
    """A setting is unknown, unreadable or out of range; the message names it and its value."""
