"""Listener: an open socket, or an error that names the option at fault."""

import errno
import socket

import pytest

from fairway.errors import SettingsError
from fairway.runtime.listener import listen


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_connections_wait(host, free_port):
    """A client connects before anything accepts."""
    port = free_port()
    with listen(host, port), socket.create_connection((host, port), 30) as client:
        assert client.getpeername()[1] == port


def test_a_taken_port(free_port):
    """The error names --port and its value."""
    port = free_port()
    with listen("127.0.0.1", port), pytest.raises(SettingsError) as caught:
        listen("127.0.0.1", port)
    assert str(caught.value) == f"--port: {port} is in use by another program"


@pytest.mark.parametrize(
    ("host", "text"),
    [("nohost.invalid", "'nohost.invalid' cannot be resolved: "), ("192.0.2.1", "'192.0.2.1' is not an address of ")],
)
def test_a_host_elsewhere(host, text, free_port):
    """A host that does not exist or belongs to another machine is an error of --host."""
    with pytest.raises(SettingsError) as caught:
        listen(host, free_port())
    assert str(caught.value).startswith(f"--host: {text}")


def test_a_port_without_rights(monkeypatch):
    """A port that the user may not open is an error of --port."""

    def bind(self, address):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(socket.socket, "bind", bind)
    with pytest.raises(SettingsError, match=r"^--port: 80 needs administrator rights$"):
        listen("127.0.0.1", 80)
