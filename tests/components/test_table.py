"""The table of vessels."""

from pathlib import Path

import dash_ag_grid
from dash import Dash

from components import table


def test_layout(ids):
    """The drawer is closed at first, and the grid is not in it."""
    drawer = table.layout()
    assert drawer.hidden
    assert {"table-place", "table-columns", "export-csv", "export-geojson"} <= ids(drawer)
    assert "vessel-table" not in ids(drawer)


def test_the_grid_is_created_once_opened():
    """The server answers the first opening with a grid of all columns, without rows."""
    app = Dash("test", assets_folder="none")
    table.register(app, None, None)
    grid = app.callback_map["table-place.children"]["callback"].__wrapped__(True)
    assert (grid.id, grid.rowData) == ("vessel-table", [])
    assert {"name", "mmsi", "sog", "lat", "destination"} <= {column["colId"] for column in grid.columnDefs}


def test_the_script_of_the_grid():
    """The script that the browser loads for the grid is a file of its package."""
    assert (Path(dash_ag_grid.__file__).parent / Path(table.GRID_SCRIPT).name).is_file()
