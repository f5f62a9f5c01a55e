"""Settings: all sections in one object, what follows from several of them, and the checks across them.

`FAIRWAY_FLEET_SIZE=2000` and `--fleet-size 2000` are the same; the command line wins.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Final, Literal, Self

from fairway.errors import SettingsError
from fairway.settings import sources
from fairway.settings.alerts import AlertSettings
from fairway.settings.cluster import ClusterSettings
from fairway.settings.feeds import FeedSettings
from fairway.settings.fields import option
from fairway.settings.history import HistorySettings
from fairway.settings.network import NetworkSettings
from fairway.settings.outputs import OutputSettings
from fairway.settings.parsing import listed, value
from fairway.settings.simulator import SimulatorSettings
from fairway.settings.state import StateSettings

SECTIONS: Final[dict[str, type]] = {
    "network": NetworkSettings,
    "simulator": SimulatorSettings,
    "feeds": FeedSettings,
    "outputs": OutputSettings,
    "history": HistorySettings,
    "state": StateSettings,
    "alerts": AlertSettings,
    "cluster": ClusterSettings,
}
"""Sections by name, in the order of help and documentation."""
Choices = Mapping[str, Mapping[str, str]]
"""Names that a setting accepts, with a sentence about each, by setting."""


@dataclass(frozen=True)
class Settings(
    ClusterSettings, AlertSettings, StateSettings, HistorySettings, OutputSettings, FeedSettings, SimulatorSettings,
    NetworkSettings,
):  # fmt: skip
    """All settings of one process. Immutable; `Settings.load` reads and checks them."""

    @classmethod
    def load(cls, environ: Mapping[str, str], argv: Sequence[str], choices: Choices) -> Self:
        """Return the settings of the environment, overruled by the command line.

        Args:
            environ: environment variables.
            argv: the command line after the program's name.
            choices: names that `--feeds` and `--outputs` accept.

        Raises:
            SettingsError: If an option or FAIRWAY_ variable is unknown, or a value has another form or range.

        """
        given = sources.environment(environ, SECTIONS.values()) | sources.command_line(argv, SECTIONS, choices)
        if "start" in given:
            given = {"fresh": ("true", given["start"][1])} | given
        if "scenario" in given:
            given = sources.scenario(*given["scenario"]) | given
        by_name = {item.name: item for item in fields(cls)}
        settings = cls(**{name: value(by_name[name], text, origin) for name, (text, origin) in given.items()})  # type: ignore[arg-type]
        try:
            settings.check(choices)
        except SettingsError as error:
            origins = {option(name): origin for name, (_, origin) in given.items()}
            raise SettingsError(origins.get(error.name, error.name), error.text) from error
        return settings

    @property
    def feed_names(self) -> tuple[str, ...]:
        """The chosen feeds, in the order given; only redis in a web process of a cluster."""
        if self.redis_url and not self.ingest:
            return ("redis",)
        return tuple(dict.fromkeys(listed(self.feeds)))

    @property
    def output_names(self) -> tuple[str, ...]:
        """The chosen outputs, each once, in the order given; a server's URL starts its output."""
        # a web process of a cluster reads the history that its ingest process writes
        database = "" if self.feed_names == ("redis",) else self.database_url
        servers = {"mqtt": self.mqtt_url, "amqp": self.amqp_url, "history": database}
        return tuple(dict.fromkeys([*listed(self.outputs), *(name for name, url in servers.items() if url)]))

    @property
    def clock_mode(self) -> Literal["live", "mixed", "simulation", "replay"]:
        """The clock's time: that of a simulator or recording that runs alone, or UTC where real reports come in."""
        if self.feed_names == ("simulator",):
            return "simulation"
        if self.feed_names == ("aivdm_file",):
            return "replay"
        return "mixed" if "simulator" in self.feed_names else "live"

    @property
    def world(self) -> str:
        """What a saved state must have in common with this process: the clock's mode and the simulated world."""
        return f"{self.clock_mode}, {self.simulated_world}" if "simulator" in self.feed_names else self.clock_mode

    @property
    def keeps_state(self) -> bool:
        """Whether vessels are saved: a recording starts with its file, a web process of a cluster with Redis."""
        return bool(self.state_file) and self.clock_mode != "replay" and "redis" not in self.feed_names

    def check(self, choices: Choices) -> None:
        """Check every section, then what must fit together; `choices` as in `load`.

        Raises:
            SettingsError: If a setting cannot be used; names its option.

        """
        _known("feeds", "a feed", self.feed_names, choices["feeds"])
        _known("outputs", "an output", listed(self.outputs), choices["outputs"])
        for item in fields(self):
            if item.metadata["choices"]:
                _known(item.name, "a choice", (getattr(self, item.name),), item.metadata["choices"])
        if not self.feed_names:
            raise SettingsError("--feeds", f"names no feed; known are {', '.join(choices['feeds'])}")
        self.check_network()
        self.check_simulator()
        self.check_cluster("redis" in self.feed_names)
        self.check_feeds(self.feed_names)
        self.check_outputs(self.output_names)
        self.check_history()
        self.check_state()
        self.check_alerts()
        self._check_together()

    def _check_together(self) -> None:
        if "history" in self.output_names and not self.database_url:
            raise SettingsError("--outputs", "history needs a --database-url")
        for name in ("start", "paused", "scenario"):
            if getattr(self, name) and self.clock_mode != "simulation":
                raise SettingsError(option(name), f"works with the simulator alone, not with --feeds {self.feeds}")
        if self.speed_factor != 1 and self.clock_mode in ("mixed", "live"):
            raise SettingsError("--speed-factor", f"{self.speed_factor:g} does not fit real reports: their rate is 1")


def _known(name: str, kind: str, given: Collection[str], known: Collection[str]) -> None:
    """Check that each of the `given` names is among the `known` ones."""
    for text in given:
        if text not in known:
            close = difflib.get_close_matches(text, known, 1)
            hint = f"did you mean {close[0]}? Known are" if close else "known are"
            raise SettingsError(option(name), f"{text!r} is not {kind}; {hint} {', '.join(known)}")
