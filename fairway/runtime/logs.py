"""Log lines on standard error, for people or for programs."""

from __future__ import annotations

import logging


def to_stderr(log_format: str) -> None:
    """Begin to log: lines of text, or with "json" one JSON object a line."""
    stream = logging.StreamHandler()
    if log_format == "json":
        from pythonjsonlogger.json import JsonFormatter  # only who asks for it pays for it

        names = {"asctime": "time", "levelname": "level", "name": "logger", "threadName": "thread"}
        stream.setFormatter(JsonFormatter(f"%({')s %('.join(names)})s %(message)s", rename_fields=names))
    else:
        stream.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[stream])
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
