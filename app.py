"""Entry points: `create` for programs, `python app.py` for people, `app:wsgi()` for gunicorn."""

from __future__ import annotations

import sys

from flask import Flask

from fairway.__main__ import load, main, start
from fairway.server import Server
from fairway.settings import Settings


def create(settings: Settings) -> Server:
    """Build a server that continues where the last one with these settings ended; nothing runs until its `start`.

    Raises:
        SettingsError: If a setting names something that does not exist or cannot be used.

    """
    return Server.create(settings)


def wsgi() -> Flask:
    """Return the started server for gunicorn: `app:wsgi()`.

    Raises:
        SettingsError: If a variable cannot be used. gunicorn shows it and ends; after an exit it would start a new
            worker.
        RuntimeError: If the server is not gunicorn with gthread workers, whose connections the hub can take over.

    """
    if "gunicorn.workers.gthread" not in sys.modules:
        raise RuntimeError("app:wsgi() is for gunicorn with --worker-class gthread, as in the Procfile")
    return start(load([])).server


if __name__ == "__main__":
    main()
