"""Settings: everything a person can choose, from the environment and the command line alike.

`FAIRWAY_FLEET_SIZE=2000` and `--fleet-size 2000` are the same; the command line wins. `PORT` is the platform's.
"""

from __future__ import annotations

import argparse
import re
import tomllib
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Literal, TypeVar

from fairway.errors import SettingsError
from fairway.settings.parsing import addresses, boxes, listed, scenario_file, unix_seconds, value

PREFIX = "FAIRWAY_"
PLATFORM = {"PORT": "port"} | {f"{name}_URL": f"{name.lower()}_url" for name in ("DATABASE", "REDIS", "MQTT", "AMQP")}
"""Variables as a platform names them, and our settings."""
T = TypeVar("T")
FEEDS = ("simulator", "aivdm_file", "aivdm_tcp", "aivdm_listen", "aivdm_udp", "aivdm_pipe", "aisstream", "redis")
REPORTING = ("interval", "itu")
COVERAGE = ("full", "terrestrial")
LOG_FORMATS = ("text", "json")
OUTPUTS = ("aivdm_tcp", "aivdm_udp", "history", "mqtt", "amqp")


def _setting(default: T, text: str, low: float | None = None, high: float | None = None) -> T:
    """A settings field with its documentation and, for numbers, its inclusive range."""
    return field(default=default, metadata={"help": text, "low": low, "high": high})


def _secret(text: str, default: str = "") -> str:
    """A text field that is never shown, not even by `repr`."""
    return field(default=default, repr=False, metadata={"help": text, "low": None, "high": None})


@dataclass(frozen=True, slots=True)
class Settings:
    """What this process was asked to do. Immutable; made by `Settings.load`."""

    host: str = _setting("127.0.0.1", "address to listen on")
    port: int = _setting(8050, "TCP port of everything: page, /ws and REST", 1, 65535)
    hosts: str = _setting("", "names, besides localhost, that a request from this machine may ask for, comma-separated")
    origins: str = _setting(
        "", "pages of other origins that may read and, with the token, write: https://a.example,..."
    )
    token: str = _secret("secret that writing over the network needs; without one only this machine may write")
    trusted_proxies: int = _setting(0, "proxies in front whose X-Forwarded-For, -Proto and -Host are believed", 0, 10)
    fleet_size: int = _setting(500, "number of simulated vessels", 1, 1_000_000)
    update_interval: float = _setting(30.0, "seconds between a vessel's reports and between updates", 0.25, 3600)
    speed_factor: float = _setting(1.0, "rate of the clock: simulated seconds per second", 0.1, 1000)
    scenario: str = _setting("", "what shall happen: a scenario that comes with the program, or a TOML file")
    start: str = _setting("", "time at which the simulation begins, RFC 3339 with Z; empty: now")
    paused: bool = _setting(False, "begin with the simulation's clock at a standstill")
    seed: int = _setting(1, "seed of the simulated world: same seed, same world", 0, 2**32 - 1)
    feeds: str = _setting("simulator", f"sources of reports, comma-separated: {', '.join(FEEDS)}")
    aivdm_file: str = _setting("", "recording of AIVDM sentences, plain or .gz, for the feed aivdm_file")
    aivdm_loop: bool = _setting(True, "start the recording over when it ends")
    aivdm_tcp: str = _setting("", "servers of AIVDM to read from, HOST:PORT,..., for the feed aivdm_tcp")
    aivdm_listen: str = _setting("", "[HOST:]PORT on which receivers push AIVDM over TCP, for the feed aivdm_listen")
    aivdm_udp: str = _setting("", "[HOST:]PORT,... on which AIVDM comes in datagrams, for the feed aivdm_udp")
    aivdm_pipe: str = _setting("", "pipe or serial device with AIVDM, - for standard input, for the feed aivdm_pipe")
    aisstream_key: str = _secret("key of the feed aisstream; give it as FAIRWAY_AISSTREAM_KEY, where nobody sees it")
    aisstream_url: str = _setting("wss://stream.aisstream.io/v0/stream", "server of the feed aisstream")
    aisstream_boxes: str = _setting(
        "-90,-180,90,180", "areas that the feed aisstream asks for: south,west,north,east;..."
    )
    threads: int = _setting(64, "threads of the server; half of them may hold a Socket.IO client", 4, 1024)
    max_clients: int = _setting(5000, "WebSocket clients at the same time, in all", 1, 100_000)
    max_clients_per_address: int = _setting(
        100, "WebSocket clients from one address; this machine does not count", 1, 100_000
    )
    rest_requests_per_s: int = _setting(
        20, "requests by REST a second from one address; this machine does not count; 0: no limit", 0, 100_000
    )
    lost_after: float = _setting(3600.0, "seconds of silence after which a vessel is removed", 10, 86400 * 30)

    reporting: str = _setting(
        "interval",
        "when simulated vessels report: interval (every update_interval) or itu (as ITU-R M.1371 says, with the "
        "mistakes of instruments and crews)",
    )
    coverage: str = _setting(
        "full", "where simulated vessels are heard: full or terrestrial (15 to 40 nm around each of the world's ports)"
    )
    log_format: str = _setting("text", "log lines on standard error: text, or json (one object a line)")
    outputs: str = _setting("", f"what relays every report besides, comma-separated: {', '.join(OUTPUTS)}")
    aivdm_out_host: str = _setting("127.0.0.1", "address on which the output aivdm_tcp listens")
    aivdm_out_port: int = _setting(10110, "TCP port of the output aivdm_tcp; 0: any", 0, 65535)
    aivdm_out_udp: str = _setting("127.0.0.1:10110", "HOST:PORT to which the output aivdm_udp sends")
    aivdm_out_tags: bool = _setting(False, "put a TAG block with source and time before each AIVDM sentence")
    redis_url: str = _secret("Redis, redis://HOST[:PORT][/DB]: serve what the ingest process publishes there")
    ingest: bool = _setting(False, "be the ingest process: publish every step into redis_url")
    database_url: str = _secret(
        "database of the history: sqlite:///FILE or postgres://...; empty: keep none", "sqlite:///fairway-history.db"
    )
    history_days: float = _setting(7.0, "days that the history keeps", 0.001, 3650)
    history_mb: float = _setting(500.0, "megabytes that the history keeps at most", 1, 1_000_000)
    state_file: str = _setting(
        "fairway-state.db",
        "SQLite file of what outlives the server: zones, vessels, tracks, alerts, the simulation; empty: nothing",
    )
    fresh: bool = _setting(False, "begin anew, with the zones of the state file alone; --start means that too")
    speed_alert: str = _setting(
        "20", "knots above which a vessel raises an alert, then TYPE=KNOTS for types of their own"
    )
    mqtt_url: str = _secret("MQTT broker, mqtt://[USER:PASSWORD@]HOST[:PORT]; brings in the output mqtt")
    amqp_url: str = _secret("RabbitMQ, amqp://[USER:PASSWORD@]HOST[:PORT][/VHOST]; brings in the output amqp")

    @classmethod
    def load(cls, environ: Mapping[str, str], argv: Sequence[str]) -> Settings:
        """Settings from the environment, overruled by the command line.

        Raises:
            SettingsError: An unknown option or FAIRWAY_ variable, or a value that is not of its kind or range.

        """
        given = _from_environ(environ) | _from_argv(argv)
        if "start" in given:
            given = {"fresh": ("true", given["start"][1])} | given
        if "scenario" in given:
            given = _from_scenario(given["scenario"][0]) | given
        by_name = {item.name: item for item in fields(cls)}
        values = {name: value(by_name[name], text, origin) for name, (text, origin) in given.items()}
        settings = cls(**values)  # type: ignore[arg-type]
        settings._check()
        return settings

    @property
    def feed_names(self) -> tuple[str, ...]:
        """The chosen feeds, in the order given; with a Redis that another process fills, that alone."""
        if self.redis_url and not self.ingest:
            return ("redis",)
        return tuple(dict.fromkeys(listed(self.feeds)))

    @property
    def host_names(self) -> tuple[str, ...]:
        """The further names of this server, lower case."""
        return listed(self.hosts.lower())

    @property
    def origin_names(self) -> tuple[str, ...]:
        """The further origins whose pages may use this server, lower case."""
        return listed(self.origins.lower())

    @property
    def clock_mode(self) -> Literal["live", "mixed", "simulation", "replay"]:
        """Which time the process has: that of its only feed, or UTC as soon as real reports come in."""
        if self.feed_names == ("simulator",):
            return "simulation"
        if self.feed_names == ("aivdm_file",):
            return "replay"
        return "mixed" if "simulator" in self.feed_names else "live"

    @property
    def world(self) -> str:
        """What must be the same for a server to go on where another was: the clock's mode, and who is simulated."""
        if "simulator" not in self.feed_names:
            return self.clock_mode
        plan = zlib.crc32(scenario_file(self.scenario).read_bytes()) if self.scenario else 0
        named = f", scenario {self.scenario} ({plan:08x})" if self.scenario else ""
        heard = f"{self.reporting} reporting, {self.coverage} coverage"
        return f"{self.clock_mode}, seed {self.seed}, {self.fleet_size} vessels{named}, {heard}"

    @property
    def keeps_state(self) -> bool:
        """Whether vessels outlive the process: a replay begins with its file, a web process asks Redis."""
        return bool(self.state_file) and self.clock_mode != "replay" and "redis" not in self.feed_names

    @property
    def speed_limits(self) -> dict[str, float]:
        """Knots by vessel type; the key "" is for the types that are not named.

        Raises:
            SettingsError: Something is neither KNOTS nor TYPE=KNOTS.

        """
        limits = {}
        for item in listed(self.speed_alert):
            name, _, knots = item.rpartition("=")
            if not re.fullmatch(r"\d{1,3}(\.\d+)?", knots):
                raise SettingsError(f"speed_alert: {item!r} is neither KNOTS nor TYPE=KNOTS")
            limits[name] = float(knots)
        if "" not in limits:
            raise SettingsError(f"speed_alert: {self.speed_alert!r} has no limit for the types that are not named")
        return limits

    @property
    def output_names(self) -> tuple[str, ...]:
        """The chosen optional outputs, each once, in the order given; a server's URL brings in its output."""
        # what the ingest process has in its history, a web process only reads
        kept = "" if self.feed_names == ("redis",) else self.database_url
        servers = {"mqtt": self.mqtt_url, "amqp": self.amqp_url, "history": kept}
        brought = [name for name, url in servers.items() if url]
        return tuple(dict.fromkeys([*listed(self.outputs), *brought]))

    def _check(self) -> None:
        self._check_outputs()
        self._check_redis()
        unknown = [name for name in self.feed_names if name not in FEEDS]
        if unknown or not self.feed_names:
            raise SettingsError(f"feeds: {', '.join(unknown) or 'none given'}; known are {', '.join(FEEDS)}")
        self._check_choices()
        self._check_alerts()
        if "aivdm_file" in self.feed_names and not Path(self.aivdm_file).is_file():
            raise SettingsError(f"aivdm_file: no such file: {self.aivdm_file!r}")
        if "aivdm_file" in self.feed_names and len(self.feed_names) > 1:
            raise SettingsError(f"feeds: {self.feeds}: aivdm_file sets the clock to its own time and runs alone")
        self._check_sources()
        self._check_origins()
        self._check_time()

    def _check_origins(self) -> None:
        for origin in self.origin_names:
            if not re.fullmatch(r"https?://(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?", origin):
                raise SettingsError(
                    f"origins: {origin!r} is no origin such as https://ships.example or http://10.0.0.7:80"
                )
        for name in self.host_names:
            if not re.fullmatch(r"\[[0-9a-f:.]+\]|[a-z0-9._-]+", name):
                raise SettingsError(f"hosts: {name!r} is no host name (without a port) such as ships.example")

    def _check_time(self) -> None:
        if self.start:
            unix_seconds(self.start, "start")
        for name in ("start", "paused", "scenario"):
            if getattr(self, name) and self.clock_mode != "simulation":
                raise SettingsError(f"{name}: for the simulator alone, not with feeds {self.feeds}")
        if self.speed_factor != 1 and self.clock_mode in ("mixed", "live"):
            raise SettingsError(f"speed_factor: {self.speed_factor}: real reports come in at rate 1")

    def _check_redis(self) -> None:
        if not self.redis_url and (self.ingest or "redis" in self.feed_names):
            raise SettingsError("redis_url: needed for --ingest and for the feed redis")
        if self.redis_url and not re.match(r"(redis|rediss|unix)://", self.redis_url):
            # a password may stand in it: it is not shown
            raise SettingsError("redis_url: begins with redis://, rediss:// or unix://")
        if self.ingest and "redis" in self.feed_names:
            raise SettingsError("feeds: redis: the ingest process can't read what it publishes")

    def _check_outputs(self) -> None:
        unknown = [name for name in self.output_names if name not in OUTPUTS]
        if unknown:
            raise SettingsError(f"outputs: {', '.join(unknown)}; known are {', '.join(OUTPUTS)}")
        if len(addresses("aivdm_out_udp", self.aivdm_out_udp)) > 1:
            raise SettingsError(f"aivdm_out_udp: {self.aivdm_out_udp!r}: one address only")
        self._check_database()
        for name, url in (("mqtt", self.mqtt_url), ("amqp", self.amqp_url)):
            if name in self.output_names and not re.fullmatch(rf"{name}s?://(\S+@)?[^@\s/:]\S*", url):
                # a password may stand in it: it is not shown
                raise SettingsError(f"{name}_url: needed for the output {name}, and begins with {name}:// and a host")

    def _check_database(self) -> None:
        if self.database_url and not re.match(r"(sqlite|postgres|postgresql)(\+\w+)?://", self.database_url):
            # a password may stand in it: it is not shown
            raise SettingsError("database_url: begins with sqlite:/// or postgres://, or is empty for no history")
        if "history" in self.output_names and not self.database_url:
            raise SettingsError("outputs: history needs a database_url")

    def _check_choices(self) -> None:
        for name, known in (("reporting", REPORTING), ("coverage", COVERAGE), ("log_format", LOG_FORMATS)):
            if getattr(self, name) not in known:
                raise SettingsError(f"{name}: {getattr(self, name)!r}; known are {', '.join(known)}")

    def _check_alerts(self) -> None:
        _ = self.speed_limits  # raises
        folder = Path(self.state_file or ".").absolute().parent
        if not folder.is_dir():
            raise SettingsError(f"state_file: no such folder: {str(folder)!r}")

    def _check_sources(self) -> None:
        """Each chosen feed knows where to listen, and nobody names a place in vain."""
        for name in ("aivdm_tcp", "aivdm_listen", "aivdm_udp", "aivdm_pipe"):
            if getattr(self, name) and name not in self.feed_names:
                raise SettingsError(f"{name}: {getattr(self, name)!r} is of no use without {name} among the feeds")
        for name in ("aivdm_tcp", "aivdm_listen", "aivdm_udp"):
            if name in self.feed_names:
                where = addresses(name, getattr(self, name))
                if name == "aivdm_listen" and len(where) > 1:
                    raise SettingsError(f"{name}: {self.aivdm_listen!r}: one address only")
        self._check_pipe()
        self._check_aisstream()

    def _check_pipe(self) -> None:
        if "aivdm_pipe" in self.feed_names and self.aivdm_pipe != "-":
            path = Path(self.aivdm_pipe)
            if not self.aivdm_pipe or path.is_file() or path.is_dir():
                raise SettingsError(
                    f"aivdm_pipe: {self.aivdm_pipe!r} is no pipe or device; a recording is aivdm_file's"
                )

    def _check_aisstream(self) -> None:
        boxes("aisstream_boxes", self.aisstream_boxes)
        if "aisstream" in self.feed_names and not self.aisstream_key:
            raise SettingsError("aisstream_key: the feed aisstream needs one: FAIRWAY_AISSTREAM_KEY")
        if not re.fullmatch(r"wss?://[^\s/?#@]+(/[^\s]*)?", self.aisstream_url):
            raise SettingsError(f"aisstream_url: {self.aisstream_url!r} is not wss://HOST/... or ws://HOST/...")


def _from_environ(environ: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    names = {item.name for item in fields(Settings)}
    given = {name: (environ[text], text) for text, name in PLATFORM.items() if environ.get(text)}
    for variable, text in environ.items():
        if variable.startswith(PREFIX):
            name = variable.removeprefix(PREFIX).lower()
            if name not in names:
                raise SettingsError(f"{variable}: no such setting")
            given[name] = (text, variable)
    return given


def _from_argv(argv: Sequence[str]) -> dict[str, tuple[str, str]]:
    parser = argparse.ArgumentParser("fairway", allow_abbrev=False, exit_on_error=False)
    for item in fields(Settings):
        text = f"{item.metadata['help']} (default {item.default})"
        parser.add_argument(_option(item.name), dest=item.name, metavar="VALUE", help=text)
    try:
        known, unknown = parser.parse_known_args(list(argv))
    except argparse.ArgumentError as error:
        raise SettingsError(str(error)) from error
    if unknown:
        raise SettingsError(f"{unknown[0]}: no such option")
    return {name: (text, _option(name)) for name, text in vars(known).items() if text is not None}


def _from_scenario(name: str) -> dict[str, tuple[str, str]]:
    """What a scenario says of seed, start, rate, interval and fleet: the weakest of all, anything else overrules it."""
    path = scenario_file(name)
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path.name}: {error}") from error
    fleet = table.get("fleet")
    table["size"] = fleet.get("size") if isinstance(fleet, dict) else None
    wanted = {"seed": "seed", "start": "start", "rate": "speed_factor", "size": "fleet_size"}
    wanted |= {name: name for name in ("update_interval", "reporting", "coverage")}
    return {
        setting: (str(table[key]), f"{path.name}: {key}")
        for key, setting in wanted.items()
        if table.get(key) is not None
    }


def _option(name: str) -> str:
    return "--" + name.replace("_", "-")
