"""The listening socket: who comes when hardly a descriptor is left is turned away, and the server goes on."""

from __future__ import annotations

import errno
import logging
import resource
import socket
import time
from typing import Any, Final

log = logging.getLogger(__name__)
RESERVE: Final = 32
"""Descriptors that are kept for the server's own files: databases, brokers, parts of the page."""
TELL_EVERY_S: Final = 60.0
REST_S: Final = 0.05


class AcceptLimiter(socket.socket):
    """Accepts as long as there are descriptors; otherwise it closes the connection, and there was none.

    gunicorn's worker would end, and every client with it; werkzeug would ask again and again without a pause.

    Args:
        listening: the socket whose place it takes; of no use any more.

    """

    def __init__(self, listening: socket.socket) -> None:
        timeout = listening.gettimeout()
        super().__init__(fileno=listening.detach())
        self.settimeout(timeout)
        limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        self._most = limit - min(RESERVE, limit // 4)
        self._told_at = -TELL_EVERY_S

    def accept(self) -> tuple[socket.socket, Any]:
        """The next connection.

        Raises:
            BlockingIOError: There is none, or it was turned away.
            OSError: As from any socket, but not for want of descriptors.

        """
        try:
            client, address = super().accept()
        except OSError as error:
            if error.errno not in (errno.EMFILE, errno.ENFILE):
                raise
            self._tell()
            time.sleep(REST_S)  # the connection waits on, and would be told of again at once
            raise BlockingIOError(errno.EAGAIN, "no descriptor is left") from error
        # a new descriptor is always the lowest that is free
        if client.fileno() < self._most:
            return client, address
        client.close()
        self._tell()
        raise BlockingIOError(errno.EAGAIN, "turned away")

    def _tell(self) -> None:
        now = time.monotonic()
        if now - self._told_at >= TELL_EVERY_S:
            self._told_at = now
            log.warning("more than %d files are open: connections are turned away (ulimit -n)", self._most)
