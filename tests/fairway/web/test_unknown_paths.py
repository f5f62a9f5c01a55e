"""Paths without a route: 404 with the paths nearby, never the dashboard."""

import pytest

from app import create
from fairway.settings import Settings
from fairway.web import unknown_paths


@pytest.fixture(scope="module")
def server():
    return create(Settings(state_file="")).server


@pytest.fixture(scope="module")
def client(server):
    return server.test_client()


@pytest.mark.parametrize(
    ("path", "nearby"),
    [
        ("/api", "/api/realtime/"),
        ("/api/", "/api/docs/"),
        ("/api/nonsense", "/api/openapi.json"),
        ("/api/realtime/", "/api/realtime/vessels"),
        ("/api/simulation/", "/api/simulation/clock"),
        ("/api/realtime/vessels/1/2/3", "/api/realtime/vessels/{vessel}"),
    ],
)
def test_under_api_an_unknown_path_is_an_error_with_paths(client, path, nearby):
    """JSON in the shape of every error, with the paths of the deepest known folder."""
    answer = client.get(path, headers={"Accept": "text/html"})
    assert (answer.status_code, answer.mimetype) == (404, "application/json")
    assert (answer.json["type"], answer.json["code"]) == ("error", "not_found")
    assert nearby in answer.json["paths"]
    assert len(answer.json["paths"]) <= 20


@pytest.mark.parametrize("path", ["/docs", "/nonsense", "/nonsense/deep/", "/assets/nonsense.js", "/status/nonsense"])
def test_elsewhere_an_unknown_path_is_a_small_page(client, path):
    """HTML with links for a browser, JSON for a client that accepts only JSON, and not the dashboard."""
    page = client.get(path, headers={"Accept": "text/html,*/*;q=0.8"})
    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert "_dash" not in page.text
    assert "<li><a href=" in page.text
    answer = client.get(path, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")
    assert answer.json["paths"]


def test_listed_paths_are_there(client, server):
    """Each link of the page for an unknown path leads to a route or to a folder of routes."""
    listed = unknown_paths.paths_near(server, "/nonsense")
    assert {"/", "/api/", "/status", "/ws"} <= set(listed)
    assert not any(path.startswith(("/_", "/assets", "/static")) for path in listed)
    assert client.get("/").status_code == client.get("/status").status_code == 200


def test_the_path_is_quoted_as_text(client):
    """A path with markup does not become markup."""
    assert "<script>" not in client.get("/<script>alert(1)</script>").text


@pytest.mark.parametrize(("method", "path"), [("POST", "/nonsense"), ("DELETE", "/api"), ("PUT", "/api/nonsense")])
def test_other_methods_of_unknown_paths_are_not_found(client, method, path):
    """No `Allow` names a method that would fail too."""
    answer = client.open(path, method=method)
    assert answer.status_code == 404
    assert "Allow" not in answer.headers


def test_a_wrong_method_names_the_right_ones(client):
    """405 with `Allow`, under /api and elsewhere."""
    assert set(client.post("/status").headers["Allow"].split(", ")) >= {"GET", "HEAD"}
    answer = client.delete("/api/realtime/status")
    assert (answer.status_code, answer.json["code"]) == (405, "method_not_allowed")
    assert "paths" not in answer.json


@pytest.mark.parametrize("path", ["/", "/assets/main.mjs", "/_dash-layout", "/_dash-dependencies", "/_favicon.ico"])
def test_routes_of_the_dashboard_stay(client, path):
    """The dashboard, its modules and its data are served as before."""
    assert client.get(path).status_code == 200
