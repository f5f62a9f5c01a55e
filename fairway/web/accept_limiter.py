"""The listening socket: refuses new connections when file descriptors run low, so that the server goes on."""

from __future__ import annotations

import errno
import logging
import resource
import socket
import time
from typing import Any, Final

log = logging.getLogger(__name__)
RESERVE: Final = 32
"""Descriptors reserved for the server's own files: databases, brokers, parts of the page."""
WARN_EVERY_S: Final = 60.0
REST_S: Final = 0.05


class AcceptLimiter(socket.socket):
    """Accepts while descriptors are free; otherwise closes the new connection.

    Without it gunicorn's worker would end and drop every client; werkzeug would retry without a pause.

    Args:
        listening: the socket to replace; it is detached and unusable afterwards.

    """

    def __init__(self, listening: socket.socket) -> None:
        timeout = listening.gettimeout()
        super().__init__(fileno=listening.detach())
        self.settimeout(timeout)
        limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        self.max_descriptor = limit - min(RESERVE, limit // 4)
        self._warned_at = -WARN_EVERY_S

    def accept(self) -> tuple[socket.socket, Any]:
        """Return the next connection and its address.

        Raises:
            BlockingIOError: No connection waits, or the new one was refused.
            OSError: Any other error of the socket, but not a lack of descriptors.

        """
        try:
            client, address = super().accept()
        except OSError as error:
            if error.errno not in (errno.EMFILE, errno.ENFILE):
                raise
            self._warn()
            time.sleep(REST_S)  # the connection still waits and would wake the caller again at once
            raise BlockingIOError(errno.EAGAIN, "no descriptor is left") from error
        # a new descriptor is always the lowest that is free
        if client.fileno() < self.max_descriptor:
            return client, address
        client.close()
        self._warn()
        raise BlockingIOError(errno.EAGAIN, "refused")

    def _warn(self) -> None:
        now = time.monotonic()
        if now - self._warned_at >= WARN_EVERY_S:
            self._warned_at = now
            log.warning("more than %d files are open: new connections are refused (ulimit -n)", self.max_descriptor)
