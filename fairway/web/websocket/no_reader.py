"""A stand-in for the reading thread of simple-websocket 1.1.0, for servers that read the socket themselves."""

from __future__ import annotations

from collections.abc import Callable


class NoReader:
    """A thread class that starts no thread: the hub or the Socket.IO transport reads instead."""

    def __init__(self, target: Callable[[], None]) -> None:  # noqa: ARG002 - the signature of a thread
        self.name = ""

    def start(self) -> None:
        """Do nothing."""
