"""The table of vessels: a grid that draws only its visible rows. The browser fills the cells."""

from __future__ import annotations

from typing import Any, Final

import dash_ag_grid as dag
from dash import ClientsideFunction, Dash, Input, Output, html

from fairway.commands.interfaces import CommandExecutor
from fairway.traffic.traffic import Traffic

# 1.3 MB: the browser loads the script when the table is first opened
GRID_SCRIPT: Final = "_dash-component-suites/dash_ag_grid/dash_ag_grid.min.js"
dag._js_dist[0]["dynamic"] = True

_COLUMNS: Final = (
    ("name", "Name", 170, "text"),
    ("mmsi", "MMSI", 105, "text"),
    ("imo", "IMO", 110, "text"),
    ("callsign", "Call sign", 100, "text"),
    ("flag", "Flag", 75, "text"),
    ("type", "Type", 120, "text"),
    ("status", "Status", 95, "text"),
    ("sog", "SOG, kn", 95, "number"),
    ("cog", "COG, °", 90, "number"),
    ("heading", "HDG, °", 90, "number"),
    ("destination", "Destination", 140, "text"),
    ("eta", "ETA, UTC", 150, "text"),
    ("route", "Route", 190, "text"),
    ("length", "Length, m", 100, "number"),
    ("beam", "Beam, m", 95, "number"),
    ("lat", "Latitude", 105, "number"),
    ("lon", "Longitude", 105, "number"),
    ("time", "Last report, UTC", 170, "text"),
    ("source", "Source", 110, "text"),
)
_HIDDEN_AT_FIRST: Final = {"cog", "heading", "beam", "lat", "lon"}
_THEME: Final = (
    "themeQuartz.withParams({backgroundColor: 'var(--surface)', foregroundColor: 'var(--text)', "
    "headerBackgroundColor: 'var(--raised)', borderColor: 'var(--line)', accentColor: 'var(--accent)', "
    "browserColorScheme: 'inherit', fontFamily: 'inherit', fontSize: 13, spacing: 5, wrapperBorder: false})"
)


def layout() -> html.Section:
    """The drawer below the map, without the grid, which is created when the drawer is first opened."""
    columns = html.Details([html.Summary("Columns"), html.Div(id="table-columns")], className="menu")
    buttons = [
        html.Button(
            "CSV", id="export-csv", type="button", title="Save what is shown as CSV", **{"data-icon": "download"}
        ),
        html.Button(
            "GeoJSON",
            id="export-geojson",
            type="button",
            title="Save what is shown as GeoJSON",
            **{"data-icon": "download"},
        ),
        html.Button(id="table-close", type="button", **{"aria-label": "Close the table", "data-icon": "close"}),
    ]
    bar = html.Header([html.H2("Vessels"), html.Span(id="table-count"), columns, *buttons], className="drawer-bar")
    return html.Section(
        [bar, html.Div(id="table-place")], id="drawer", hidden=True, **{"aria-label": "Table of vessels"}
    )


def register(app: Dash, traffic: Traffic, simulator: CommandExecutor | None) -> None:
    """Create the grid, which is large, when the drawer is first opened."""

    @app.callback(  # type: ignore[untyped-decorator] # Dash has no types
        Output("table-place", "children"), Input("table-wanted", "data"), prevent_initial_call=True
    )
    def show(wanted: bool) -> dag.AgGrid:
        return grid()

    app.clientside_callback(ClientsideFunction("fairway", "gridReady"), Input("table-place", "children"))


def grid() -> dag.AgGrid:
    """An empty grid; the browser adds the rows, each with an MMSI only."""
    return dag.AgGrid(
        id="vessel-table",
        columnDefs=[_column(*column) for column in _COLUMNS],
        defaultColDef={"sortable": True, "resizable": True, "suppressMovable": False},
        getRowId="params.data.id",
        dashGridOptions={
            "theme": {"function": _THEME},
            "rowSelection": {
                "mode": "multiRow",
                "checkboxes": False,
                "headerCheckbox": False,
                "enableClickSelection": True,
            },
            "rowHeight": 30,
            "headerHeight": 34,
            "animateRows": False,
            "suppressColumnVirtualisation": False,
        },
        rowData=[],
        style={"height": "100%", "width": "100%"},
    )


def _column(name: str, title: str, width: int, kind: str) -> dict[str, Any]:
    return {
        "colId": name,
        "headerName": title,
        "width": width,
        "hide": name in _HIDDEN_AT_FIRST,
        "filter": "agNumberColumnFilter" if kind == "number" else "agTextColumnFilter",
        **({"type": "numericColumn"} if kind == "number" else {}),
    }
