"""Supervisor: failed threads restart, and their failures are counted and shown."""

import logging
import threading

import pytest

from fairway.runtime.supervisor import Supervisor, attempt


@pytest.fixture
def running():
    supervisor = Supervisor(first_wait_s=0.001)
    yield supervisor
    supervisor.stop.set()


def test_a_failed_thread_restarts(running, caplog):
    """A feed that raises twice runs a third time; its restarts and last error are counted and shown."""
    third = threading.Event()
    lives = iter(["radio off", "cable cut"])

    def feed() -> None:
        for reason in lives:
            raise ConnectionError(reason)
        third.set()
        running.stop.wait(30)

    with caplog.at_level(logging.ERROR):
        worker = running.start("radio", feed)
        assert third.wait(30)
    assert (worker.restarts, worker.last_error, worker.running) == (2, "ConnectionError: cable cut", True)
    assert running.is_running("radio")
    assert "radio failed" in caplog.text


def test_a_finished_thread_does_not_restart(running):
    """A feed that returns has ended."""
    worker = running.start("once", lambda: None)
    worker.thread.join(30)
    assert (worker.restarts, worker.running, running.is_running("once")) == (0, False, False)


def test_paths_stay_in_the_log(running):
    """The status is public: the path of a file that could not be opened is in the log alone."""
    second = threading.Event()
    lives = iter(["/secret/place/ais.fifo"])

    def feed() -> None:
        for path in lives:
            open(path)  # noqa: PTH123, SIM115 - that it fails is the point
        second.set()

    worker = running.start("pipe", feed)
    assert second.wait(30)
    assert worker.last_error == "FileNotFoundError: No such file or directory"


def test_the_end_waits_for_last_work(running):
    """`finish` returns when the threads have done their last work, and names those that take too long."""
    done, released = [], threading.Event()

    def output() -> None:
        running.stop.wait(30)
        done.append("written")

    running.start("out", output)
    running.start("stubborn", lambda: released.wait(30) and None)
    assert running.finish(0.5) == ["stubborn"]
    assert done == ["written"]
    released.set()
    assert running.finish(30) == []


def test_an_attempt_returns_its_error(caplog):
    """An exception is logged and returned, and nothing is returned for work that succeeds."""
    error = attempt(lambda: 1 / 0)
    assert isinstance(error, ZeroDivisionError)
    assert "failed" in caplog.text
    assert attempt(lambda: None) is None
