"""Logs: lines on standard error, as text or as JSON."""

from __future__ import annotations

import logging


def to_stderr(log_format: str) -> None:
    """Start logging: lines of text, or with "json" one JSON object per line."""
    stream = logging.StreamHandler()
    if log_format == "json":
        from pythonjsonlogger.json import JsonFormatter  # text needs no library

        names = {"asctime": "time", "levelname": "level", "name": "logger", "threadName": "thread"}
        stream.setFormatter(JsonFormatter(f"%({')s %('.join(names)})s %(message)s", rename_fields=names))
    else:
        stream.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[stream])
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
