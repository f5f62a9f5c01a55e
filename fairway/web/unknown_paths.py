"""Answers for paths without a route: 404 with a short list of paths, or 405 with the methods of the path.

Dash adds a route for every path, which answers with the dashboard. Here the dashboard has the path / only.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from html import escape
from typing import Final

from flask import Flask, Response, current_app, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

CATCH_ALL: Final = "/<path:path>"
"""Rule and endpoint of Dash's route for every path."""
_INTERNAL: Final = re.compile(r"/(_|static/|assets/)")
_PARAMETER: Final = re.compile(r"<(?:[^<>]*:)?(\w+)>")
JsonError = Callable[..., Response]
"""Builds an error response from the status, the code and the message; `paths` is a further key."""


def mount(server: Flask, json_error: JsonError) -> None:
    """Answer unknown paths and methods on `server`: JSON under /api, elsewhere HTML or JSON as the client accepts.

    Args:
        server: the application; where Dash has added its route for every path, that route is replaced.
        json_error: builds the response under /api.

    """

    def refuse(error: HTTPException) -> Response:
        methods = _methods()
        if isinstance(error, MethodNotAllowed) and methods:
            answer = _answer(json_error, error, "method_not_allowed", [])
            answer.headers["Allow"] = ", ".join(sorted(methods))
            return answer
        return _answer(json_error, NotFound(), "not_found", paths_near(server, request.path))

    if CATCH_ALL in server.view_functions:
        server.view_functions[CATCH_ALL] = _unknown
    else:
        server.add_url_rule(CATCH_ALL, CATCH_ALL, _unknown)
    server.register_error_handler(NotFound, refuse)
    server.register_error_handler(MethodNotAllowed, refuse)


def paths_near(server: Flask, path: str) -> list[str]:
    """Return the paths in the deepest folder above `path` that has any; a folder's own name ends with a slash."""
    known = [
        "/socket.io/",
        *(_PARAMETER.sub(r"{\1}", rule.rule) for rule in server.url_map.iter_rules() if _is_public(rule.rule)),
    ]
    folder = f"{path.rstrip('/')}/"
    while not any(name.startswith(folder) for name in known):
        folder = folder[: folder.rstrip("/").rindex("/") + 1]
    inside = {folder + re.sub("/.*", "/", name.removeprefix(folder)) for name in known if name.startswith(folder)}
    return sorted(name for name in inside if name == "/" or name.rstrip("/") == name or name.rstrip("/") not in inside)


def _is_public(rule: str) -> bool:
    return rule != CATCH_ALL and not _INTERNAL.match(rule)


def _unknown(path: str) -> Response:
    """Refuse a GET that no other route takes: of a path with other methods, or of an unknown path."""
    methods = _methods()
    raise MethodNotAllowed(sorted(methods)) if methods else NotFound(path)


def _methods() -> set[str]:
    """Return the methods that this request's path has; none for an unknown path."""
    found: set[str] = set()
    adapter = current_app.create_url_adapter(request)
    for method in ("GET", "POST", "PATCH", "PUT", "DELETE"):
        with contextlib.suppress(HTTPException):
            endpoint = adapter.match(method=method)[0] if adapter else CATCH_ALL
            found |= {method} if endpoint != CATCH_ALL else set()
    return found | {"HEAD"} if "GET" in found else found


def _answer(json_error: JsonError, error: HTTPException, code: str, paths: list[str]) -> Response:
    text = f"{request.method} {request.path:.200}: {error.name}"
    status = error.code or 404
    wants_json = request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"
    if wants_json or f"{request.path}/".startswith("/api/"):
        return json_error(status, code, text, paths=paths)
    # a placeholder such as {vessel} is no address
    links = "".join(f'<li><a href="{escape(name)}">{escape(name)}</a></li>' for name in paths if "{" not in name)
    listed = f"<p>This server has:</p><ul>{links}</ul>" if links else ""
    head = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{error.name}</title>'
    return Response(f"{head}<h1>{error.name}</h1><p>{escape(text)}</p>{listed}</html>", status, mimetype="text/html")
