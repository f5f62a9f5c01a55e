"""The frame of the documented API: checked parameters, one shape of error, OpenAPI 3.1 and freshness.

The document is made from the views' signatures, docstrings and models; what it says is what is checked.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import re
import threading
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Annotated, Any, Final, Literal, cast

import msgspec
import orjson
from flask import Flask, Response, make_response, request
from flask_swagger_ui import get_swaggerui_blueprint
from spectree import Response as Answers
from spectree import SecurityScheme, SpecTree
from spectree.model_adapter.msgspec_adapter import MsgspecModelAdapter
from spectree.models import SecureType, SecuritySchemeData
from spectree.plugins.flask_plugin import FlaskPlugin
from werkzeug.exceptions import HTTPException

from fairway import __version__
from fairway.commands.union import ScenarioCommand
from fairway.commands.validation import MISSING, checked, fault_of
from fairway.errors import RequestError
from fairway.web import unknown_paths
from fairway.web.access import changes

PREFIX: Final = "/api/"
STATUS_OF: Final = {
    "not_found": 404, "no_simulator": 409, "not_steerable": 409, "internal": 500,
    "busy": 503, "ingest_away": 503, "no_history": 503, "not_kept": 507,
}  # fmt: skip
"""HTTP status by the error's code; 400 for all others."""
MAX_BODY_BYTES: Final = 2**20
_CODE_OF: Final = {413: "too_long"}
Timestamp = Callable[[], str]
MAX_PATH_TEXT: Final = 80
VESSEL_NUMBER: Final = "^(([Ii][Mm][Oo] ?)?[0-9]{7}|[0-9]{9})$"
"""An IMO number or an MMSI in a path."""


class Error(msgspec.Struct, omit_defaults=True):
    """What is wrong with a request, in the shape of the stream's `error`."""

    type: Literal["error"]
    timestamp: str
    code: str
    message: str
    field: str = ""
    retry_after_ms: int = 0
    paths: Annotated[list[str], msgspec.Meta(description="at an unknown path: the paths nearby")] = []


class Formats(Answers):
    """Answers of which the 200 comes in further media types: name -> a model, or None for plain text."""

    def __init__(self, formats: Mapping[str, type | None], *codes: str, **models: Any) -> None:
        super().__init__(*codes, **models)
        self._formats = formats

    @property
    def models(self) -> Iterable[Any]:
        """Every model that the document must hold."""
        return [*super().models, *filter(None, self._formats.values())]

    def generate_spec(
        self, naming_strategy: Callable[[Any], str] = lambda model: str(model.__name__)
    ) -> dict[str, Any]:
        """The OpenAPI Responses Object."""
        spec: dict[str, Any] = super().generate_spec(naming_strategy)
        for name, model in self._formats.items():
            schema = {"$ref": f"#/components/schemas/{naming_strategy(model)}"} if model else {"type": "string"}
            spec["200"].setdefault("content", {})[name] = {"schema": schema}
        return spec


class Api:
    """Adds documented operations to a Flask server, beside whatever else it serves."""

    def __init__(self, server: Flask, timestamp: Timestamp) -> None:
        self._server, self._timestamp = server, timestamp
        self._undescribed: dict[str, Callable[[], Callable[..., Response]]] = {}
        self._lock = threading.RLock()
        self._tree = SpecTree(
            backend=_Unparsed,
            model_adapter=MsgspecModelAdapter(),  # type: ignore[arg-type]  # its protocol is wider than its adapters
            before=_pass,
            validation_error_status=400,
            validation_error_model=Error,
            naming_strategy=_name,
            nested_naming_strategy=lambda _parent, child: child,
            mode="strict",
            page_templates={},
            security_schemes=[
                SecurityScheme(name="token", data=SecuritySchemeData(type=SecureType.HTTP, scheme="bearer"))
            ],
            title="Fairway",
            description="The fleet by request. The streams are described at /api/asyncapi.json.",
            version=__version__,
        )
        server.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
        server.register_error_handler(RequestError, self._request_error)
        server.register_error_handler(HTTPException, self._http_error)
        server.add_url_rule("/api/openapi.json", "openapi", lambda: json_response(self.document()))
        unknown_paths.mount(server, self.error)
        pages = get_swaggerui_blueprint("/api/docs", "/api/openapi.json", {"app_name": "Fairway"})
        pages.after_request(_allow_its_own_script)
        server.register_blueprint(pages)

    def add(
        self,
        rule: str,
        view: Callable[..., Response],
        answers: Answers,
        method: str = "GET",
        body: Any = None,
        kind: str = "realtime",
    ) -> None:
        """Serve `view` at `rule`. Its docstring, its parameter `query`, `answers` and `body` are the documentation.

        A view with a `body` gets it as a keyword, checked as documented. Every operation may also answer 400, 403 and
        429 with an `Error`, and one that writes 401, 413 and 415.
        """
        name = view.__name__ if kind == "realtime" else f"{kind}_{view.__name__}"
        endpoint = f"api_{name}"
        writes = changes(method, endpoint)

        def describe() -> Callable[..., Response]:
            for status in (403, 429, 401, 413, 415) if writes else (403, 429):
                answers.add_model(status, Error, replace=False)
            described: Callable[[Any], Callable[..., Response]] = self._tree.validate(
                resp=answers,
                json=body,
                operation_id=name,
                tags=(kind,),
                security=[{"token": []}, {}] if writes else None,  # without a token set, this machine may write
                path_parameter_descriptions={"vessel": "IMO7000009, 7000009 or an MMSI"},
            )
            return described(view if body is None else _with_body(view, body))

        self._undescribed[endpoint] = describe
        self._server.add_url_rule(rule, endpoint, lambda **parts: self._described(endpoint)(**parts), methods=[method])

    def _described(self, endpoint: str) -> Callable[..., Response]:
        """Return the view with its checks, which are built at its first request: all of them would delay the start."""
        with self._lock:
            describe = self._undescribed.pop(endpoint, None)
            if describe:
                self._server.view_functions[endpoint] = describe()
            return cast("Callable[..., Response]", self._server.view_functions[endpoint])

    def document(self) -> dict[str, Any]:
        """Return the OpenAPI document."""
        with self._lock:
            for endpoint in list(self._undescribed):
                self._described(endpoint)
            spec: dict[str, Any] = self._tree.spec
        # without this, the order is that of the first requests
        spec["components"]["schemas"] = dict(sorted(spec["components"]["schemas"].items()))
        for path, operations in spec["paths"].items():
            # the simulator finds vessels by name too
            by_number = path.startswith("/api/realtime/vessels/")
            text = {"pattern": VESSEL_NUMBER} if by_number else {"minLength": 1, "maxLength": MAX_PATH_TEXT}
            for operation in operations.values():
                for parameter in operation.get("parameters", ()):
                    # spectree has no bounds for texts in a path
                    if parameter["in"] == "path" and parameter["schema"]["type"] == "string":
                        parameter["schema"] |= text
        return spec

    def error(
        self, status: int, code: str, message: str, field: str | None = None, paths: Sequence[str] = ()
    ) -> Response:
        """Return an error in the shape of `Error`."""
        body: dict[str, Any] = {"type": "error", "timestamp": self._timestamp(), "code": code, "message": message}
        more = {"field": field} if field else {}
        return json_response(body | more | ({"paths": paths} if paths else {}), status)

    def _request_error(self, error: RequestError) -> Response:
        return self.error(STATUS_OF.get(error.code, 400), error.code, str(error), error.field)

    def _http_error(self, error: HTTPException) -> Response | HTTPException:
        if not request.path.startswith(PREFIX):
            return error
        status = error.code or 500
        code = _CODE_OF.get(status, "internal" if status >= 500 else "bad_request")
        return self.error(status, code, f"{request.method} {request.path:.200}: {error.name}")


def _name(model: Any) -> str:
    return "ScenarioCommand" if model is ScenarioCommand else str(model.__name__)


def _with_body(view: Callable[..., Response], kind: Any) -> Callable[..., Response]:
    """The view of an operation with a body: it gets the body as `kind`, or the client an error."""

    @functools.wraps(view)
    def served(**parts: Any) -> Response:
        try:
            given = orjson.loads(request.get_data(cache=False) or b"{}")
        except orjson.JSONDecodeError as error:
            raise RequestError("bad_json", f"not JSON: {error}") from error
        return view(body=checked(given, kind), **parts)

    # resolved here: spectree looks names up in the module of the wrapper
    served.__annotations__ = typing.get_type_hints(view)
    return served


class _Unparsed(FlaskPlugin):
    """Checks parameters only: to decode our own answers again would cost more than to make them."""

    def request_validation(self, request: Any, query: Any, _json: Any, form: Any, headers: Any, cookies: Any) -> None:
        try:
            super().request_validation(request, query, None, form, headers, cookies)  # type: ignore[no-untyped-call]
        except msgspec.ValidationError as error:
            raise _parameter_error(error, request.args, query) from error

    def validate_response(self, resp: Any, *_models: object) -> tuple[Response, None]:
        return make_response(resp), None


def json_response(body: object, status: int = 200) -> Response:
    """`body`, encoded; arrays may be numpy's."""
    return Response(orjson.dumps(body, option=orjson.OPT_SERIALIZE_NUMPY), status, mimetype="application/json")


def known(tag: str) -> Response | None:
    """304 if the client says that it holds what has this tag, else None: then answer, and call `tagged`."""
    return tagged(Response(status=304), tag) if request.if_none_match.contains_weak(tag) else None


def tagged(response: Response, tag: str) -> Response:
    """`response` with its ETag: weak, since the same state comes in several formats and with or without gzip."""
    response.set_etag(tag, weak=True)
    response.headers["Cache-Control"] = "no-cache"
    response.vary.add("Accept")
    return response


def _allow_its_own_script(response: Response) -> Response:
    """The docs page begins with a script inside it, which the policy of all other pages forbids."""
    if response.mimetype == "text/html":
        scripts = re.findall(r"<script>(.*?)</script>", response.get_data(as_text=True), re.DOTALL)
        hashes = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
        allowed = " ".join(["'self'", *(f"'sha256-{digest}'" for digest in hashes)])
        policy = f"default-src 'self'; script-src {allowed}; style-src 'self' 'unsafe-inline'; img-src 'self' data:"
        response.headers["Content-Security-Policy"] = f"{policy}; frame-ancestors 'self'"
    return response


def _parameter_error(error: msgspec.ValidationError, given: Mapping[str, str], kind: type) -> RequestError:
    """The error for a parameter that is wrong, unknown or missing: it names the parameter and its value."""
    fault = fault_of(error, given, kind)
    field = str(fault.field)[:60]
    if fault.key is None:
        return RequestError("bad_request", f"{field}={given.get(field, '')!r:.60}: {fault.expected}", field)
    if fault.text == MISSING:
        return RequestError("bad_request", f"{field}: this parameter is missing", field)
    return RequestError("bad_request", f"{field}: no such parameter{fault.hint}", field)


def _pass(*_arguments: object) -> None:
    """Called by spectree before every view, which has nothing to add to the errors of `_Unparsed`."""
