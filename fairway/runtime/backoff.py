"""Backoff: the growing waits between attempts at something that keeps failing."""

from __future__ import annotations


class Backoff:
    """Waits that double from one attempt to the next.

    Args:
        first_s: first wait after a success, seconds.
        longest_s: bound of the waits, seconds.

    """

    def __init__(self, first_s: float, longest_s: float) -> None:
        self._first_s, self._longest_s = first_s, longest_s
        self._next_s = first_s

    def next(self) -> float:
        """Return the seconds to wait now, and double them for the next call."""
        wait_s = self._next_s
        self._next_s = min(2 * wait_s, self._longest_s)
        return wait_s

    def reset(self) -> None:
        """Start at the first wait again, after a success."""
        self._next_s = self._first_s
