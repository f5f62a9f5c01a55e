"""Supervisor: threads that are restarted when they fail, and whose failures are counted and shown."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from fairway.runtime.backoff import Backoff

log = logging.getLogger(__name__)
FIRST_WAIT_S: Final = 0.5
LONGEST_WAIT_S: Final = 30.0


@dataclass(slots=True)
class Worker:
    """One supervised thread.

    Attributes:
        name: of the thread, distinct in the status.
        backoff: waits between its restarts.
        restarts: number of failures.
        last_error: type and message of the last failure; "" before the first.
        running: False while it waits for a restart, and after it ended.
        thread: None until it starts.

    """

    name: str
    backoff: Backoff
    restarts: int = 0
    last_error: str = ""
    running: bool = False
    thread: threading.Thread | None = None


class Supervisor:
    """Starts threads and restarts those that fail, until `stop` is set.

    Args:
        first_wait_s: wait before the first restart of a thread, seconds; doubles to LONGEST_WAIT_S.

    Attributes:
        stop: set by `finish`; every thread watches it.
        workers: in the order of their start.

    """

    def __init__(self, first_wait_s: float = FIRST_WAIT_S) -> None:
        self.stop = threading.Event()
        self.workers: list[Worker] = []
        self._first_wait_s = first_wait_s

    def is_running(self, name: str) -> bool:
        """Return whether a thread of that name is alive and not waiting for a restart."""
        return any(worker.running for worker in self.workers if worker.name == name)

    def start(self, name: str, target: Callable[[], None]) -> Worker:
        """Run `target` in a daemon thread, and again after a growing wait each time it raises."""
        worker = Worker(name, Backoff(self._first_wait_s, LONGEST_WAIT_S))
        self.workers.append(worker)
        worker.thread = threading.Thread(target=self._run, args=(worker, target), name=name, daemon=True)
        worker.thread.start()
        return worker

    def finish(self, within_s: float) -> list[str]:
        """Set `stop`, wait up to `within_s` seconds for the threads, and return the names of those still running."""
        self.stop.set()
        deadline = time.monotonic() + within_s
        for worker in self.workers:
            if worker.thread:
                worker.thread.join(max(0.0, deadline - time.monotonic()))
        return [worker.name for worker in self.workers if worker.thread and worker.thread.is_alive()]

    def _run(self, worker: Worker, target: Callable[[], None]) -> None:
        while not self.stop.is_set():
            worker.running = True
            wait_s = 0.0
            try:
                target()
            except Exception as error:
                worker.restarts += 1
                # the status is public: the path of an OSError stays in the log
                worker.last_error = f"{type(error).__name__}: {getattr(error, 'strerror', None) or error}"
                wait_s = worker.backoff.next()
                log.exception("%s failed; restart in %.1f s", worker.name, wait_s)
            else:
                return
            finally:
                worker.running = False
            self.stop.wait(wait_s)


def attempt(work: Callable[[], None]) -> Exception | None:
    """Run `work`; log and return the exception that it raises, so that one fault does not end a thread's other work."""
    try:
        work()
    except Exception as error:
        log.exception("%s failed", threading.current_thread().name)
        return error
    return None
