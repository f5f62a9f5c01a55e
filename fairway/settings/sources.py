"""Sources of settings: environment variables, command line, and the head of a scenario file.

Each gives {field: (text, origin)}; the origin is what error messages name.
"""

from __future__ import annotations

import argparse
import difflib
import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import Field, fields
from typing import Final

from fairway.errors import SettingsError
from fairway.settings.fields import PREFIX, option, variable
from fairway.settings.parsing import scenario_file

Given = dict[str, tuple[str, str]]
PLATFORM: Final = {
    "PORT": "port",
    "DATABASE_URL": "database_url",
    "REDIS_URL": "redis_url",
    "MQTT_URL": "mqtt_url",
    "AMQP_URL": "amqp_url",
}
"""Variables without our prefix, as hosting platforms set them, and their fields."""
_CLOSE: Final = 0.7
"""Similarity from which an unknown name is taken for a misspelt one."""


def environment(environ: Mapping[str, str], sections: Iterable[type]) -> Given:
    """Return what the variables set; an empty variable of the platform sets nothing.

    Raises:
        SettingsError: If a FAIRWAY_ variable is unknown.

    """
    known = {variable(item.name): item.name for section in sections for item in fields(section)}
    given = {name: (environ[text], text) for text, name in PLATFORM.items() if environ.get(text)}
    for text in environ:
        if text.startswith(PREFIX):
            if text not in known:
                raise _unknown(text, "no such variable", known)
            given[known[text]] = (environ[text], text)
    return given


def command_line(argv: Sequence[str], sections: Mapping[str, type], choices: Mapping[str, Mapping[str, str]]) -> Given:
    """Return what the options set; `--help` prints all of them and ends the program.

    Raises:
        SettingsError: If an option is unknown or lacks its value.

    """
    parser = _parser(sections, choices)
    try:
        known, unknown = parser.parse_known_args(list(argv))
    except argparse.ArgumentError as error:
        raise SettingsError(error.argument_name or "options", "needs a value") from error
    if unknown:
        options = [option(item.name) for section in sections.values() for item in fields(section)]
        raise _unknown(unknown[0].partition("=")[0], "no such option", options)
    return {name: (text, option(name)) for name, text in vars(known).items() if text is not None}


def scenario(name: str, origin: str) -> Given:
    """Return the seed, start, rate, interval and fleet of a scenario; everything else overrules them.

    Raises:
        SettingsError: If there is no such scenario, or its file is not TOML.

    """
    path = scenario_file(name, origin)
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(origin, f"{path.name}: {error}") from error
    fleet = table.get("fleet")
    table["size"] = fleet.get("size") if isinstance(fleet, dict) else None
    wanted = {"seed": "seed", "start": "start", "rate": "speed_factor", "size": "fleet_size"}
    wanted |= {key: key for key in ("update_interval", "reporting", "coverage")}
    return {
        setting: (str(table[key]), f"{path.name}: {key}")
        for key, setting in wanted.items()
        if table.get(key) is not None
    }


def _parser(sections: Mapping[str, type], choices: Mapping[str, Mapping[str, str]]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "fairway", usage="fairway [serve] [OPTION VALUE ...]", allow_abbrev=False, exit_on_error=False
    )
    for title, section in sections.items():
        group = parser.add_argument_group(title)
        for item in fields(section):
            text = _help(item, choices.get(item.name, {}))
            group.add_argument(option(item.name), dest=item.name, metavar="VALUE", help=text)
    return parser


def _help(item: Field[object], known: Mapping[str, str]) -> str:
    names = "; ".join(f"{name}: {about}" for name, about in known.items())
    default = f"Default: {item.default}." if item.default != "" else ""
    return " ".join(text for text in (item.metadata["help"], names and f"Known are {names}.", default) if text)


def _unknown(name: str, text: str, known: Collection[str]) -> SettingsError:
    close = difflib.get_close_matches(name, known, 1, _CLOSE)
    return SettingsError(name, f"{text}; did you mean {close[0]}?" if close else text)
