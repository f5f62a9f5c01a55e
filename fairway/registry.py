"""Registry: feeds, outputs and alert rules by name. A new one costs its file, its test and one line here."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Entry:
    """One feed, output or alert rule.

    Attributes:
        target: "module:function", imported when the server needs it.
        about: one sentence for help texts and documentation.
        section: section of the settings that holds its options.

    """

    target: str
    about: str
    section: str

    def load(self) -> Any:
        """Import the module and return the function."""
        module, _, function = self.target.partition(":")
        return getattr(importlib.import_module(module), function)

    def run(self, *arguments: object) -> None:
        """Import the module and call the function: in the output's own thread, so that no library delays the start."""
        self.load()(*arguments)


# The server builds the simulator itself, before the other feeds: panels, REST and checkpoints need its commands.
FEEDS: Final = {
    "simulator": Entry("sim.simulator:simulator", "simulated vessels on the world's shipping lanes", "simulator"),
    "aivdm_file": Entry("fairway.feeds.aivdm_file:run", "a recording of AIVDM sentences at its own pace", "feeds"),
    "aivdm_tcp": Entry("fairway.feeds.aivdm_tcp:run", "AIVDM from TCP servers that it connects to", "feeds"),
    "aivdm_listen": Entry("fairway.feeds.aivdm_listen:run", "AIVDM that receivers push over TCP", "feeds"),
    "aivdm_udp": Entry("fairway.feeds.aivdm_udp:run", "AIVDM in UDP datagrams, also multicast", "feeds"),
    "aivdm_pipe": Entry("fairway.feeds.aivdm_pipe:run", "AIVDM from a pipe, standard input or serial device", "feeds"),
    "aisstream": Entry("fairway.feeds.aisstream:run", "the stream of aisstream.io or of another Fairway", "feeds"),
    "redis": Entry("fairway.cluster.follower:run", "the vessels that an ingest process publishes", "cluster"),
}
"""Feeds for `--feeds`: `run(publish, clock, settings, stop)`."""

OUTPUTS: Final = {
    "aivdm_tcp": Entry("fairway.outputs.aivdm_tcp:run", "AIVDM sentences for TCP clients that connect", "outputs"),
    "aivdm_udp": Entry("fairway.outputs.aivdm_udp:run", "AIVDM sentences in datagrams to one address", "outputs"),
    "history": Entry("fairway.history.writer:run", "every report into the database", "history"),
    "mqtt": Entry("fairway.outputs.mqtt:run", "every report to an MQTT broker", "outputs"),
    "amqp": Entry("fairway.outputs.amqp:run", "every report to RabbitMQ", "outputs"),
}
"""Outputs for `--outputs`: `run(report_queue, clock, settings, stop)`."""

RULES: Final = {
    "port_call": Entry("fairway.alerts.rules.port_call:rules", "a vessel enters or leaves a port", "alerts"),
    "high_speed": Entry("fairway.alerts.rules.high_speed:rules", "a vessel is faster than its limit", "alerts"),
    "zone": Entry("fairway.alerts.rules.zone:rules", "a vessel enters or leaves a zone", "alerts"),
}
"""Alert rules: `rules(settings, zones)` returns the rules for the zones of this moment."""


def choices() -> dict[str, dict[str, str]]:
    """Names that `--feeds` and `--outputs` accept, with a sentence about each, by setting."""
    seams = {"feeds": FEEDS, "outputs": OUTPUTS}
    return {setting: {name: entry.about for name, entry in seam.items()} for setting, seam in seams.items()}
