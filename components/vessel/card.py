"""The card of one vessel: particulars, position, times and voyage as text. Holds no state."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from dash import dcc, html

from components import flags
from components.map import TYPE_COLOURS
from components.vessel.voyage import Voyage
from fairway.traffic import fields
from fairway.traffic.derived import flag_state

Row = dict[str, Any]
"""One vessel as `encode_json.particulars` returns it."""


def card(row: Row, voyage: Voyage | None = None, route: str = "") -> list[Any]:
    """The particulars in the usual order; an unknown value is a dash. Names are shown as text, never as markup."""
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


def _progress(voyage: Voyage, now: datetime) -> html.Div:
    """The sailed share of the leg, and the ETA at the present speed, marked as computed."""
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


def _list(items: dict[str, object]) -> html.Dl:
    """Terms with their values, text or a component; a dash for None."""
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
    words = f"{degrees_minutes(abs(lat), 2)}\u00a0{north} {degrees_minutes(abs(lon), 3)}\u00a0{east}"
    return [words, dcc.Clipboard(content=f"{lat}, {lon}", title="Copy position", className="copy")]


def degrees_minutes(degrees: float, digits: int) -> str:
    """A positive angle as mariners write it, with `digits` digits of whole degrees."""
    whole, part = divmod(round(degrees * 60_000), 60_000)
    # no-break spaces: a line may end between latitude and longitude only
    return f"{whole:0{digits}d}°\u00a0{part / 1000:06.3f}'"


def _reported(row: Row) -> list[Any] | None:
    """The ETA that the crew reported."""
    return _when(datetime.fromisoformat(row["eta"]), _now(row)) if row["eta"] else None


def _when(moment: datetime, now: datetime) -> list[Any]:
    """A moment as a date and as a distance from now; the exact time on hover."""
    hours = (moment - now).total_seconds() / 3600
    far = f"{abs(hours) / 24:.1f} days" if abs(hours) >= 72 else f"{abs(hours):.0f} h"
    exact = f"{moment:%Y-%m-%dT%H:%M:%SZ}"
    date = html.Time(f"{moment:%d %b %H:%M} UTC", dateTime=exact, title=exact)
    return [date, f", in {far}" if hours >= 0 else f", {far} ago"]


def _now(row: Row) -> datetime:
    """The server's time when it read the row."""
    return datetime.fromisoformat(row["timestamp"]) + timedelta(seconds=row["age_s"])


def _received(row: Row) -> html.Time:
    """The latency of the report; the exact time of arrival on hover."""
    late_s = row["latency_s"]
    words = f"{late_s:.1f} s after" if late_s >= 0 else f"{-late_s:.1f} s before: a wrong clock"
    return html.Time(words, dateTime=row["received"], title=row["received"])


def _age(row: Row) -> html.Time:
    """The age of the report, which the browser keeps up to date; the exact time on hover."""
    seconds = row["age_s"]
    words = f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
    return html.Time(words, id="vessel-age", dateTime=row["timestamp"], title=row["timestamp"])


def no_vessel() -> html.P:
    """The hint that shows while no vessel is selected."""
    return html.P("Click a vessel on the map, or search for one.", className="hint")
