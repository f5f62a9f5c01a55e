"""What others than the page ask of Dash's own routes: a plain refusal, where Dash would fail and log a traceback."""

from __future__ import annotations

from typing import Any, Final

from dash import Dash
from dash.exceptions import DependencyException
from flask import Response, abort, request

_CALLBACKS: Final = "/_dash-update-component"


def mount(dash: Dash) -> None:
    """Answer 404 for a part that is not there, and 400 for what is no callback of the page."""

    def refuse() -> None:
        if request.path == _CALLBACKS and request.method == "POST":
            try:
                body = request.get_json(silent=True)
            except RecursionError:  # of the standard library's decoder, for thousands of brackets
                body = None
            if not (isinstance(body, dict) and _fits(dash.callback_map, body)):
                abort(400, "not a callback of this page")

    dash.server.before_request(refuse)
    dash.server.register_error_handler(DependencyException, lambda _: Response("no such part\n", 404))


def _fits(callbacks: dict[str, Any], body: dict[str, Any]) -> bool:
    """Whether a body names a callback and just what that takes and gives; the values are the callback's matter."""
    output, outputs, changed = body.get("output"), body.get("outputs"), body.get("changedPropIds")
    callback = callbacks.get(output) if isinstance(output, str) else None
    if callback is None or not (isinstance(changed, list) and all(isinstance(one, str) for one in changed)):
        return False
    taken = all(_names(body.get(key, [])) == _names(callback[key]) for key in ("inputs", "state"))
    given = _names([outputs]) if isinstance(outputs, dict) else _names(outputs)
    several = f"..{'...'.join(given or ())}.."
    return taken and bool(given) and output == (several if isinstance(outputs, list) else "".join(given or ()))


def _names(ends: object) -> list[str] | None:
    """`id.property` of each end of a callback; None for what is no list of such."""
    if not (isinstance(ends, list) and all(isinstance(end, dict) for end in ends)):
        return None
    return [f"{end.get('id')}.{end.get('property')}" for end in ends]
