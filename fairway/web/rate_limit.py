"""Token buckets: limits on requests, one per client of a stream and one per address of REST."""

from __future__ import annotations

import ipaddress
import threading
from collections import OrderedDict
from typing import Final

MAX_ADDRESSES: Final = 10_000
"""Addresses that are remembered; then whoever has not asked for the longest time is forgotten."""
_NETWORK_BITS: Final = 64


class Bucket:
    """`burst` tokens, refilled at `rate` a second. A request takes one; work that can't be refused may run into debt.

    Args:
        rate: tokens a second, above 0.
        burst: the most that it holds, and what it begins with.
        now: monotonic seconds.

    """

    __slots__ = ("_at", "_burst", "_rate", "_tokens")

    def __init__(self, rate: float, burst: float, now: float) -> None:
        self._rate, self._burst, self._tokens, self._at = rate, burst, burst, now

    def take(self, now: float) -> float:
        """Take a token: 0; or, where there is none, the seconds until there will be one."""
        self._refill(now)
        if self._tokens < 1:
            return (1 - self._tokens) / self._rate
        self._tokens -= 1
        return 0.0

    def pay(self, tokens: float, now: float) -> float:
        """Take `tokens` whether they are there or not; the seconds until the debt is paid, 0 without one."""
        self._refill(now)
        self._tokens -= tokens
        return max(0.0, -self._tokens / self._rate)

    def _refill(self, now: float) -> None:
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
        self._at = now


class Buckets:
    """A Bucket for each address that asks, at most MAX_ADDRESSES. For any thread.

    An IPv6 address counts with its whole /64: that is what one subscriber is given.
    """

    def __init__(self, rate: float, burst: float) -> None:
        self._rate, self._burst = rate, burst
        self._of: OrderedDict[str, Bucket] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._of)

    def take(self, address: str, now: float) -> float:
        """Take a token of `address`: 0; or the seconds until there will be one."""
        with self._lock:
            return self._find(address, now).take(now)

    def pay(self, address: str, tokens: float, now: float) -> None:
        """Let what `address` got count for `tokens` more."""
        with self._lock:
            self._find(address, now).pay(tokens, now)

    def _find(self, address: str, now: float) -> Bucket:
        key = _network(address)
        bucket = self._of.get(key)
        if bucket is None:
            bucket = self._of[key] = Bucket(self._rate, self._burst, now)
            if len(self._of) > MAX_ADDRESSES:
                self._of.popitem(last=False)
        self._of.move_to_end(key)
        return bucket


def _network(address: str) -> str:
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(ip, ipaddress.IPv4Address) or ip.ipv4_mapped:
        return address
    return str(ipaddress.ip_network((ip, _NETWORK_BITS), strict=False))
