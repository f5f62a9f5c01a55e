"""The end of the server: every client is told, and nobody waits long."""

import signal
import time
from types import SimpleNamespace

import pytest

from app import Fairway

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


def test_many_signals_are_one():
    """A SIGTERM that comes while the first one is served does not begin again: it would wait for its locks for ever."""
    ends, begins = [], []

    def stop():
        begins.append(1)
        if len(begins) < 3:
            signal.raise_signal(signal.SIGTERM)

    before = signal.signal(signal.SIGTERM, lambda *_: ends.append(1))
    try:
        Fairway.stop_on_sigterm(SimpleNamespace(stop=stop))
        signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert (len(begins), len(ends)) == (1, 1)
