"""Listener: opens the server's TCP socket before anything is built, with an error that names the option at fault."""

from __future__ import annotations

import errno
import socket
from typing import Final

from fairway.errors import SettingsError

BACKLOG: Final = 128
_AT_FAULT: Final = {
    errno.EADDRINUSE: ("--port", "{port} is in use by another program"),
    errno.EACCES: ("--port", "{port} needs administrator rights"),
    errno.EADDRNOTAVAIL: ("--host", "{host!r} is not an address of this machine"),
}


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket; connections wait in its backlog until the server accepts them.

    Raises:
        SettingsError: If the host cannot be resolved, or the port cannot be opened.

    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError as error:
        raise SettingsError("--host", f"{host!r} cannot be resolved: {error.strerror}") from error
    listener = socket.socket(family, kind, protocol)
    try:
        # a restarted server takes its port again while connections of the last one time out
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        name, text = _AT_FAULT.get(error.errno or 0, ("--host", f"{{host}}:{{port}}: {error.strerror}"))
        raise SettingsError(name, text.format(host=host, port=port)) from error
    return listener
