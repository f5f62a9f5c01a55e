"""What the text of a setting can stand for: numbers, switches, lists, addresses, boxes, times and scenarios."""

from __future__ import annotations

from dataclasses import Field
from datetime import UTC, datetime
from pathlib import Path

from fairway.errors import SettingsError

SCENARIOS = Path(__file__).parents[2] / "sim/scenario/library"


def boxes(name: str, text: str) -> list[list[list[float]]]:
    """Boxes of south,west,north,east;... as [[south, west], [north, east]], degrees.

    Raises:
        SettingsError: One is something else; the message names it as `name`.

    """
    found = []
    for item in text.split(";"):
        try:
            south, west, north, east = (float(number) for number in item.split(","))
        except ValueError as error:
            raise SettingsError(f"{name}: {item!r} is not south,west,north,east") from error
        if not (-90 <= south < north <= 90 and -180 <= west <= 180 and -180 <= east <= 180):
            raise SettingsError(f"{name}: {item!r} is no box on the Earth; first the south, then the west")
        found.append([[south, west], [north, east]])
    return found


def addresses(name: str, text: str) -> tuple[tuple[str, int], ...]:
    """The (host, port) pairs of HOST:PORT,...; where there is only a port, the host is this machine.

    Raises:
        SettingsError: It is empty or something else; the message names it as `name`.

    """
    found = []
    for item in listed(text):
        host, _, port = item.rpartition(":")
        if not (port.isdecimal() and len(port) <= 5 and 0 < int(port) < 65536):
            raise SettingsError(f"{name}: {item!r} is not HOST:PORT")
        found.append((host.strip("[]") or "127.0.0.1", int(port)))
    if not found:
        raise SettingsError(f"{name}: where? HOST:PORT is needed for the feed")
    return tuple(found)


def listed(text: str) -> tuple[str, ...]:
    """The items of a comma-separated list."""
    return tuple(item.strip() for item in text.split(",") if item.strip())


def unix_seconds(text: object, name: str) -> float:
    """Unix seconds of an RFC 3339 time.

    Raises:
        SettingsError: It is none; the message names it as `name`.

    """
    try:
        time = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        time = None
    if time is None or time.tzinfo is None:
        raise SettingsError(f"{name}: {text!r:.60} is no time like 2026-01-31T12:00:00Z")
    return time.astimezone(UTC).timestamp()


def scenario_file(name: str) -> Path:
    """The file of a scenario: one that comes with the program, by its name, or a path.

    Raises:
        SettingsError: There is none.

    """
    for path in (SCENARIOS / f"{name}.toml", Path(name)):
        if path.is_file():
            return path
    known = ", ".join(sorted(path.stem for path in SCENARIOS.glob("*.toml")))
    raise SettingsError(f"scenario: no {name!r}; known are {known}, or a file")


def value(item: Field[object], text: str, origin: str) -> object:
    """The value of a field of the settings, of the kind of its default.

    Raises:
        SettingsError: It is of another kind, or out of range; the message names it as `origin`.

    """
    kind = type(item.default)
    if kind is bool:
        switches = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
        if text.lower() not in switches:
            raise SettingsError(f"{origin}: {text!r} is not one of {', '.join(switches)}")
        return switches[text.lower()]
    try:
        number = kind(text)  # type: ignore[call-arg]
    except ValueError as error:
        raise SettingsError(f"{origin}: {text!r} is not a number") from error
    low, high = item.metadata["low"], item.metadata["high"]
    if low is not None and not low <= number <= high:
        raise SettingsError(f"{origin}: {text} is outside {low} to {high}")
    return number
