"""Memory that does not creep: glibc is told to share a few arenas among all threads."""

from __future__ import annotations

import ctypes
from typing import Final

ARENAS: Final = 2
_M_ARENA_MAX: Final = -8


def share_arenas() -> bool:
    """Let all threads allocate from ARENAS arenas instead of eight a core; whether the C library could be told.

    Requests come on threads of their own, and each arena keeps the holes that large answers leave: with clients that
    come and go the resident memory crept by 3 MB a minute. Source: mallopt(3), M_ARENA_MAX; other C libraries don't
    have it.
    """
    try:
        return bool(ctypes.CDLL(None).mallopt(_M_ARENA_MAX, ARENAS))
    except (OSError, AttributeError):
        return False
