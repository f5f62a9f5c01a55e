"""The panel of one vessel: its card, its speed over time, its actions; and its track and route for the map."""

from __future__ import annotations

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, dcc, html

from components.figures import Figure, graph_options
from components.map import lane
from components.vessel import voyage
from components.vessel.card import Row, card, no_vessel
from components.vessel.track import Track, drawing, speed_figure, with_latest
from fairway.chart.lanes import Lanes
from fairway.commands.interfaces import CommandExecutor
from fairway.commands.routes import GetRoutes
from fairway.errors import RequestError
from fairway.protocol import encode_json
from fairway.traffic.traffic import Traffic

TITLE = "Vessel"
CustomRoute = dict[str, Any]


def layout() -> list[Any]:
    """The panel, empty until a vessel is selected."""
    graph = dcc.Graph(id="vessel-speed", figure=speed_figure({}), **graph_options(150))
    figure = html.Figure([html.Figcaption("Speed over time, knots"), graph], id="vessel-figure", hidden=True)
    alerts = html.Div([html.H3("Last alerts"), html.Ol(id="vessel-alerts")], id="vessel-alerts-box", hidden=True)
    return [
        _group(),
        html.Div(no_vessel(), id="vessel-card"),
        html.Div(_actions(), id="vessel-actions", className="buttons", hidden=True),
        figure,
        alerts,
        dcc.Store(id="track"),
    ]


def _group() -> html.Div:
    """The panel of several selected vessels, which group.mjs fills."""
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
    """The buttons of the selected vessel; all but two have a key."""
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


def register(app: Dash, traffic: Traffic, simulator: CommandExecutor | None) -> None:
    """Answer a selection in the browser with the card, the figure and the track."""
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
            return no_vessel(), speed_figure({}), True, None
        track = with_latest(points, row)
        custom = custom_route(row, lanes, simulator)
        name, legs = route_of(row, lanes, custom)
        return card(row, _voyage_of(row, lanes, custom), name), speed_figure(track), False, drawing(row, track, legs)

    app.clientside_callback(ClientsideFunction("fairway", "drawTrack"), Input("track", "data"))


def _found(traffic: Traffic, selected: dict[str, Any]) -> tuple[Row | None, Track]:
    """The selected vessel and its track, now or at `time` (ms UTC); None where it is not known."""
    mmsi, time = selected.get("mmsi"), selected.get("time")
    if not isinstance(mmsi, int):
        return None, {}
    if not isinstance(time, int):
        return encode_json.particulars(traffic.snapshot(), mmsi), traffic.track(mmsi)
    if traffic.past is None:
        return None, {}
    try:
        shown, track = traffic.past.vessel(mmsi, time)
    except RequestError:  # the browser, which reads the history too, already shows the error
        return None, {}
    return encode_json.particulars(shown, mmsi), track


def custom_route(row: Row, lanes: Lanes, simulator: CommandExecutor | None) -> CustomRoute | None:
    """The custom route of a vessel as `GetRoutes` lists it, None for a vessel on a lane.

    The indices of the custom routes follow those of the lanes, so a lane's index needs no request to another process.
    """
    if simulator is None or not row["simulated"] or row["route"] < len(lanes.routes):
        return None
    try:
        return next((route for route in simulator.execute(GetRoutes()) if route["index"] == row["route"]), None)
    except RequestError:  # the simulator runs in a process that does not answer
        return None


def route_of(row: Row, lanes: Lanes, custom: CustomRoute | None) -> tuple[str, list[Any]]:
    """The name of a vessel's route and its legs as the map draws them; empty for no route."""
    if custom:
        return custom["name"], custom["legs"]
    if not row["simulated"] or not 0 <= row["route"] < len(lanes.routes):
        return "", []
    route = lanes.routes[row["route"]]
    return route.name, [lane(lanes, leg) for leg in route.legs_out]


def _voyage_of(row: Row, lanes: Lanes, custom: CustomRoute | None) -> voyage.Voyage | None:
    lat, lon = row["position"]["latitude"], row["position"]["longitude"]
    if not row["simulated"] or lat is None or row["status"] == "in_port":
        return None
    sog, destination = row["kinematics"]["speed_over_ground"], row["destination"]
    if custom:
        return voyage.on_custom_route(custom, lat, lon, sog, destination)
    route = row["route"] if row["route"] < len(lanes.routes) else -1
    return voyage.find(lanes, lat, lon, sog, destination, route)
