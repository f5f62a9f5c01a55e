"""The end of the server: every client is told, and nobody waits long."""

import signal
import time

import pytest

CLIENTS = 200
GONE_WITHIN_S = 5.0


@pytest.mark.parametrize("under", ["werkzeug", "gunicorn"])
def test_sigterm(start_server, raw, under):
    """With 200 clients, some of which never answer: 1001 to all, and the process has ended in under five seconds."""
    server = start_server(under=under)
    clients = [raw(server.port) for _ in range(CLIENTS)]
    for client in clients:
        assert client.handshake().startswith("HTTP/1.1 101 ")
        assert client.message("connection_established")
    begin = time.monotonic()
    server.process.send_signal(signal.SIGTERM)
    for client in clients[:-3]:
        assert client.closed() == 1001
        client.sock.close()
    server.process.wait(20)
    assert time.monotonic() - begin < GONE_WITHIN_S
    assert [client.closed() for client in clients[-3:]] == [1001] * 3
