"""Parsing: numbers, switches, lists, addresses, boxes, times and scenarios from the text of a setting."""

from __future__ import annotations

from dataclasses import Field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from fairway.errors import SettingsError

SCENARIOS: Final = Path(__file__).parents[2] / "sim/scenario/library"
_SWITCHES: Final = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def boxes(name: str, text: str) -> list[list[list[float]]]:
    """Return the boxes of south,west,north,east;... as [[south, west], [north, east]], degrees.

    Raises:
        SettingsError: If a box has another form or leaves the Earth; `name` is named.

    """
    found = []
    for item in text.split(";"):
        try:
            south, west, north, east = (float(number) for number in item.split(","))
        except ValueError as error:
            raise SettingsError(name, f"{item!r} is not south,west,north,east") from error
        if not (-90 <= south < north <= 90 and -180 <= west <= 180 and -180 <= east <= 180):
            raise SettingsError(name, f"{item!r} is not a box on the Earth: south, west, north, east in degrees")
        found.append([[south, west], [north, east]])
    return found


def addresses(name: str, text: str) -> tuple[tuple[str, int], ...]:
    """Return the (host, port) pairs of HOST:PORT,...; a port alone is one of 127.0.0.1.

    Raises:
        SettingsError: If `text` is empty or an item has another form; `name` is named.

    """
    found = []
    for item in listed(text):
        host, _, port = item.rpartition(":")
        if not (port.isdecimal() and len(port) <= 5 and 0 < int(port) < 65536):
            raise SettingsError(name, f"{item!r} is not HOST:PORT")
        found.append((host.strip("[]") or "127.0.0.1", int(port)))
    if not found:
        raise SettingsError(name, "missing; give HOST:PORT")
    return tuple(found)


def listed(text: str) -> tuple[str, ...]:
    """Return the items of a comma-separated list without empty ones."""
    return tuple(item.strip() for item in text.split(",") if item.strip())


def unix_seconds(text: object, name: str) -> float:
    """Return the Unix seconds of an RFC 3339 time.

    Raises:
        SettingsError: If `text` is not RFC 3339 with an offset; `name` is named.

    """
    try:
        time = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        time = None
    if time is None or time.tzinfo is None:
        raise SettingsError(name, f"{text!r:.60} is not a time such as 2026-01-31T12:00:00Z")
    return time.astimezone(UTC).timestamp()


def scenario_file(scenario: str, name: str = "--scenario") -> Path:
    """Return the file of a built-in scenario, or of a path.

    Raises:
        SettingsError: If there is neither; `name` is named.

    """
    for path in (SCENARIOS / f"{scenario}.toml", Path(scenario)):
        if path.is_file():
            return path
    known = ", ".join(sorted(path.stem for path in SCENARIOS.glob("*.toml")))
    raise SettingsError(name, f"{scenario!r} is neither a built-in scenario nor a file; built-in are {known}")


def value(item: Field[object], text: str, name: str) -> object:
    """Return the value of a field, of the type of its default.

    Raises:
        SettingsError: If `text` is of another type or out of range; `name` is named.

    """
    kind = type(item.default)
    if kind is bool:
        if text.lower() not in _SWITCHES:
            raise SettingsError(name, f"{text!r} is not one of {', '.join(_SWITCHES)}")
        return _SWITCHES[text.lower()]
    try:
        number = kind(text)  # type: ignore[call-arg]
    except ValueError as error:
        raise SettingsError(name, f"{text!r} is not a number") from error
    low, high = item.metadata["low"], item.metadata["high"]
    if low is not None and not low <= number <= high:
        raise SettingsError(name, f"{text} is outside {low} to {high}")
    return number
