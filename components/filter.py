"""The filter in the top bar. filter_form.mjs builds the form."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component


def layout() -> list[Component]:
    """The button that opens the form, and the empty form."""
    button = html.Button(
        html.Span("Filter"),
        id="filter-toggle",
        type="button",
        **{"aria-expanded": "false", "aria-controls": "filter-form", "data-icon": "filter"},
    )
    return [button, html.Div(id="filter-form", hidden=True, role="group", **{"aria-label": "Filter"})]
