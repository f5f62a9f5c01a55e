"""Orders: what a web process asks of the ingest process, and how that carries it out. The transport is another's."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import msgspec
import orjson

from fairway.alerts.event_log import EventLog
from fairway.alerts.zones import Zone, ZoneError, ZoneList
from fairway.cluster.message import Area, SimulatorState
from fairway.commands.control import Control
from fairway.errors import RequestError

log = logging.getLogger(__name__)
LEASE: Final = "fairway:ingest"
"""Key that names the ingest process of the moment; it lapses soon after that has died."""
WITHIN_S: Final = 130.0
"""As long as the longest order may take; the simulator gives up a little earlier."""
OF_CONTROL: Final = {
    name: inspect.signature(method)
    for name, method in vars(Control).items()
    if inspect.isfunction(method) and not name.startswith("_")
}
"""The methods of Control, each of which an order may name."""
T = TypeVar("T")


def asked_of(holder: str) -> str:
    """Key of the list of orders for the holder of the lease: nobody else gets them, not even its successor."""
    return f"fairway:asked:{holder}"


def answer_to(reply: str) -> str:
    """Key of the list with the answer to one order."""
    return f"fairway:answer:{reply}"


def area(zone: Zone) -> Area:
    """The zone, to be told."""
    return Area(zone.id, zone.name, zone.corners.tolist())


class Command(msgspec.Struct, frozen=True):
    """A method by its `name`, its arguments by theirs, and the `reply` that tells where the answer is awaited."""

    name: str
    arguments: dict[str, Any]
    reply: str


class ReplyError(msgspec.Struct, frozen=True):
    """A RequestError."""

    code: str
    text: str
    field: str | None


class Reply(msgspec.Struct, frozen=True):
    """What an order gave: a `result`, or the `fault`; what it did shows in entries from (fence, number) on."""

    number: int
    fence: int = 0
    result: Any = None
    fault: ReplyError | None = None


def packed(message: Command | Reply) -> bytes:
    """The message as JSON: so a result reads as if it had been given here."""
    return orjson.dumps(message, default=msgspec.structs.asdict, option=orjson.OPT_SERIALIZE_NUMPY)


def unpacked(text: bytes, kind: type[T]) -> T:
    """The message in `text`.

    Raises:
        msgspec.DecodeError: It is none.

    """
    return msgspec.json.decode(text, type=kind)


@dataclass(slots=True)
class CommandHandler:
    """Where the ingest process carries out orders.

    Attributes:
        control: its simulator, None without one.
        zones: all there are.
        events: the alerts.
        done: how many orders have been carried out, or refused.

    """

    control: Control | None
    zones: ZoneList
    events: EventLog
    done: int = 0

    def carry_out(self, order: Command) -> Reply:
        """Do it, whatever becomes of it. One thread."""
        result, fault = None, None
        try:
            result = self._result(order)
        except RequestError as error:
            fault = ReplyError(error.code, str(error), error.field)
        except ZoneError as error:
            fault = ReplyError("bad_request", str(error), "corners")
        except Exception as error:
            log.exception("order %s failed", order.name)
            fault = ReplyError("internal", f"the ingest process could not do it: {type(error).__name__}", None)
        self.done += 1
        return Reply(self.done, result=result, fault=fault)

    def simulation(self) -> SimulatorState | None:
        """What the simulator tells without being asked."""
        control = self.control
        return SimulatorState(control.seed, control.update_interval, control.state()) if control else None

    def _result(self, order: Command) -> Any:
        if order.name in OF_CONTROL:
            if self.control is None:
                raise RequestError("no_simulator", "no simulator runs in the ingest process")
            method: Callable[..., Any] = getattr(self.control, order.name)
            return method(**order.arguments)
        if order.name == "add_zone":
            return area(self.zones.add(**order.arguments))
        if order.name == "remove_zone":
            return self.zones.remove(**order.arguments)
        if order.name == "acknowledge":
            return self.events.acknowledge(**order.arguments)
        raise RequestError("bad_request", f"{order.name!r:.60} is no order")
