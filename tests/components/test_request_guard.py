"""Requests to Dash's routes that the page would not send."""

import pytest
from dash import Dash, Input, Output, html

from components import request_guard

BODY = {
    "output": "a.children",
    "outputs": {"id": "a", "property": "children"},
    "inputs": [{"id": "b", "property": "n_clicks", "value": 1}],
    "changedPropIds": ["b.n_clicks"],
}


@pytest.fixture
def client():
    """A client of an app with one callback."""
    app = Dash("test", assets_folder="none")
    app.layout = html.Div([html.P(id="a"), html.Button(id="b")])

    @app.callback(Output("a", "children"), Input("b", "n_clicks"))
    def count(clicks):
        return f"{clicks} clicks"

    request_guard.mount(app)
    return app.server.test_client()


def test_a_callback_of_the_page(client):
    """A request of the page passes."""
    answer = client.post("/_dash-update-component", json=BODY)
    assert answer.get_json()["response"] == {"a": {"children": "1 clicks"}}


@pytest.mark.parametrize(
    "change",
    [
        {"output": "c.children"}, {"output": None}, {"outputs": None}, {"inputs": []}, {"inputs": "b"}, {"inputs": [1]},
        {"changedPropIds": None}, {"changedPropIds": [1]}, {"state": [{"id": "x", "property": "y"}]},
    ],
)  # fmt: skip
def test_another_body(client, change):
    """A body that names no callback, or not its exact ends, is answered with 400."""
    assert client.post("/_dash-update-component", json=BODY | change).status_code == 400


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"[" * 5000])
def test_no_object(client, body):
    """A body that is no JSON object is answered with 400, however deep it nests."""
    answer = client.post("/_dash-update-component", data=body, content_type="application/json")
    assert answer.status_code == 400


def test_a_missing_part(client):
    """An unknown file of a component library is answered with 404."""
    assert client.get("/_dash-component-suites/nothing/x.js").status_code == 404
