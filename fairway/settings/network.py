"""Network: where the server listens, who may use it, how much, and how it logs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from fairway.errors import SettingsError
from fairway.settings.fields import secret, setting
from fairway.settings.parsing import listed


@dataclass(frozen=True)
class NetworkSettings:
    """Address, access, limits and log of the web server."""

    host: str = setting("127.0.0.1", "Address to listen on.")
    port: int = setting(8050, "TCP port of the page, the streams and REST.", 1, 65535)
    hosts: str = setting(
        "", "Extra Host names, comma-separated, accepted on loopback (protects against DNS rebinding)."
    )
    origins: str = setting("", "Other origins whose pages may read and, with the token, write: https://a.example,...")
    token: str = secret("Secret for writing over the network. Without one only this machine may write.")
    trusted_proxies: int = setting(
        0, "Number of proxies in front whose X-Forwarded-For, -Proto and -Host are trusted.", 0, 10
    )
    threads: int = setting(64, "Threads of the web server; Socket.IO clients may take half of them.", 4, 1024)
    max_clients: int = setting(5000, "Largest number of WebSocket clients.", 1, 100_000)
    max_clients_per_address: int = setting(
        100, "Largest number of WebSocket clients per address; loopback is exempt.", 1, 100_000
    )
    rest_requests_per_s: int = setting(
        20, "REST requests per second and address; loopback is exempt; 0 sets no limit.", 0, 100_000
    )
    log_format: str = setting(
        "text", "Log lines on standard error: text, or json (one object per line).", choices=("text", "json")
    )

    @property
    def host_names(self) -> tuple[str, ...]:
        """Extra names of this server, lower case."""
        return listed(self.hosts.lower())

    @property
    def origin_names(self) -> tuple[str, ...]:
        """Other origins whose pages may use this server, lower case."""
        return listed(self.origins.lower())

    def check_network(self) -> None:
        """Check hosts and origins.

        Raises:
            SettingsError: If one has another form.

        """
        for origin in self.origin_names:
            if not re.fullmatch(r"https?://(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?", origin):
                raise SettingsError(
                    "--origins", f"{origin!r} is not an origin such as https://ships.example or http://10.0.0.7:80"
                )
        for name in self.host_names:
            if not re.fullmatch(r"\[[0-9a-f:.]+\]|[a-z0-9._-]+", name):
                raise SettingsError("--hosts", f"{name!r} is not a host name without a port, such as ships.example")
