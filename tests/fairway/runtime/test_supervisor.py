"""Supervisor: nothing dies quietly."""

import logging
import threading

import pytest

from fairway.runtime import supervisor
from fairway.runtime.supervisor import Supervisor


@pytest.fixture
def running(monkeypatch):
    monkeypatch.setattr(supervisor, "FIRST_WAIT_S", 0.001)
    made = Supervisor()
    yield made
    made.stop.set()


def test_a_dead_thread_is_restarted_counted_and_shown(running, caplog):
    """A feed that raises twice runs a third time; its restarts and last error are there to see."""
    third = threading.Event()
    lives = iter(["radio off", "cable cut"])

    def feed() -> None:
        for reason in lives:
            raise ConnectionError(reason)
        third.set()
        running.stop.wait(30)

    with caplog.at_level(logging.ERROR):
        worker = running.start("radio", feed)
        assert third.wait(10)
    assert (worker.restarts, worker.last_error, worker.running) == (2, "ConnectionError: cable cut", True)
    assert "radio failed" in caplog.text


def test_a_finished_thread_is_not_restarted(running):
    """A feed that ends by itself has ended."""
    done = threading.Event()
    worker = running.start("once", done.set)
    assert done.wait(10)
    for thread in threading.enumerate():
        if thread.name == "once":
            thread.join(10)
    assert (worker.restarts, worker.running) == (0, False)


def test_no_path_is_shown(running):
    """The status is for everybody: the path of a file that could not be opened is in the log alone."""
    second = threading.Event()
    lives = iter(["/secret/place/ais.fifo"])

    def feed() -> None:
        for path in lives:
            open(path)  # noqa: PTH123, SIM115 - that it fails is the point
        second.set()

    worker = running.start("pipe", feed)
    assert second.wait(10)
    assert worker.last_error == "FileNotFoundError: No such file or directory"


def test_the_end_waits_for_what_is_still_written(running):
    """`finish` returns when the threads have done their last work, and names those that take too long."""
    done, ended = [], threading.Event()

    def output() -> None:
        running.stop.wait(10)
        done.append("written")

    running.start("out", output)
    running.start("stubborn", lambda: ended.wait(10) and None)
    assert running.finish(0.5) == ["stubborn"]
    assert done == ["written"]
    ended.set()
    assert running.finish(10) == []
