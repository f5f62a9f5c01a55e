"""Errors that users see: a request that cannot be answered, and a setting that cannot be used."""

from __future__ import annotations

from typing import Final

CODES: Final = {
    "bad_json": "The body or message is not JSON.",
    "bad_request": "A parameter, key or value is wrong; `field` names it.",
    "busy": "The server has no free thread or too many commands wait; try again later.",
    "forbidden": "Without a token only this machine may write, and not through a proxy.",
    "forbidden_host": "The Host header is not a name of this server (protection against DNS rebinding).",
    "forbidden_origin": "The page's Origin is not allowed here.",
    "ingest_away": "The ingest process, which runs the simulator, does not answer.",
    "internal": "The server failed to answer; its log has the cause.",
    "method_not_allowed": "The path exists, but not with this method; the header `Allow` lists the others.",
    "no_history": "The history cannot be read now, or there is none.",
    "no_simulator": "No simulator runs here.",
    "not_found": "No vessel, route, zone or path has this name.",
    "not_json": "A write needs `Content-Type: application/json`.",
    "not_kept": "The change cannot be saved.",
    "not_steerable": "The clock is UTC or follows a recording and cannot be controlled.",
    "rate_limited": "Too many requests; try again after `retry_after_ms`.",
    "too_long": "The body is larger than the server accepts.",
    "unauthorized": "A write needs the header `Authorization: Bearer <token>`.",
    "unknown_type": "The message's `type` is not a request of the protocol.",
    "unsailable": "A waypoint is on land, or no vessel can sail a leg of the route.",
}
"""Code of an error -> when REST and the streams send it, in one sentence."""


class RequestError(ValueError):
    """A request that cannot be answered; REST, the streams and Python raise the same.

    Args:
        code: machine-readable kind, a key of CODES.
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
