"""Execution of web processes' commands in the ingest process, without a transport."""

import msgspec
import numpy as np
import orjson
import pytest

from fairway.alerts.event_log import EventLog
from fairway.alerts.zones import Zones
from fairway.cluster import command_handler
from fairway.cluster.command_handler import CommandHandler, CommandMessage, Reply, ReplyError, decode_as, encode_command
from fairway.commands.clock import Step
from fairway.commands.cluster import AcknowledgeAlerts, AddZone, RemoveZone
from fairway.errors import RequestError
from tests.support.cluster import RecordingSimulator

CORNERS = [(0.0, 50.0), (1.0, 50.0), (1.0, 51.0)]


def handler(simulator: RecordingSimulator | None = None) -> CommandHandler:
    return CommandHandler(simulator, Zones(":memory:"), EventLog())


def sent(command) -> CommandMessage:
    return decode_as(encode_command(command, "here"), CommandMessage)


@pytest.mark.parametrize(
    ("command", "field", "text"),
    [
        ({"kind": "burn"}, "kind", "kind: expected one of"),
        ({}, "kind", "kind"),
        ({"kind": "step", "seconds": 0}, "seconds", "seconds: expected a number from 0.001"),
        ({"kind": "step", "minutes": 1}, "minutes", "unknown key 'minutes'"),
    ],
)
def test_an_unknown_or_wrong_command_is_an_error(command, field, text):
    """The reply has the code and the key, and the simulator never sees the command."""
    simulator = RecordingSimulator()
    built = handler(simulator)
    reply = built.handle(CommandMessage(msgspec.Raw(orjson.dumps(command)), "here"))
    assert reply.fault
    assert (reply.fault.code, reply.fault.field) == ("bad_request", field)
    assert text in reply.fault.text
    assert (simulator.commands, built.done) == ([], 1)


def test_zones_and_alerts_need_no_simulator():
    """Zones are added and removed, and alerts acknowledged, in the ingest process itself."""
    built = handler()
    added = built.handle(sent(AddZone(name="Dover", corners=CORNERS))).result
    assert [(zone.id, zone.name) for zone in built.zones.all] == [(added.id, "Dover")]
    assert built.handle(sent(RemoveZone(id=added.id))).result is True
    assert built.handle(sent(RemoveZone(id=added.id))).result is False
    built.events.publish(0.0, event_id="a1", kind="high_speed", state="raised", vessel={"mmsi": 1}, evidence={})
    built.handle(sent(AcknowledgeAlerts(event_ids=["a1"])))
    assert built.events.acknowledged == ["a1"]
    assert built.done == 4


def test_the_simulator_executes_the_rest():
    """The simulator gets the command that was sent; without one the reply is an error."""
    simulator = RecordingSimulator()
    assert handler(simulator).handle(sent(Step(seconds=5))) == Reply(1, result="done")
    assert simulator.commands == [Step(seconds=5)]
    fault = handler().handle(sent(Step())).fault
    assert fault
    assert fault.code == "no_simulator"


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (RequestError("unsailable", "on land", "waypoints"), ReplyError("unsailable", "on land", "waypoints")),
        (ZeroDivisionError("0"), ReplyError("internal", "the ingest process failed: ZeroDivisionError", None)),
    ],
)
def test_a_failure_is_a_reply(error, fault):
    """An error of the simulator is sent back, and the next command is executed."""
    simulator = RecordingSimulator(error)
    built = handler(simulator)
    assert built.handle(sent(Step())).fault == fault
    simulator.error = None
    assert built.handle(sent(Step())) == Reply(2, result="done")


def test_a_reply_survives_its_message():
    """A reply and its error are the same after JSON; arrays become lists."""
    reply = Reply(4, 2, {"zones": [1, 2]}, ReplyError("busy", "later", None))
    assert decode_as(command_handler.encode_reply(reply), Reply) == reply
    assert decode_as(command_handler.encode_reply(Reply(1, result=np.array([1.5]))), Reply).result == [1.5]


def test_the_state_is_that_of_the_simulator():
    """Deltas carry seed, interval and state; nothing without a simulator."""
    state = handler(RecordingSimulator()).simulation()
    assert state
    assert (state.seed, state.update_interval, state.state) == (3, 10.0, {"seed": 3})
    assert handler().simulation() is None
