"""The top bar."""

from dash import html

from components import topbar


def test_layout(ids):
    """The bar holds search, filter, time, connection, keys and theme, and the given tools."""
    expected = {"search-box", "search-results", "filter-toggle", "server-time", "connection", "keys-toggle"}
    assert expected | {"theme-toggle", "tool"} <= ids(topbar.layout(html.Div(id="tool")))
