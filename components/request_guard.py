"""Rejects requests to Dash's own routes that the page would not send; Dash would fail and log a traceback."""

from __future__ import annotations

from typing import Any, Final

from dash import Dash
from dash.exceptions import DependencyException
from flask import Response, abort, request

_CALLBACKS: Final = "/_dash-update-component"


def mount(dash: Dash) -> None:
    """Answer 404 for a missing part, and 400 for a body that names no callback of the page."""

    def reject() -> None:
        if request.path == _CALLBACKS and request.method == "POST":
            try:
                body = request.get_json(silent=True)
            except RecursionError:  # from the standard library's decoder, for thousands of nested brackets
                body = None
            if not (isinstance(body, dict) and _fits(dash.callback_map, body)):
                abort(400, "not a callback of this page")

    dash.server.before_request(reject)
    dash.server.register_error_handler(DependencyException, lambda _: Response("no such part\n", 404))


def _fits(callbacks: dict[str, Any], body: dict[str, Any]) -> bool:
    """Whether a body names a callback with exactly its inputs, state and outputs; the callback checks the values."""
    output, outputs, changed = body.get("output"), body.get("outputs"), body.get("changedPropIds")
    callback = callbacks.get(output) if isinstance(output, str) else None
    if callback is None or not (isinstance(changed, list) and all(isinstance(one, str) for one in changed)):
        return False
    taken = all(_names(body.get(key, [])) == _names(callback[key]) for key in ("inputs", "state"))
    given = _names([outputs]) if isinstance(outputs, dict) else _names(outputs)
    several = f"..{'...'.join(given or ())}.."
    return taken and bool(given) and output == (several if isinstance(outputs, list) else "".join(given or ()))


def _names(ends: object) -> list[str] | None:
    """`id.property` of each end of a callback; None if `ends` is no list of objects."""
    if not (isinstance(ends, list) and all(isinstance(end, dict) for end in ends)):
        return None
    return [f"{end.get('id')}.{end.get('property')}" for end in ends]
