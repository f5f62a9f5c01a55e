"""The end of the server: every client gets a close frame, also when others do not answer theirs."""

import signal

import pytest

CLIENTS = 200


@pytest.mark.parametrize("under", ["werkzeug", "gunicorn"])
def test_sigterm(start_server, raw, under):
    """With 200 clients, some of which never answer: 1001 to all, and the process ends."""
    server = start_server(under=under)
    clients = [raw(server.port) for _ in range(CLIENTS)]
    for client in clients:
        assert client.handshake().startswith("HTTP/1.1 101 ")
        assert client.message("connection_established")
    server.process.send_signal(signal.SIGTERM)
    for client in clients[:-3]:
        assert client.closed() == 1001
        client.sock.close()
    server.process.wait(60)
    assert [client.closed() for client in clients[-3:]] == [1001] * 3
