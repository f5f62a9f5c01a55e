"""The listening socket when descriptors run out; with the real servers, bench/reliability/descriptors.py."""

import contextlib
import logging
import resource
import socket

import pytest

from fairway.web.accept_limiter import RESERVE, AcceptLimiter


@pytest.fixture
def door():
    with AcceptLimiter(socket.create_server(("127.0.0.1", 0))) as built:
        built.settimeout(5)
        yield built


def come(door):
    return socket.create_connection(door.getsockname(), timeout=5)


def test_visitors_are_let_in(door):
    """As by any socket."""
    with come(door) as visitor:
        host, _ = door.accept()
        with host:
            host.sendall(b"hello")
            assert visitor.recv(9) == b"hello"


def test_who_comes_when_the_reserve_begins_is_turned_away(door, caplog, monkeypatch):
    """Its connection is closed, no one raises but EAGAIN, and the log tells it once."""
    with contextlib.ExitStack() as open_:
        used = open_.enter_context(socket.socket()).fileno()
        monkeypatch.setattr(door, "max_descriptor", used + 2)
        with caplog.at_level(logging.WARNING):
            for _ in range(5):
                visitor = open_.enter_context(come(door))
                with contextlib.suppress(BlockingIOError):
                    host, _ = door.accept()
                    open_.enter_context(host)
        assert visitor.recv(1) == b""
    assert len(caplog.records) == 1
    monkeypatch.setattr(door, "max_descriptor", 10_000)
    with come(door), door.accept()[0]:
        pass


def test_no_descriptor_at_all(door):
    """Even when other things have eaten the reserve it only rests a moment."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with come(door):
        lowest = socket.socket()
        resource.setrlimit(resource.RLIMIT_NOFILE, (lowest.fileno() + 1, hard))
        try:
            with pytest.raises(BlockingIOError):
                door.accept()
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
            lowest.close()
        host, _ = door.accept()
        host.close()


def test_a_small_limit_keeps_a_small_reserve(door):
    """The reserve never takes more than a quarter."""
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert door.max_descriptor == limit - min(RESERVE, limit // 4)
