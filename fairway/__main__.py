"""Command line: `fairway [COMMAND] [OPTIONS]`, also as `python -m fairway` and `python app.py`."""

from __future__ import annotations

import difflib
import logging
import os
import sys
from collections.abc import Callable, Sequence
from typing import Final

from werkzeug.serving import make_server

from fairway import registry
from fairway.errors import SettingsError
from fairway.runtime import logs, malloc
from fairway.runtime.listener import listen
from fairway.runtime.sigterm import stop_on_sigterm
from fairway.server import Server
from fairway.settings import Settings
from fairway.web.accept_limiter import AcceptLimiter

log = logging.getLogger("fairway")


def main() -> None:
    """Run the command that the command line names; without a name, `serve`."""
    argv = sys.argv[1:]
    try:
        name, rest = _command(argv)
        COMMANDS[name](rest)
    except SettingsError as error:
        sys.exit(f"fairway: {error}")


def serve(argv: Sequence[str]) -> None:
    """Serve on werkzeug's threads until Ctrl-C or SIGTERM.

    Raises:
        SettingsError: If an option or variable cannot be used.

    """
    settings = load(argv)
    with listen(settings.host, settings.port) as listener:
        server = start(settings)
        web = make_server(settings.host, settings.port, server.server, threaded=True, fd=listener.fileno())
    web.socket = AcceptLimiter(web.socket)
    log.info("http://%s:%d", settings.host, settings.port)
    web.serve_forever()
    server.stop()  # after Ctrl-C


def load(argv: Sequence[str]) -> Settings:
    """Return the settings of the environment and the command line.

    Raises:
        SettingsError: If an option or variable cannot be used.

    """
    return Settings.load(os.environ, argv, registry.choices())


def start(settings: Settings) -> Server:
    """Return a started server, which ends on SIGTERM.

    Raises:
        SettingsError: If a setting cannot be used.

    """
    malloc.share_arenas()
    logs.to_stderr(settings.log_format)
    state = settings.state_file if settings.keeps_state else "not saved"
    history = settings.history_place or "none"
    token = "set" if settings.token else "not set, only this machine may write"
    log.info("state: %s; history: %s; token: %s", state, history, token)
    server = Server.create(settings)
    stop_on_sigterm(server.stop)
    server.start()
    return server


COMMANDS: Final[dict[str, Callable[[Sequence[str]], None]]] = {"serve": serve}
"""Subcommands by name."""


def _command(argv: Sequence[str]) -> tuple[str, Sequence[str]]:
    """Split the command line into the command's name and its options."""
    if not argv or argv[0].startswith("-"):
        return "serve", argv
    if argv[0] not in COMMANDS:
        close = difflib.get_close_matches(argv[0], COMMANDS, 1)
        raise SettingsError(argv[0], f"no such command; {f'did you mean {close[0]}?' if close else 'see --help'}")
    return argv[0], argv[1:]


if __name__ == "__main__":
    main()
