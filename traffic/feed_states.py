"""Feed states: whether each feed still speaks. Connected but no data is a state that clients can see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from traffic.batch import Batch

SILENT_AFTER_S: Final = 60.0


@dataclass(slots=True)
class _Heard:
    """What one feed gave so far."""

    at: float | None = None
    reports: int = 0
    rejected: Counter[str] = field(default_factory=Counter)


class FeedStates:
    """Remembers when each feed was last heard, in wall seconds.

    Args:
        names: of the feeds.
        monotonic: wall seconds.
        running: whether the thread of a feed is alive.

    """

    def __init__(self, names: Iterable[str], monotonic: Callable[[], float], running: Callable[[str], bool]) -> None:
        self._monotonic, self._running = monotonic, running
        self._heard = {name: _Heard() for name in names}

    def listen(self, name: str, publish: Callable[[Batch], None]) -> Callable[[Batch], None]:
        """`publish` for the feed `name`, noted on the way. One thread each."""
        heard = self._heard[name]

        def noted(batch: Batch) -> None:
            if len(batch.mmsi):
                heard.at = self._monotonic()
            heard.reports += len(batch.mmsi)
            heard.rejected.update(batch.rejected)
            publish(batch)

        return noted

    def states(self) -> list[dict[str, Any]]:
        """For each feed its `name`, `state` and `age_s`, wall seconds since its last report, None before the first.

        A state is ok, silent (nothing for SILENT_AFTER_S, or nothing yet) or down (its thread has failed).
        """
        now = self._monotonic()
        return [self._state(name, heard, now) for name, heard in self._heard.items()]

    def _state(self, name: str, heard: _Heard, now: float) -> dict[str, Any]:
        age_s = None if heard.at is None else round(now - heard.at, 1)
        silent = age_s is None or age_s > SILENT_AFTER_S
        state = "down" if not self._running(name) else "silent" if silent else "ok"
        return {
            "name": name,
            "state": state,
            "age_s": age_s,
            "reports": heard.reports,
            "rejected": dict(heard.rejected),
        }
