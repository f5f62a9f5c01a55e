"""One vessel: its particulars, its voyage, its speed over time; and its track and route for the map."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import numpy as np
import plotly.graph_objects as go
from dash import ClientsideFunction, Dash, Input, Output, dcc, html

from components.fleet import chart, graph_options
from components.sea_map import TYPE_COLOURS, lane
from sea.lanes import Lanes
from traffic import fields, wire
from traffic.table import Traffic

TITLE = "Vessel"
ORDER = 2
Row = dict[str, Any]
Track = dict[str, Any]
_LINE_COLOUR: Final = "#2f81b7"
_SHORTEST_PLOT: Final = np.timedelta64(10, "m")


def layout() -> list[Any]:
    """Empty until a vessel is chosen."""
    graph = dcc.Graph(id="vessel-speed", figure=speed_figure({}), **graph_options(160))
    figure = html.Figure([html.Figcaption("Speed over time, knots"), graph], id="vessel-figure", hidden=True)
    return [html.Div(_nobody(), id="vessel-card"), figure, dcc.Store(id="track")]


def register(app: Dash, traffic: Traffic, control: Any) -> None:
    """A choice in the browser is answered with the card, the figure and the track."""
    lanes = Lanes.load()

    @app.callback(  # type: ignore[untyped-decorator] # Dash has no types
        Output("vessel-card", "children"),
        Output("vessel-speed", "figure"),
        Output("vessel-figure", "hidden"),
        Output("track", "data"),
        Input("selected", "data"),
        prevent_initial_call=True,
    )
    def show(selected: dict[str, int] | None) -> tuple[Any, go.Figure, bool, dict[str, Any] | None]:
        row = wire.particulars(traffic.snapshot(), selected["mmsi"]) if selected else None
        if row is None:
            return _nobody(), speed_figure({}), True, None
        track = with_latest(traffic.track(row["mmsi"]), row)
        return card(row), speed_figure(track), False, _drawing(row, track, lanes)

    app.clientside_callback(ClientsideFunction("fairway", "drawTrack"), Input("track", "data"))


def card(row: Row) -> list[Any]:
    """The particulars in the order in which ship people ask; what is not known is a dash. Text stays text."""
    colour = TYPE_COLOURS[fields.VESSEL_TYPES.index(row["vessel_type"])]
    kind = row["vessel_type"].replace("_", " ")
    size = f"{row['length_m']} x {row['beam_m']} m" if row["length_m"] else None
    motion, position = row["kinematics"], row["position"]
    return [
        html.Header(
            [
                html.H2(row["vessel_name"] or f"MMSI {row['mmsi']}"),
                html.P([html.Span(className="swatch", style={"backgroundColor": colour}), _joined(row["flag"], kind)]),
            ]
        ),
        _list({"MMSI": row["mmsi"], "IMO": row["imo_number"], "Call sign": row["callsign"]}),
        _list({"Size": size, "Draught": _with_unit(row["draught"], "m"), "Status": row["status"].replace("_", " ")}),
        _list(
            {
                "SOG": _with_unit(motion["speed_over_ground"], "kn"),
                "COG": _with_unit(motion["course_over_ground"], "°"),
                "HDG": _with_unit(motion["heading"], "°"),
                "ROT": _with_unit(motion["rate_of_turn"], "°/min"),
            }
        ),
        _list({"Position": _position(position)}),
        _list({"Age": _age(row), "Source": row["source"], "Port": position["port_name"]}),
        _list({"Destination": row["destination"], "ETA": _moment(row["eta"])}),
    ]


def with_latest(track: Track, row: Row) -> Track:
    """A track as `Traffic.track` gives it, up to the vessel's last report: a steady course keeps few points."""
    t = np.datetime64(row["timestamp"].removesuffix("Z"), "ms").astype(np.int64)
    position, sog = row["position"], row["kinematics"]["speed_over_ground"]
    if position["latitude"] is None or (len(track["t"]) and t <= track["t"][-1]):
        return track
    latest = {"t": t, "lat": position["latitude"], "lon": position["longitude"], "sog": np.nan if sog is None else sog}
    return {name: np.append(column, latest[name]) for name, column in track.items()}


def speed_figure(track: Track) -> go.Figure:
    """Speed over time, UTC; `track` as `Traffic.track` gives it, or empty."""
    times = track.get("t", np.zeros(0, np.int64)).astype("datetime64[ms]")
    line = {"color": _LINE_COLOUR, "width": 2}
    figure = chart(go.Scatter(x=times, y=track.get("sog", []), mode="lines+markers", marker={"size": 4}, line=line))
    figure.update_layout(margin={"l": 28, "r": 12, "t": 4, "b": 24})
    figure.update_traces(hovertemplate="%{x|%d %b %H:%M} UTC: %{y:.1f} kn<extra></extra>")
    figure.update_yaxes(rangemode="tozero", nticks=5)
    figure.update_xaxes(tickformat="%H:%M", nticks=6, tickangle=0)
    if len(times):
        # a young track would else be stretched until its ticks are milliseconds apart
        figure.update_xaxes(range=[min(times[0], times[-1] - _SHORTEST_PLOT), times[-1]])
    return figure


def _drawing(row: Row, track: Track, lanes: Lanes) -> dict[str, Any]:
    """What the map draws for a vessel: its past with speeds, and its route."""
    points = np.column_stack([track["lat"], track["lon"], np.nan_to_num(track["sog"])]).round(5)
    route = lanes.routes[row["route"]].legs_out if row["simulated"] and row["route"] >= 0 else ()
    return {
        "mmsi": row["mmsi"],
        "times": track["t"].tolist(),
        "points": points.tolist(),
        "route": [lane(lanes, leg) for leg in route],
    }


def _nobody() -> html.P:
    return html.P("Click a vessel on the map, or search for one.", className="hint")


def _list(items: dict[str, object]) -> html.Dl:
    """Terms and what is known; text or a component."""
    known = {term: "–" if value is None else value for term, value in items.items()}
    return html.Dl([html.Div([html.Dt(term), html.Dd(value)]) for term, value in known.items()])


def _joined(*parts: str | None) -> str:
    return " · ".join(part for part in parts if part)


def _with_unit(value: float | None, unit: str) -> str | None:
    return None if value is None else f"{value}{'' if unit.startswith('°') else ' '}{unit}"


def _position(position: Row) -> list[Any] | None:
    """Degrees and minutes, and a button that copies decimal degrees."""
    lat, lon = position["latitude"], position["longitude"]
    if lat is None or lon is None:
        return None
    north, east = "S" if lat < 0 else "N", "W" if lon < 0 else "E"
    words = f"{_minutes(abs(lat), 2)}\u00a0{north} {_minutes(abs(lon), 3)}\u00a0{east}"
    return [words, dcc.Clipboard(content=f"{lat}, {lon}", title="Copy position", className="copy")]


def _minutes(degrees: float, digits: int) -> str:
    whole, part = divmod(round(degrees * 60_000), 60_000)
    # no-break spaces: a line may end between latitude and longitude only
    return f"{whole:0{digits}d}°\u00a0{part / 1000:06.3f}'"


def _moment(rfc3339: str | None) -> str | None:
    return rfc3339 and f"{datetime.fromisoformat(rfc3339):%d %b %H:%M} UTC"


def _age(row: Row) -> html.Time:
    """Kept up to date by the browser; the exact time on hover."""
    seconds = row["age_s"]
    words = f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
    return html.Time(words, id="vessel-age", dateTime=row["timestamp"], title=row["timestamp"])
