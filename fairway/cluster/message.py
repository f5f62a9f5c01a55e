"""ClusterMessage: what the ingest process publishes to web processes through Redis, and the keys that hold it."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from fairway.alerts.event_log import AlertEvent
from fairway.runtime.clock import Clock, Mode
from fairway.traffic.delta import TrafficDelta

STREAM: Final = "fairway:deltas"
"""Key of the Redis stream; each entry holds one encoded ClusterMessage in the field MESSAGE."""
FULL_STATE: Final = "fairway:full"
"""Key of a Redis hash with the latest full ClusterMessage, for a replica that starts or has missed an entry."""
MESSAGE: Final = "message"
STREAM_ID: Final = "stream_id"
"""Field of FULL_STATE: id of the stream entry that the full message includes; reading goes on after it."""


class ClockState(msgspec.Struct, frozen=True):
    """State of a Clock: Unix seconds, clock seconds per wall second (wanted and measured), paused, mode."""

    time: float
    rate: float
    rate_actual: float
    paused: bool
    mode: Mode

    @classmethod
    def of(cls, clock: Clock) -> ClockState:
        """The present state of `clock`."""
        return cls(clock.now(), clock.rate, clock.rate_actual, clock.paused, clock.mode)


class SimulatorState(msgspec.Struct, frozen=True):
    """State of the simulator that web processes show without a command; see `CommandExecutor.state`."""

    seed: int | None
    update_interval: float
    state: dict[str, Any]


class Area(msgspec.Struct, frozen=True):
    """A Zone with its corners as lists of longitude and latitude, degrees."""

    id: int
    name: str
    corners: list[list[float]]


class ClusterMessage(msgspec.Struct, frozen=True):
    """A TrafficDelta and the state that belongs to it but is not part of Traffic: clock, feeds, alerts, zones.

    Attributes:
        fence: fencing token of the publisher; a process that takes over the lease has a higher one.
        delta: the changes of Traffic.
        clock, feeds, simulation: their present state.
        events: alerts since the last message; a full message has the newest ones.
        events_gap: as `EventLog.gap`.
        commands: number of commands from web processes that were executed.
        zones: all zones; None if they have not changed since the last message.
        acknowledged: ids of the acknowledged alerts; None if they have not changed.

    """

    fence: int
    delta: TrafficDelta
    clock: ClockState
    feeds: tuple[dict[str, Any], ...] = ()
    events: tuple[AlertEvent, ...] = ()
    events_gap: tuple[int, int] = (0, 0)
    simulation: SimulatorState | None = None
    commands: int = 0
    zones: tuple[Area, ...] | None = None
    acknowledged: tuple[str, ...] | None = None


def encode(message: ClusterMessage) -> bytes:
    """The message as MessagePack."""
    return msgspec.msgpack.encode(message)


def decode(packed: bytes) -> ClusterMessage:
    """The ClusterMessage in `packed`.

    Raises:
        msgspec.DecodeError: If `packed` is not an encoded ClusterMessage.

    """
    return msgspec.msgpack.decode(packed, type=ClusterMessage)
