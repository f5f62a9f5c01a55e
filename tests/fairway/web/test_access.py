"""Who may read and who may write: the rules of Origin, Host, forwarded headers and token, case by case."""

import json

import pytest
from flask import Flask
from werkzeug.test import EnvironBuilder

from app import create
from fairway.settings import Settings
from fairway.web import access
from fairway.web.access import client_address, is_loopback, refuse, refuse_write

HERE = {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "localhost:8050"}
THERE = {"REMOTE_ADDR": "203.0.113.9", "HTTP_HOST": "ships.example"}
PROXY = {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "ships.example", "HTTP_X_FORWARDED_FOR": "203.0.113.9"}
JSON = {"CONTENT_TYPE": "application/json; charset=utf-8", "CONTENT_LENGTH": "2"}
TOKEN = Settings(token="sesame")
BEARER = {"HTTP_AUTHORIZATION": "Bearer sesame"}
KNOWN = Settings(origins="https://partner.example, http://10.0.0.7:3000", hosts="ships.example")
PROXIED = Settings(trusted_proxies=1)


def environ(base, origin=None, method="GET", **more):
    given = {"REQUEST_METHOD": method, "wsgi.url_scheme": "http"} | base | more
    return given | ({"HTTP_ORIGIN": origin} if origin is not None else {})


def code(refusal):
    return refusal and refusal.code


@pytest.mark.parametrize(
    ("base", "origin", "settings", "expected"),
    [
        # no Origin: command-line clients, and a page's own GET
        (HERE, None, Settings(), None),
        (THERE, None, Settings(), None),
        # the same origin
        (HERE, "http://localhost:8050", Settings(), None),
        (THERE, "http://ships.example", Settings(), None),
        (THERE, "http://SHIPS.example:80", Settings(), None),
        (THERE | {"wsgi.url_scheme": "https"}, "https://ships.example", Settings(), None),
        (THERE | {"wsgi.url_scheme": "wss"}, "https://ships.example:443", Settings(), None),
        (THERE, "https://ships.example", Settings(), "forbidden_origin"),
        (THERE, "http://ships.example:8080", Settings(), "forbidden_origin"),
        # those in the settings
        (THERE, "https://partner.example", KNOWN, None),
        (THERE, "https://partner.example:443", KNOWN, None),
        (THERE, "http://10.0.0.7:3000", KNOWN, None),
        (THERE, "http://10.0.0.7", KNOWN, "forbidden_origin"),
        (THERE, "http://partner.example", KNOWN, "forbidden_origin"),
        (THERE, "https://a.partner.example", KNOWN, "forbidden_origin"),
        # null and localhost: only a browser on this machine, asking for this machine
        (HERE, "null", Settings(), None),
        (HERE, "http://localhost:8080", Settings(), None),
        (HERE, "https://127.0.0.1", Settings(), None),
        (HERE, "http://[::1]:9", Settings(), None),
        ({"REMOTE_ADDR": "::1", "HTTP_HOST": "[::1]:8050"}, "null", Settings(), None),
        ({"REMOTE_ADDR": "::ffff:127.0.0.1", "HTTP_HOST": "127.0.0.1"}, "null", Settings(), None),
        (THERE, "null", Settings(), "forbidden_origin"),
        (THERE, "http://localhost:8080", Settings(), "forbidden_origin"),
        (THERE | {"HTTP_HOST": "localhost"}, "null", Settings(), "forbidden_origin"),
        (HERE | {"HTTP_HOST": "ships.example"}, "null", KNOWN, "forbidden_origin"),
        (HERE | {"HTTP_X_FORWARDED_FOR": "203.0.113.9"}, "null", Settings(), "forbidden_origin"),
        (HERE | {"HTTP_X_FORWARDED_PROTO": "https"}, "http://localhost:1", Settings(), "forbidden_origin"),
        (HERE | {"HTTP_FORWARDED": "for=127.0.0.1"}, "null", Settings(), "forbidden_origin"),
        (HERE | {"HTTP_X_FORWARDED_FOR": "127.0.0.1"}, "null", PROXIED, "forbidden_origin"),
        # names that only look like ours
        (HERE, "http://evil.example", Settings(), "forbidden_origin"),
        (HERE, "http://localhost.evil.example", Settings(), "forbidden_origin"),
        (HERE, "http://127.0.0.1.evil.example", Settings(), "forbidden_origin"),
        (HERE, "http://localhost:8050@evil.example", Settings(), "forbidden_origin"),
        (HERE, "http://localhost:8050/", Settings(), "forbidden_origin"),
        (HERE, "http://localhost:8050,http://evil.example", Settings(), "forbidden_origin"),
        (HERE, "", Settings(), "forbidden_origin"),
        (HERE, "file://", Settings(), "forbidden_origin"),
        (HERE, "NULL", Settings(), "forbidden_origin"),
        # DNS rebinding: a foreign name that points at this machine
        (HERE | {"HTTP_HOST": "evil.example:8050"}, None, Settings(), "forbidden_host"),
        (HERE | {"HTTP_HOST": "evil.example:8050"}, "http://evil.example:8050", Settings(), "forbidden_host"),
        (HERE | {"HTTP_HOST": "127.0.0.1.evil.example"}, None, Settings(), "forbidden_host"),
        (HERE | {"HTTP_HOST": "0.0.0.0:8050"}, None, Settings(), "forbidden_host"),
        (HERE | {"HTTP_HOST": "localhost@evil.example"}, None, Settings(), "forbidden_host"),
        (HERE | {"HTTP_HOST": ""}, None, Settings(), "forbidden_host"),
        (HERE | {"HTTP_HOST": "ships.example:8050"}, None, KNOWN, None),
        (HERE | {"HTTP_HOST": "127.0.0.2"}, None, Settings(), None),
        (HERE | {"HTTP_HOST": "fairway.localhost:8050"}, None, Settings(), None),
        ({"REMOTE_ADDR": "127.0.0.1"}, None, Settings(), None),
        # a proxy on this machine is believed only when the settings say so
        (PROXY, "http://ships.example", Settings(), "forbidden_host"),
        (PROXY, "http://ships.example", PROXIED, None),
        (PROXY | {"HTTP_X_FORWARDED_PROTO": "https"}, "https://ships.example", PROXIED, None),
        (PROXY | {"HTTP_X_FORWARDED_PROTO": "https"}, "http://ships.example", PROXIED, "forbidden_origin"),
        (HERE | {"HTTP_X_FORWARDED_HOST": "evil.example"}, "http://evil.example", Settings(), "forbidden_origin"),
        (PROXY | {"HTTP_X_FORWARDED_HOST": "a.example"}, "http://a.example", PROXIED, None),
        (THERE | {"HTTP_X_FORWARDED_PROTO": "https"}, "https://ships.example", Settings(), "forbidden_origin"),
    ],
)
def test_reads(base, origin, settings, expected):
    """Pages of this server, of the settings and of this machine's browser may read; others may not."""
    assert code(refuse(environ(base, origin), settings)) == expected


@pytest.mark.parametrize(
    ("base", "origin", "settings", "expected"),
    [
        # without a token: this machine, directly, its own page, JSON
        (HERE | JSON, None, Settings(), None),
        (HERE | JSON, "http://localhost:8050", Settings(), None),
        (HERE | JSON, "http://localhost:8080", Settings(), "forbidden_origin"),
        (HERE | JSON, "null", Settings(), "forbidden_origin"),
        (HERE | JSON, "https://partner.example", KNOWN, "forbidden_origin"),
        (HERE | JSON | {"HTTP_X_FORWARDED_FOR": "127.0.0.1"}, None, Settings(), "forbidden"),
        (HERE | JSON | {"HTTP_FORWARDED": "for=_x"}, None, Settings(), "forbidden"),
        (HERE | JSON | {"HTTP_HOST": "ships.example"}, None, KNOWN, "forbidden"),
        (HERE | JSON | {"HTTP_HOST": "evil.example"}, None, Settings(), "forbidden_host"),
        ({"REMOTE_ADDR": "127.0.0.1"} | JSON, None, Settings(), "forbidden"),
        (THERE | JSON, None, Settings(), "forbidden"),
        (PROXY | JSON | {"HTTP_X_FORWARDED_FOR": "127.0.0.1"}, None, PROXIED, "forbidden"),
        (HERE, None, Settings(), "not_json"),
        (HERE | {"CONTENT_TYPE": "text/plain", "CONTENT_LENGTH": "2"}, None, Settings(), "not_json"),
        # with a token
        (THERE | JSON | BEARER, None, TOKEN, None),
        (THERE | JSON | {"HTTP_AUTHORIZATION": "bearer  sesame"}, None, TOKEN, None),
        (THERE | JSON, None, TOKEN, "unauthorized"),
        (HERE | JSON, None, TOKEN, "unauthorized"),
        (HERE | JSON | {"HTTP_AUTHORIZATION": "Bearer sesam"}, None, TOKEN, "unauthorized"),
        (HERE | JSON | {"HTTP_AUTHORIZATION": "Bearer sésame€"}, None, TOKEN, "unauthorized"),
        (HERE | JSON | {"HTTP_AUTHORIZATION": "Basic sesame"}, None, TOKEN, "unauthorized"),
        (HERE | JSON | {"HTTP_AUTHORIZATION": "Bearer "}, None, TOKEN, "unauthorized"),
        # and an allowed Origin all the same
        (THERE | BEARER, "http://ships.example", TOKEN, None),
        (THERE | BEARER, "https://partner.example", Settings(token="sesame", origins="https://partner.example"), None),
        (THERE | BEARER, "https://evil.example", TOKEN, "forbidden_origin"),
        (HERE | BEARER, "null", TOKEN, "forbidden_origin"),
        (HERE | BEARER, "http://localhost:8080", TOKEN, "forbidden_origin"),
        (HERE | BEARER | {"HTTP_HOST": "evil.example"}, None, TOKEN, "forbidden_host"),
    ],
)
def test_writes(base, origin, settings, expected):
    """The token opens writing; without one it takes this machine, no proxy, the server's own page and JSON."""
    assert code(refuse_write(environ(base, origin, "POST"), settings)) == expected


def test_a_delete_has_no_body_to_be_json():
    """DELETE without a body needs no Content-Type; with one it does."""
    assert refuse_write(environ(HERE, method="DELETE"), Settings()) is None
    assert code(refuse_write(environ(HERE, method="DELETE", CONTENT_LENGTH="2"), Settings())) == "not_json"


def test_no_refusal_shows_the_token():
    """Neither the token nor what was sent in its place stands in the answer."""
    given = environ(HERE | JSON | {"HTTP_AUTHORIZATION": "Bearer guess"}, method="POST")
    refusal = refuse_write(given, TOKEN)
    assert refusal.status == 401
    assert not {"sesame", "guess"} & set(refusal.message.split())


@pytest.mark.parametrize(
    ("forwarded", "proxies", "expected"),
    [
        (None, 0, "127.0.0.1"),
        ("203.0.113.9", 0, "127.0.0.1"),
        ("203.0.113.9", 1, "203.0.113.9"),
        ("1.1.1.1, 203.0.113.9", 1, "203.0.113.9"),
        ("1.1.1.1, 203.0.113.9", 2, "1.1.1.1"),
        ("203.0.113.9", 2, "127.0.0.1"),
        ("203.0.113.9:4711", 1, "203.0.113.9"),
        ("[2001:db8::1]:4711", 1, "2001:db8::1"),
        ("2001:db8::1", 1, "2001:db8::1"),
    ],
)
def test_the_address_that_limits_count_by(forwarded, proxies, expected):
    """The peer, or what the outermost trusted proxy saw; what a client wrote before that is not believed."""
    given = environ(HERE, **({"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}))
    assert client_address(given, Settings(trusted_proxies=proxies)) == expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [("127.9.9.9", True), ("::1", True), ("::ffff:127.0.0.1", True), ("10.0.0.1", False), ("", False), ("x", False)],
)
def test_loopback(address, expected):
    """Loopback addresses of both families; a Unix socket's empty peer is none."""
    assert is_loopback(address) is expected


@pytest.fixture
def guarded():
    server = Flask("guarded")
    server.add_url_rule("/fleet", "fleet", lambda: "ships", methods=["GET", "POST"])
    access.guard(server, KNOWN, lambda: "2024-01-15T10:30:00Z")

    def ask(origin=None, method="GET", **headers):
        builder = EnvironBuilder("/fleet", method=method, base_url="http://localhost:8050")
        given = builder.get_environ() | {"REMOTE_ADDR": "127.0.0.1"}
        given |= {f"HTTP_{name.upper()}": value for name, value in headers.items()}
        return server.test_client().open(given | ({"HTTP_ORIGIN": origin} if origin else {}))

    return ask


def test_the_guard_refuses_in_the_one_error_shape(guarded):
    """A foreign page gets 403 and an error that names it, and no CORS header."""
    answer = guarded("http://evil.example")
    assert (answer.status_code, answer.mimetype) == (403, "application/json")
    error = json.loads(answer.data)
    assert (error["type"], error["code"]) == ("error", "forbidden_origin")
    assert "evil.example" in error["message"]
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [(None, None), ("http://localhost:8050", None), ("null", "null"), ("https://partner.example",) * 2],
)
def test_cors_headers_go_to_allowed_foreign_origins(guarded, origin, allowed):
    """Only a page of another origin needs them; caches learn that the answer depends on Origin."""
    answer = guarded(origin)
    assert answer.data == b"ships"
    assert answer.headers.get("Access-Control-Allow-Origin") == allowed
    assert "Origin" in answer.headers["Vary"]


def test_a_preflight_is_answered(guarded):
    """A browser that asks first gets the methods and headers; a foreign page is not."""
    asked = {"method": "OPTIONS", "access_control_request_method": "POST"}
    answer = guarded("https://partner.example", **asked)
    assert answer.status_code == 204
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]
    assert guarded("https://evil.example", **asked).status_code == 403


@pytest.fixture(scope="module")
def whole():
    return create(Settings(state_file="")).server


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/_dash-layout"),
        ("GET", "/_dash-dependencies"),
        ("POST", "/_dash-update-component"),
        ("GET", "/assets/css/app.css"),
        ("GET", "/ws"),
        ("GET", "/api/realtime/vessels"),
        ("POST", "/api/realtime/vessels/IMO7000009/subscribe"),
        ("GET", "/api/docs/"),
        ("GET", "/metrics"),
        ("GET", "/socket.io/?EIO=4&transport=polling"),
        ("PATCH", "/api/simulation/clock"),
        ("GET", "/no/such/page"),
    ],
)
def test_every_route_of_the_application_obeys(whole, method, path):
    """A foreign page gets nothing anywhere, and neither does a foreign name for this machine."""
    client = whole.test_client()
    assert client.open(path, method=method, headers={"Origin": "http://evil.example"}).status_code == 403
    assert client.open(path, method=method, headers={"Host": "evil.example"}).status_code == 403
