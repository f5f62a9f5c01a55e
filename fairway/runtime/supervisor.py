"""Supervisor: threads that are restarted, counted and shown when they die."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

log = logging.getLogger(__name__)
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 30.0


@dataclass(slots=True)
class Worker:
    """One supervised thread: its name, how often it was restarted, and its last error."""

    name: str
    restarts: int = 0
    last_error: str = ""
    running: bool = False
    wait_s: float = field(default=FIRST_WAIT_S)
    thread: threading.Thread | None = None


class Supervisor:
    """Starts threads and keeps them going until `stop` is set."""

    def __init__(self) -> None:
        self.stop = threading.Event()
        self.workers: list[Worker] = []

    def is_running(self, name: str) -> bool:
        """Whether a thread of that name is alive, and not waiting for its restart."""
        return any(worker.running for worker in self.workers if worker.name == name)

    def start(self, name: str, target: Callable[[], None]) -> Worker:
        """Run `target` in a daemon thread; when it raises, log it, wait (0.5 s, doubling to 30 s), start it again."""
        worker = Worker(name)
        self.workers.append(worker)
        worker.thread = threading.Thread(target=self._keep, args=(worker, target), name=name, daemon=True)
        worker.thread.start()
        return worker

    def finish(self, within_s: float) -> list[str]:
        """Set `stop` and wait until the threads have ended, at most `within_s`; the names of those that run on."""
        self.stop.set()
        deadline = time.monotonic() + within_s
        for worker in self.workers:
            if worker.thread:
                worker.thread.join(max(0.0, deadline - time.monotonic()))
        return [worker.name for worker in self.workers if worker.thread and worker.thread.is_alive()]

    def _keep(self, worker: Worker, target: Callable[[], None]) -> None:
        while not self.stop.is_set():
            worker.running = True
            try:
                target()
            except Exception as error:
                worker.restarts += 1
                # shown to everybody: the path of an OSError stays in the log
                worker.last_error = f"{type(error).__name__}: {getattr(error, 'strerror', None) or error}"
                log.exception("%s failed; restart in %.1f s", worker.name, worker.wait_s)
            else:
                return
            finally:
                worker.running = False
            self.stop.wait(worker.wait_s)
            worker.wait_s = min(2 * worker.wait_s, LONGEST_WAIT_S)


def attempt(work: Callable[[], None]) -> Exception | None:
    """Run `work`; what it raised, which is logged, or None. For a thread in which one fault must not end the rest."""
    try:
        work()
    except Exception as error:
        log.exception("%s failed", threading.current_thread().name)
        return error
    return None
