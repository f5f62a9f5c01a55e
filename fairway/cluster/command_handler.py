"""Commands of web processes, as messages to the ingest process, and their execution there. Transport is elsewhere."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import msgspec
import orjson

from fairway.alerts.event_log import EventLog
from fairway.alerts.zones import Zone, ZoneError, ZoneList
from fairway.cluster.message import Area, SimulatorState
from fairway.commands.cluster import AcknowledgeAlerts, AddZone, RemoveZone
from fairway.commands.interfaces import CommandExecutor
from fairway.commands.union import AnyCommand
from fairway.commands.validation import checked
from fairway.errors import RequestError

log = logging.getLogger(__name__)
LEASE: Final = "fairway:ingest"
"""Key that names the present ingest process; it expires soon after that process has died."""
WITHIN_S: Final = 130.0
"""Longest wait for a reply; the simulator gives up a little earlier."""
T = TypeVar("T")


def command_queue(holder: str) -> str:
    """Return the key of the list of commands for the holder of the lease; a successor never executes them."""
    return f"fairway:asked:{holder}"


def reply_queue(reply: str) -> str:
    """Return the key of the list with the reply to one command."""
    return f"fairway:answer:{reply}"


def area(zone: Zone) -> Area:
    """Return a zone as messages hold it."""
    return Area(zone.id, zone.name, zone.corners.tolist())


class CommandMessage(msgspec.Struct, frozen=True):
    """A command, still encoded, and the name of the queue where its sender waits for the reply."""

    command: msgspec.Raw
    reply: str


class ReplyError(msgspec.Struct, frozen=True):
    """A RequestError as a message."""

    code: str
    text: str
    field: str | None


class Reply(msgspec.Struct, frozen=True):
    """A command's `result` or `fault`. Deltas from (fence, number) on show what the command changed."""

    number: int
    fence: int = 0
    result: Any = None
    fault: ReplyError | None = None


def encode_command(command: AnyCommand, reply: str) -> bytes:
    """Return the message that carries a command."""
    return msgspec.json.encode(CommandMessage(msgspec.Raw(msgspec.json.encode(command)), reply))


def encode_reply(reply: Reply) -> bytes:
    """Return a reply as JSON; its arrays become lists, as in an answer of the ingest process itself."""
    return orjson.dumps(reply, default=msgspec.structs.asdict, option=orjson.OPT_SERIALIZE_NUMPY)


def decode_as(text: bytes, kind: type[T]) -> T:
    """Return the message in `text`.

    Raises:
        msgspec.DecodeError: `text` is no such message.

    """
    return msgspec.json.decode(text, type=kind)


@dataclass(slots=True)
class CommandHandler:
    """Executes commands in the ingest process.

    Attributes:
        simulator: the process's simulator, None without one.
        zones: the zones that raise alerts.
        events: the alerts.
        done: number of commands that were executed or refused.

    """

    simulator: CommandExecutor | None
    zones: ZoneList
    events: EventLog
    done: int = 0

    def handle(self, message: CommandMessage) -> Reply:
        """Execute a command and return its reply, an error included. One thread calls it."""
        result, fault = None, None
        try:
            command: Any = checked(msgspec.json.decode(message.command), AnyCommand)  # type: ignore[arg-type]  # a union
            result = self._execute(command)
        except RequestError as error:
            fault = ReplyError(error.code, str(error), error.field)
        except ZoneError as error:
            fault = ReplyError("bad_request", str(error), "corners")
        except Exception as error:
            # the next command must not wait for a process that died of this one
            log.exception("command failed: %.200s", bytes(message.command))
            fault = ReplyError("internal", f"the ingest process failed: {type(error).__name__}", None)
        self.done += 1
        return Reply(self.done, result=result, fault=fault)

    def simulation(self) -> SimulatorState | None:
        """Return the simulator's state, as deltas carry it."""
        simulator = self.simulator
        return SimulatorState(simulator.seed, simulator.update_interval, simulator.state()) if simulator else None

    def _execute(self, command: AnyCommand) -> Any:
        match command:
            case AddZone():
                return area(self.zones.add(command.name, [list(corner) for corner in command.corners]))
            case RemoveZone():
                return self.zones.remove(command.id)
            case AcknowledgeAlerts():
                return self.events.acknowledge(command.event_ids)
        if self.simulator is None:
            raise RequestError("no_simulator", "no simulator runs in the ingest process")
        return self.simulator.execute(command)
