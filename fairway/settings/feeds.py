"""Feeds: which sources of reports run, and where they read."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from fairway.errors import SettingsError
from fairway.settings.fields import option, secret, setting
from fairway.settings.parsing import addresses, boxes


@dataclass(frozen=True)
class FeedSettings:
    """The feeds and the places that they read from."""

    feeds: str = setting("simulator", "Feeds, comma-separated.")
    lost_after: float = setting(3600.0, "Seconds of silence after which a vessel is removed.", 10, 86400 * 30)
    aivdm_file: str = setting("", "Recording of AIVDM sentences, plain or .gz, for the feed aivdm_file.")
    aivdm_loop: bool = setting(True, "Restart the recording when it ends.")
    aivdm_tcp: str = setting("", "AIVDM servers to connect to, HOST:PORT,..., for the feed aivdm_tcp.")
    aivdm_listen: str = setting("", "[HOST:]PORT to which receivers push AIVDM over TCP, for the feed aivdm_listen.")
    aivdm_udp: str = setting("", "[HOST:]PORT,... that receive AIVDM datagrams, for the feed aivdm_udp.")
    aivdm_pipe: str = setting("", "Pipe or serial device with AIVDM, or - for standard input, for the feed aivdm_pipe.")
    aisstream_key: str = secret(
        "API key for the feed aisstream. Prefer FAIRWAY_AISSTREAM_KEY: other users see the command line."
    )
    aisstream_url: str = setting("wss://stream.aisstream.io/v0/stream", "Server of the feed aisstream.")
    aisstream_boxes: str = setting("-90,-180,90,180", "Areas for the feed aisstream: south,west,north,east;...")

    def check_feeds(self, chosen: Collection[str]) -> None:
        """Check that each chosen feed has its place, and that no place lacks its feed.

        Raises:
            SettingsError: If a place is missing, cannot be read, or is of no use.

        """
        for name in ("aivdm_tcp", "aivdm_listen", "aivdm_udp", "aivdm_pipe"):
            if getattr(self, name) and name not in chosen:
                raise SettingsError(option(name), f"{getattr(self, name)!r} needs the feed {name} in --feeds")
        for name in ("aivdm_tcp", "aivdm_listen", "aivdm_udp"):
            if name in chosen:
                where = addresses(option(name), getattr(self, name))
                if name == "aivdm_listen" and len(where) > 1:
                    raise SettingsError(option(name), f"{self.aivdm_listen!r} is more than one address")
        if "aivdm_file" in chosen:
            self._check_file(chosen)
        if "aivdm_pipe" in chosen:
            self._check_pipe()
        self._check_aisstream(chosen)

    def _check_file(self, chosen: Collection[str]) -> None:
        if not Path(self.aivdm_file).is_file():
            raise SettingsError("--aivdm-file", f"{self.aivdm_file!r} is not a file")
        if len(chosen) > 1:
            raise SettingsError("--feeds", f"{self.feeds!r}: aivdm_file sets the clock to its own time and runs alone")

    def _check_pipe(self) -> None:
        path = Path(self.aivdm_pipe)
        if self.aivdm_pipe != "-" and (not self.aivdm_pipe or path.is_file() or path.is_dir()):
            raise SettingsError(
                "--aivdm-pipe", f"{self.aivdm_pipe!r} is not a pipe or device; for a recording use --aivdm-file"
            )

    def _check_aisstream(self, chosen: Collection[str]) -> None:
        boxes("--aisstream-boxes", self.aisstream_boxes)
        if "aisstream" in chosen and not self.aisstream_key:
            raise SettingsError("FAIRWAY_AISSTREAM_KEY", "missing; the feed aisstream needs an API key")
        if not re.fullmatch(r"wss?://[^\s/?#@]+(/[^\s]*)?", self.aisstream_url):
            raise SettingsError("--aisstream-url", f"{self.aisstream_url!r} is not wss://HOST/... or ws://HOST/...")
