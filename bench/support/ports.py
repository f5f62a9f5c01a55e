"""Free TCP ports for servers that a benchmark starts."""

import socket


def free_port() -> int:
    """Return a port of 127.0.0.1 without a listener."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
