"""How a connection is taken from its server: exactly what is used of simple-websocket and of the WSGI servers."""

import socket
import subprocess
from importlib.metadata import version

import pytest
from flask import Flask
from simple_websocket import Server

from fairway.web.websocket import route
from fairway.web.websocket.no_reader import NoReader
from fairway.web.websocket.route import UpgradeMiddleware, take_over
from tests.conftest import ROOT, clean_environ, procfile_command

HANDSHAKE = {
    "REQUEST_METHOD": "GET",
    "PATH_INFO": "/ws",
    "HTTP_HOST": "127.0.0.1",
    "HTTP_UPGRADE": "websocket",
    "HTTP_CONNECTION": "Upgrade",
    "HTTP_SEC_WEBSOCKET_KEY": "dGhlIHNhbXBsZSBub25jZQ==",
    "HTTP_SEC_WEBSOCKET_VERSION": "13",
    "wsgi.multithread": True,
}


@pytest.fixture
def connection():
    """Both ends of a TCP connection: the server's, the client's."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = socket.create_connection(listener.getsockname(), timeout=5)
        server, _ = listener.accept()
    with client, server:
        yield server, client


def test_the_version_is_the_one_that_was_read():
    """Another simple-websocket or flask-sock must be read first, line by line; then this test is changed."""
    assert (version("simple-websocket"), version("flask-sock"), version("wsproto")) == ("1.1.0", "0.7.0", "1.3.2")


@pytest.mark.parametrize("name", route.SOCKETS)
def test_simple_websocket_shakes_hands_and_reads_nothing(connection, name):
    """It finds the socket in the environment, answers 101 with RFC 6455's own key, and leaves the rest to us."""
    server, client = connection
    built = Server(HANDSHAKE | {name: server}, thread_class=NoReader)
    head = client.recv(4096)
    assert head.startswith(b"HTTP/1.1 101 ")
    assert b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in head
    assert built.sock is server
    client.sendall(b"\x81\x80abcd")
    assert server.recv(4096) == b"\x81\x80abcd"


def test_the_server_cannot_touch_what_was_taken(connection):
    """Its writing fails, its shutdown and close go nowhere; the client hears only the taken descriptor."""
    server, client = connection
    with take_over(server) as taken:
        with pytest.raises(BrokenPipeError):
            server.send(b"HTTP/1.1 500 ")
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        taken.sendall(b"frame")
        assert client.recv(64) == b"frame"
        client.sendall(b"answer")
        assert taken.recv(64) == b"answer"
    assert client.recv(64) == b""


def test_without_a_descriptor_nothing_is_taken(connection, monkeypatch):
    """The connection stays the server's, which can still say goodbye on it."""
    server, client = connection

    def full():
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(socket, "socketpair", full)
    with pytest.raises(OSError, match="Too many"):
        take_over(server)
    server.sendall(b"bye")
    assert client.recv(64) == b"bye"


class ForeignSocket(socket.socket):
    """As gevent's or ssl's: a class from another module."""


@pytest.mark.parametrize("sockets", [{}, {"gunicorn.socket": ForeignSocket()}, {"uwsgi.socket": socket.socket()}])
def test_an_unknown_server_is_reported_at_the_upgrade(sockets, caplog):
    """501 instead of a half-made stream, and the log says what it needs."""
    status = []
    environ = HANDSHAKE | sockets | {"SERVER_SOFTWARE": "other/1"}
    UpgradeMiddleware(Flask("inner"))(environ, lambda line, headers: status.append(line))
    assert status == ["501 Not Implemented"]
    assert "no /ws under other/1" in caplog.text


def test_another_worker_class_is_an_error_at_start(free_port):
    """The server gunicorn without its gthread worker ends and names what is wrong."""
    command = [part.replace("gthread --threads 64", "sync") for part in procfile_command()]
    environ = clean_environ(PORT=str(free_port()))
    ended = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode != 0
    assert "gunicorn with --worker-class gthread" in ended.stderr
