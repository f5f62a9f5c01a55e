"""Outputs: which relays of every report run, and where they send."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from fairway.errors import SettingsError
from fairway.settings.fields import option, secret, setting
from fairway.settings.parsing import addresses


@dataclass(frozen=True)
class OutputSettings:
    """The outputs and the places that they send to."""

    outputs: str = setting("", "Outputs that relay every report, comma-separated.")
    aivdm_out_host: str = setting("127.0.0.1", "Address on which the output aivdm_tcp listens.")
    aivdm_out_port: int = setting(10110, "TCP port of the output aivdm_tcp; 0 takes a free one.", 0, 65535)
    aivdm_out_udp: str = setting("127.0.0.1:10110", "HOST:PORT to which the output aivdm_udp sends.")
    aivdm_out_tags: bool = setting(False, "Put a TAG block with source and time before each AIVDM sentence.")
    mqtt_url: str = secret("MQTT broker, mqtt://[USER:PASSWORD@]HOST[:PORT]; starts the output mqtt.")
    amqp_url: str = secret("RabbitMQ, amqp://[USER:PASSWORD@]HOST[:PORT][/VHOST]; starts the output amqp.")

    def check_outputs(self, chosen: Collection[str]) -> None:
        """Check the places of the chosen outputs.

        Raises:
            SettingsError: If one is missing or has another form.

        """
        if len(addresses("--aivdm-out-udp", self.aivdm_out_udp)) > 1:
            raise SettingsError("--aivdm-out-udp", f"{self.aivdm_out_udp!r} is more than one address")
        for name, url in (("mqtt", self.mqtt_url), ("amqp", self.amqp_url)):
            if name in chosen and not re.fullmatch(rf"{name}s?://(\S+@)?[^@\s/:]\S*", url):
                # the message leaves the value out: it may hold a password
                raise SettingsError(option(f"{name}_url"), f"must be {name}://HOST..., for the output {name}")
