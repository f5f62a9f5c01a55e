"""Feed of AIVDM sentences from a named pipe, standard input or a serial device."""

from __future__ import annotations

import os
import selectors
import stat
import termios
import threading
import tty
from typing import Final

from fairway.feeds.intake import CHUNK, LARGE_READ, Intake, rounds
from fairway.runtime.clock import Clock
from fairway.settings import Settings
from fairway.traffic.batch import Publish

SOURCE: Final = "aivdm_pipe"
_RETRY_S: Final = 5.0


def run(publish: Publish, clock: Clock, settings: Settings, stop: threading.Event) -> None:
    """Read `aivdm_pipe` ("-": standard input), until `stop`; reopen a device that has disappeared.

    A serial device is set to 38,400 baud, 8N1, the rate of AIS receivers (IEC 61162-2).
    """
    intake = Intake(SOURCE, publish, clock)
    while not stop.is_set():
        try:
            reason = _read(settings.aivdm_pipe, intake, clock, stop)
        except OSError as error:
            reason = error.strerror or type(error).__name__
        intake.state(reason)
        if settings.aivdm_pipe == "-":
            stop.wait()
        clock.wait(stop, _RETRY_S)


def opened(path: str) -> int:
    """Return a file descriptor to read from."""
    if path == "-":
        return os.dup(0)
    # opened for writing too, a named pipe does not end with its writer
    write = os.O_RDWR if stat.S_ISFIFO(os.stat(path).st_mode) else os.O_RDONLY  # noqa: PTH116 (no Path is at hand)
    descriptor = os.open(path, write | os.O_NONBLOCK | os.O_NOCTTY)
    if os.isatty(descriptor):
        tty.setraw(descriptor)
        settings = termios.tcgetattr(descriptor)
        settings[4] = settings[5] = termios.B38400
        termios.tcsetattr(descriptor, termios.TCSANOW, settings)
    return descriptor


def _read(path: str, intake: Intake, clock: Clock, stop: threading.Event) -> str:
    """Read until the end; return its reason."""
    descriptor, lines, ended = opened(path), intake.splitter(), threading.Event()

    def take() -> bool:
        chunk = os.read(descriptor, CHUNK)
        if not chunk:
            ended.set()
        intake.take(lines.take(chunk))
        return len(chunk) > LARGE_READ

    # not epoll: standard input may be a file
    with selectors.SelectSelector() as selector:
        try:
            selector.register(descriptor, selectors.EVENT_READ, take)
            intake.state("")
            for _ in rounds(selector, clock, stop):
                intake.hand_over()
                if ended.is_set():
                    break
        finally:
            os.close(descriptor)
            intake.hand_over()
    return "ended"
