"""The fleet panel."""

from dash import Dash

from components import fleet


def test_layout(ids):
    """The panel has its tiles and the charts of the present; those over time come later."""
    found = ids(*fleet.layout())
    assert {"count-total", "count-rate", "type-chart", "speed-chart", "charts-time-place"} <= found
    assert not ids(*fleet.charts_over_time()) & found


def test_each_chart_has_a_callback():
    """The browser fills every chart, now and over time."""
    app = Dash("test", assets_folder="none")
    fleet.register(app, None, None)
    filled = {callback["output"].split(".")[0] for callback in app._callback_list}
    assert {"type-chart", "status-chart", "where-chart", "status-time", "type-time", "mean-time"} <= filled


def test_the_charts_over_time_are_created_once_opened():
    """The server answers the first opening with the charts over time."""
    app = Dash("test", assets_folder="none")
    fleet.register(app, None, None)
    answer = app.callback_map["charts-time-place.children"]["callback"].__wrapped__(True)
    assert [type(figure).__name__ for figure in answer] == ["Figure"] * 4
