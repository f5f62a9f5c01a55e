"""The track of one vessel as a plot and as a drawing."""

import numpy as np
from plotly.graph_objects import Figure

from components.vessel import track

ROW = {
    "mmsi": 232100000, "timestamp": "2026-11-24T12:00:00Z", "position": {"latitude": -6.5, "longitude": 106.8755},
    "kinematics": {"speed_over_ground": 0.0},
}  # fmt: skip
KNOWN = {"t": np.array([0]), "lat": np.array([1.0]), "lon": np.array([2.0]), "sog": np.array([np.nan])}


def test_the_speed_figure():
    """The figure shows speed over time in knots, with a gap where the speed is not known."""
    points = {"t": np.array([0, 60_000, 120_000]), "sog": np.array([10.0, np.nan, 12.0])}
    (trace,) = track.speed_figure(points)["data"]
    assert [moment[11:19] for moment in trace["x"]] == ["00:00:00", "00:01:00", "00:02:00"]
    assert trace["y"] == [10.0, None, 12.0]


def test_a_track_ends_at_the_last_report():
    """The last report is added to the track, and not twice."""
    longer = track.with_latest(KNOWN, ROW)
    assert longer["t"].astype("datetime64[ms]")[-1] == np.datetime64("2026-11-24T12:00:00")
    assert (longer["lat"][-1], longer["lon"][-1], longer["sog"][-1]) == (-6.5, 106.8755, 0.0)
    assert len(track.with_latest(longer, ROW)["t"]) == 2


def test_a_short_track_is_not_stretched():
    """The figure spans at least ten minutes."""
    points = {"t": np.array([600_000]), "sog": np.array([10.0])}
    first, last = track.speed_figure(points)["layout"]["xaxis"]["range"]
    assert np.datetime64(last) - np.datetime64(first) == np.timedelta64(10, "m")


def test_plotly_accepts_the_figure():
    """Plotly's own classes accept the figure."""
    points = {"t": np.array([0, 60_000]), "sog": np.array([10.0, 11.0])}
    assert Figure(track.speed_figure(points)).data[0].y == (10.0, 11.0)


def test_the_drawing():
    """The browser receives times, points with speeds (0 where not known) and the legs of the route."""
    drawn = track.drawing(ROW, KNOWN, [[[0.0, 1.0]]])
    assert drawn == {"mmsi": 232100000, "times": [0], "points": [[1.0, 2.0, 0.0]], "route": [[[0.0, 1.0]]]}
