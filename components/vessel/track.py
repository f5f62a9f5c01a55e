"""The track of one vessel: as a plot of its speed, and as the browser draws it on the map."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from components.figures import Figure, chart
from components.vessel.card import Row

Track = dict[str, Any]
"""Columns t (ms UTC, int64), lat, lon (degrees) and sog (knots, NaN where not known), float64; {} for no track."""
_LINE_COLOUR: Final = "#2f81b7"
_MIN_PLOT: Final = np.timedelta64(10, "m")


def with_latest(track: Track, row: Row) -> Track:
    """A track of `Traffic.track` with the last report at its end: a track keeps few points of a steady course."""
    t = np.datetime64(row["timestamp"].removesuffix("Z"), "ms").astype(np.int64)
    position, sog = row["position"], row["kinematics"]["speed_over_ground"]
    if position["latitude"] is None or (len(track["t"]) and t <= track["t"][-1]):
        return track
    latest = {"t": t, "lat": position["latitude"], "lon": position["longitude"], "sog": np.nan if sog is None else sog}
    return {name: np.append(column, latest[name]) for name, column in track.items()}


def speed_figure(track: Track) -> Figure:
    """Speed over time, UTC, of a track of `Traffic.track`; {} for no track."""
    times = track.get("t", np.zeros(0, np.int64)).astype("datetime64[ms]")
    knots = [None if np.isnan(sog) else sog for sog in np.asarray(track.get("sog", [])).tolist()]
    line = {
        "type": "scatter",
        "mode": "lines+markers",
        "x": np.datetime_as_string(times).tolist(),
        "y": knots,
        "marker": {"size": 4},
        "line": {"color": _LINE_COLOUR, "width": 2},
        "hovertemplate": "%{x|%d %b %H:%M} UTC: %{y:.1f} kn<extra></extra>",
    }
    xaxis: dict[str, Any] = {"type": "date", "tickformat": "%H:%M", "nticks": 6, "tickangle": 0}
    if len(times):
        # Plotly would stretch a short track until its ticks are milliseconds apart
        xaxis["range"] = np.datetime_as_string([min(times[0], times[-1] - _MIN_PLOT), times[-1]]).tolist()
    return chart(
        line, margin={"l": 28, "r": 12, "t": 4, "b": 24}, xaxis=xaxis, yaxis={"rangemode": "tozero", "nticks": 5}
    )


def drawing(row: Row, track: Track, legs: list[Any]) -> dict[str, Any]:
    """The vessel's track with speeds, and its route, as the browser draws them."""
    points = np.column_stack([track["lat"], track["lon"], np.nan_to_num(track["sog"])]).round(5)
    return {
        "mmsi": row["mmsi"],
        "times": track["t"].tolist(),
        "points": points.tolist(),
        "route": legs,
    }
