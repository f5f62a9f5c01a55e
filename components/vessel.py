"""One vessel: its particulars, its voyage, its speed over time; and its track and route for the map."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np
from dash import ClientsideFunction, Dash, Input, Output, dcc, html

from components import flags, voyage
from components.fleet import Figure, chart, graph_options
from components.map import TYPE_COLOURS, lane
from fairway.chart.lanes import Lanes
from fairway.commands.control import Control
from fairway.errors import RequestError
from fairway.protocol import encode_json
from fairway.traffic import fields
from fairway.traffic.derived import flag_state
from fairway.traffic.traffic import Traffic

TITLE = "Vessel"
Row = dict[str, Any]
Track = dict[str, Any]
OwnRoute = dict[str, Any]
_LINE_COLOUR: Final = "#2f81b7"
_SHORTEST_PLOT: Final = np.timedelta64(10, "m")


def layout() -> list[Any]:
    """Empty until a vessel is chosen."""
    graph = dcc.Graph(id="vessel-speed", figure=speed_figure({}), **graph_options(150))
    figure = html.Figure([html.Figcaption("Speed over time, knots"), graph], id="vessel-figure", hidden=True)
    alerts = html.Div([html.H3("Last alerts"), html.Ol(id="vessel-alerts")], id="vessel-alerts-box", hidden=True)
    return [
        _group(),
        html.Div(_nobody(), id="vessel-card"),
        html.Div(_actions(), id="vessel-actions", className="buttons", hidden=True),
        figure,
        alerts,
        dcc.Store(id="track"),
    ]


def _group() -> html.Div:
    """Several chosen vessels; filled by group.mjs."""
    actions = (
        ("show", "home", "Show", "Bring all of them on the map"),
        ("isolate", "isolate", "Isolate", "Show only the chosen vessels (I)"),
        ("share", "share", "Share", "Copy a link to this picture"),
        ("csv", "download", "CSV", "Save the chosen vessels as CSV"),
        ("geojson", "download", "GeoJSON", "Save the chosen vessels as GeoJSON"),
    )
    buttons = [
        html.Button(words, id=f"group-{name}", type="button", title=does, **{"data-icon": icon})
        for name, icon, words, does in actions
    ]
    close = html.Button(id="group-close", type="button", **{"aria-label": "Let go of all", "data-icon": "close"})
    head = html.Header([html.H2(id="group-title", **{"aria-live": "polite"}), close])
    parts = [head, html.P(id="group-kinds"), html.P(id="group-states"), html.Div(buttons, className="buttons")]
    return html.Div([*parts, html.Ul(id="group-list")], id="group", hidden=True)


def _actions() -> list[html.Button]:
    """What can be done with the chosen vessel; each has its key, but for the two that need none."""
    actions = (
        ("track", "T", "Track", "Draw its track"),
        ("follow", "F", "Follow", "Keep it in the middle of the map"),
        ("isolate", "I", "Isolate", "Show only the chosen vessel"),
        ("route", "", "Route", "Draw its planned route"),
        ("share", "", "Share", "Copy a link to this picture"),
    )
    return [
        html.Button(
            words,
            id=f"vessel-{name}",
            type="button",
            title=f"{does} ({key})" if key else does,
            **({"aria-keyshortcuts": key, "data-does": does} if key else {}),
            **{"data-icon": name},
        )
        for name, key, words, does in actions
    ]


def register(app: Dash, traffic: Traffic, control: Control | None) -> None:
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
    def show(selected: object) -> tuple[Any, Figure, bool, dict[str, Any] | None]:
        row, points = _found(traffic, selected if isinstance(selected, dict) else {})
        if row is None:
            return _nobody(), speed_figure({}), True, None
        track = with_latest(points, row)
        own = _own_route(row, lanes, control)
        name, legs = _route_of(row, lanes, own)
        return card(row, _voyage_of(row, lanes, own), name), speed_figure(track), False, _drawing(row, track, legs)

    app.clientside_callback(ClientsideFunction("fairway", "drawTrack"), Input("track", "data"))


def _found(traffic: Traffic, selected: dict[str, Any]) -> tuple[Row | None, Track]:
    """The chosen vessel and its track, now or at `time` (ms UTC); None where it is not there."""
    mmsi, time = selected.get("mmsi"), selected.get("time")
    if not isinstance(mmsi, int):
        return None, {}
    if not isinstance(time, int):
        return encode_json.particulars(traffic.snapshot(), mmsi), traffic.track(mmsi)
    if traffic.past is None:
        return None, {}
    try:
        shown, track = traffic.past.vessel(mmsi, time)
    except RequestError:  # the page has already said that the history can't be read
        return None, {}
    return encode_json.particulars(shown, mmsi), track


def card(row: Row, voyage: voyage.Voyage | None = None, route: str = "") -> list[Any]:
    """The particulars in the order in which ship people ask; what is not known is a dash. Text stays text."""
    size = f"{row['length_m']} x {row['beam_m']} m" if row["length_m"] else None
    motion, position = row["kinematics"], row["position"]
    return [
        _head(row),
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
        *([_list({"Received": _received(row), "Station": row["station"]})] if row["received"] else []),
        _list({"Destination": row["destination"], "ETA as reported": _reported(row)}),
        *([_list({"Route": route})] if route else []),
        *([_progress(voyage, _now(row))] if voyage else []),
    ]


def _head(row: Row) -> html.Header:
    """Flag and name over a bar in the colour of the type."""
    colour = TYPE_COLOURS[fields.VESSEL_TYPES.index(row["vessel_type"])]
    kind = row["vessel_type"].replace("_", " ")
    code = row["flag"] or flag_state.flag_of(row["mmsi"])
    known = code in flag_state.CODES
    name = html.H2([*([flags.picture(code)] if known else []), row["vessel_name"] or f"MMSI {row['mmsi']}"])
    bar = html.Div(className="type-bar", style={"backgroundColor": colour})
    return html.Header([name, html.P(_joined(kind, flags.countries()[code] if known else code)), bar])


def _own_route(row: Row, lanes: Lanes, control: Control | None) -> OwnRoute | None:
    """A person's own route, as `Control.routes` tells it, if the vessel sails one: numbered on from the lanes'."""
    if control is None or not row["simulated"] or row["route"] < len(lanes.routes):
        return None
    try:
        return next((route for route in control.routes() if route["index"] == row["route"]), None)
    except RequestError:  # it is in a process that is away
        return None


def _route_of(row: Row, lanes: Lanes, own: OwnRoute | None) -> tuple[str, list[Any]]:
    """The name of a vessel's route and its legs as the map draws them; empty for none."""
    if own:
        return own["name"], own["legs"]
    if not row["simulated"] or not 0 <= row["route"] < len(lanes.routes):
        return "", []
    route = lanes.routes[row["route"]]
    return route.name, [lane(lanes, leg) for leg in route.legs_out]


def _voyage_of(row: Row, lanes: Lanes, own: OwnRoute | None) -> voyage.Voyage | None:
    lat, lon = row["position"]["latitude"], row["position"]["longitude"]
    if not row["simulated"] or lat is None or row["status"] == "in_port":
        return None
    sog, destination = row["kinematics"]["speed_over_ground"], row["destination"]
    if own:
        return voyage.on_own_route(own, lat, lon, sog, destination)
    route = row["route"] if row["route"] < len(lanes.routes) else -1
    return voyage.find(lanes, lat, lon, sog, destination, route)


def _progress(voyage: voyage.Voyage, now: datetime) -> html.Div:
    """How much of the leg is done, and when it will be at this speed; computed, and said so."""
    rest = f"{voyage.to_go_nm:,.0f} nm to go of {voyage.length_nm:,.0f}"
    arrival: list[Any] = []
    if voyage.hours is not None:
        arrival = ["ETA computed: ", *_when(now + timedelta(hours=voyage.hours), now), " at this speed"]
    percent = f"{100 * voyage.done:.0f}"
    bar = html.Div(
        html.Div(style={"width": f"{percent}%"}),
        className="progress",
        role="progressbar",
        **{"aria-valuenow": percent, "aria-valuemin": "0", "aria-valuemax": "100", "aria-label": "Voyage done"},
    )
    return html.Div(
        [
            html.Div([f"from {voyage.start}", html.Span(f"{percent} %")], className="ends"),
            bar,
            html.P(rest),
            *([html.P(arrival)] if arrival else []),
        ],
        className="voyage",
    )


def with_latest(track: Track, row: Row) -> Track:
    """A track as `Traffic.track` gives it, up to the vessel's last report: a steady course keeps few points."""
    t = np.datetime64(row["timestamp"].removesuffix("Z"), "ms").astype(np.int64)
    position, sog = row["position"], row["kinematics"]["speed_over_ground"]
    if position["latitude"] is None or (len(track["t"]) and t <= track["t"][-1]):
        return track
    latest = {"t": t, "lat": position["latitude"], "lon": position["longitude"], "sog": np.nan if sog is None else sog}
    return {name: np.append(column, latest[name]) for name, column in track.items()}


def speed_figure(track: Track) -> Figure:
    """Speed over time, UTC; `track` as `Traffic.track` gives it, or empty."""
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
        # a young track would else be stretched until its ticks are milliseconds apart
        xaxis["range"] = np.datetime_as_string([min(times[0], times[-1] - _SHORTEST_PLOT), times[-1]]).tolist()
    return chart(
        line, margin={"l": 28, "r": 12, "t": 4, "b": 24}, xaxis=xaxis, yaxis={"rangemode": "tozero", "nticks": 5}
    )


def _drawing(row: Row, track: Track, legs: list[Any]) -> dict[str, Any]:
    """What the map draws for a vessel: its past with speeds, and its route."""
    points = np.column_stack([track["lat"], track["lon"], np.nan_to_num(track["sog"])]).round(5)
    return {
        "mmsi": row["mmsi"],
        "times": track["t"].tolist(),
        "points": points.tolist(),
        "route": legs,
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


def _reported(row: Row) -> list[Any] | None:
    """The ETA that the crew has set."""
    return _when(datetime.fromisoformat(row["eta"]), _now(row)) if row["eta"] else None


def _when(moment: datetime, now: datetime) -> list[Any]:
    """A moment as a date, and how far away it is; exact on hover."""
    hours = (moment - now).total_seconds() / 3600
    far = f"{abs(hours) / 24:.1f} days" if abs(hours) >= 72 else f"{abs(hours):.0f} h"
    exact = f"{moment:%Y-%m-%dT%H:%M:%SZ}"
    date = html.Time(f"{moment:%d %b %H:%M} UTC", dateTime=exact, title=exact)
    return [date, f", in {far}" if hours >= 0 else f", {far} ago"]


def _now(row: Row) -> datetime:
    """The server's time when the row was read."""
    return datetime.fromisoformat(row["timestamp"]) + timedelta(seconds=row["age_s"])


def _received(row: Row) -> html.Time:
    """How long after the event; the exact time on hover."""
    late_s = row["latency_s"]
    words = f"{late_s:.1f} s after" if late_s >= 0 else f"{-late_s:.1f} s before: a wrong clock"
    return html.Time(words, dateTime=row["received"], title=row["received"])


def _age(row: Row) -> html.Time:
    """Kept up to date by the browser; the exact time on hover."""
    seconds = row["age_s"]
    words = f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
    return html.Time(words, id="vessel-age", dateTime=row["timestamp"], title=row["timestamp"])
