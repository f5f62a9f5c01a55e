"""Follow a fleet in the terminal: python realtime_websocket_client.py [ws://host:port/ws] [filters].

A live table where there is a terminal (needs the package rich), plain lines elsewhere or with --plain.
It needs the package websockets, and no part of the server: copy it and go on from here.
"""

import argparse
import asyncio
import contextlib
import json
import random
import sys
import time
from collections import Counter

import websockets

TYPES = "container bulker general_cargo tanker passenger high_speed tug_special fishing pleasure cargo other".split()
STATUSES = ["at_sea", "in_port", "anchored"]
GREETING_WITHIN_S = 10
LONGEST_WAIT_S = 30


class Fleet:
    """The fleet as the messages describe it so far."""

    def __init__(self):
        self.vessels = {}
        self.summary = {}
        self.feeds = []
        self.cursor = None  # (epoch, seq) of the last update: a new connection resumes there
        self.heard = time.monotonic()

    def apply(self, message):
        """Apply one message; return False when updates are missing before it."""
        kind = message["type"]
        if kind == "vessel_updates":
            return self._update(message)
        if kind == "subscription_confirmed" and not message.get("resumed"):
            self.cursor = (message["epoch"], message["seq"]) if "epoch" in message else None
        if kind == "epoch":  # the server's clock was set back: the fleet starts empty
            self.vessels.clear()
            self.cursor = (message["epoch"], 0)
        self.feeds = message.get("feeds", self.feeds)
        self.summary = message.get("summary") or message.get("fleet_summary") or self.summary
        return True

    def _update(self, message):
        first = message.get("part", 1) == 1
        if message.get("snapshot") and first:
            self.vessels.clear()
        elif first and self.cursor and message.get("prev", self.cursor[1]) not in (0, self.cursor[1]):
            return False
        for vessel in message["updates"]:
            self.vessels[vessel["mmsi"]] = vessel
        for gone in message.get("removed", []):
            self.vessels.pop(gone["mmsi"], None)
        if self.cursor and message.get("part", 1) == message.get("parts", 1):
            self.cursor = (self.cursor[0], message["seq"])
        self.heard = time.monotonic()
        return True


class Plain:
    """Prints every update, as the guide's client does."""

    def message(self, _fleet, message):
        if message["type"] != "vessel_updates":
            return
        print(f"Received {len(message['updates'])} vessel updates")
        for vessel in message["updates"]:
            position = vessel["position"]
            print(f"  {vessel['vessel_name']}: ({position['latitude']:.4f}, {position['longitude']:.4f})")

    def note(self, text):
        print(text, file=sys.stderr, flush=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        sys.stdout.flush()


class Table:
    """A live table with the fleet's composition and the state of the connection."""

    def __init__(self, sort):
        from rich.console import Console
        from rich.live import Live

        self.sort, self.state = sort, "connecting"
        self.console = Console()
        self.live = Live(console=self.console, screen=True, auto_refresh=False)
        self.drawn = 0.0

    def __enter__(self):
        self.live.__enter__()
        return self

    def __exit__(self, *reason):
        self.live.__exit__(*reason)
        self.console.print(self.state)

    def message(self, fleet, message):
        self.state = "connected"
        if time.monotonic() - self.drawn > 0.2 or message["type"] != "vessel_updates":
            self.drawn = time.monotonic()
            self.live.update(self._page(fleet), refresh=True)

    def note(self, text):
        from rich.text import Text

        self.state = text
        self.live.update(Text(text, style="yellow"), refresh=True)

    def _page(self, fleet):
        from rich.console import Group
        from rich.text import Text

        feeds = ", ".join(f"{feed['name']} {feed['state']}" for feed in fleet.feeds)
        head = (
            f"{self.state} · {len(fleet.vessels)} vessels here, {fleet.summary.get('total_vessels', '?')} in the fleet"
        )
        head += f" · {fleet.summary.get('connected_clients', '?')} clients" + (f" · {feeds}" if feeds else "")
        return Group(Text(head, style="bold"), self._composition(fleet), self._vessels(fleet))

    def _composition(self, fleet):
        from rich.text import Text

        lines = Text()
        for key in ("vessel_type", "status"):
            counts = Counter(vessel[key] for vessel in fleet.vessels.values())
            lines.append("  ".join(f"{name} {count}" for name, count in counts.most_common()) + "\n")
        return lines

    def _vessels(self, fleet):
        from rich.table import Table as Grid
        from rich.text import Text

        grid = Grid(expand=True)
        numbers = {"Position": 18, "Speed": 7, "Course": 7}  # fixed widths: the texts share the rest
        for name in ("Name", "Type", "Status", *numbers, "Destination"):
            width = numbers.get(name)
            grid.add_column(name, no_wrap=True, width=width, ratio=None if width else 1)
        rows = sorted(fleet.vessels.values(), key=ORDERS[self.sort])
        for vessel in rows[: max(1, self.console.height - 8)]:
            position, moves = vessel["position"], vessel["kinematics"]
            cells = (
                vessel["vessel_name"] or str(vessel["mmsi"]),
                vessel["vessel_type"],
                position["port_name"] or vessel["status"],
                f"{position['latitude']:8.4f} {position['longitude']:9.4f}",
                shown(moves["speed_over_ground"], "kn"),
                shown(moves["course_over_ground"], "°"),
                vessel["destination"] or "",
            )
            grid.add_row(*(Text(cell) for cell in cells))  # names come off the air: never markup
        return grid


ORDERS = {
    "name": lambda vessel: vessel["vessel_name"] or "~",
    "speed": lambda vessel: -(vessel["kinematics"]["speed_over_ground"] or 0),
    "newest": lambda vessel: [-ord(letter) for letter in vessel["timestamp"]],
}


def shown(value, unit):
    return "–" if value is None else f"{value:.1f} {unit}"


async def ais_client(options, display):
    """Follow the stream, and reconnect when it breaks. Ends only by an exception."""
    fleet, wait_s = Fleet(), 1
    while True:
        heard = fleet.heard
        try:
            async with websockets.connect(options.url, open_timeout=GREETING_WITHIN_S) as websocket:
                await converse(websocket, options, fleet, display)
        except BrokenPipeError:  # the reader of our output has ended
            raise SystemExit(0) from None
        except (OSError, websockets.WebSocketException, ValueError) as error:
            display.note(explain(error, options.url))
        if not fleet.summary:  # no connection ever worked: a retry cannot help against a wrong address
            raise SystemExit(1)
        wait_s = 1 if fleet.heard != heard else min(2 * wait_s, LONGEST_WAIT_S)
        display.note(f"next try in {wait_s} s")
        # spread, so that clients do not return all at once after a restart
        await asyncio.sleep(wait_s * random.uniform(0.75, 1.25))


async def converse(websocket, options, fleet, display):
    """Serve one connection until it breaks."""
    greeting = json.loads(await asyncio.wait_for(websocket.recv(), GREETING_WITHIN_S))
    if greeting.get("type") != "connection_established":
        raise ValueError(f"it greets with {str(greeting)[:60]}")
    await websocket.send(json.dumps(subscription(options, fleet, greeting)))
    fleet.apply(greeting)
    fleet.heard = time.monotonic()
    while True:
        try:
            message = json.loads(await asyncio.wait_for(websocket.recv(), options.quiet))
        except TimeoutError:
            message = {"type": "nothing"}
        if message["type"] == "error":
            raise SystemExit(f"the server refuses: {message['message']}")
        for warning in message.get("warnings", []):
            display.note(f"warning: {warning}")
        if fleet.apply(message):
            display.message(fleet, message)
        else:  # start again with a snapshot
            fleet.cursor = None
            await websocket.send(json.dumps(subscription(options, fleet, greeting)))
        await complain(websocket, options, fleet, display)


async def complain(websocket, options, fleet, display):
    """Warn when the connection is open but no update arrives."""
    quiet_s = time.monotonic() - fleet.heard
    if quiet_s > options.quiet:
        feeds = ", ".join(f"{feed['name']} is {feed['state']}" for feed in fleet.feeds) or "no word from its feeds"
        display.note(f"connected, but no vessel update for {quiet_s:.0f} s: {feeds}")
        await websocket.send(json.dumps({"type": "get_fleet_summary"}))


def subscription(options, fleet, greeting):
    """Return the request: level 2 where filters, a period or the table need it; else the guide's."""
    request = {"type": "subscribe", "subscription_type": "all"}
    if not (options.filter or options.period or options.table):
        return request
    if greeting.get("protocol", 1) < 2:
        raise SystemExit("this server has no filters and no periods; leave them out, and use --plain")
    request |= {"proto": 2, "period_ms": round(1000 * (options.period or 1))}
    if options.filter:
        request["filter"] = options.filter
    if fleet.cursor and not options.filter:
        request["resume"] = {"epoch": fleet.cursor[0], "seq": fleet.cursor[1]}
    return request


def explain(error, url):
    """Return the cause of an error as a sentence."""
    if isinstance(error, websockets.InvalidStatus):
        status = error.response.status_code
        why = "it does not allow this client" if status == 403 else "wrong port or path?"
        return f"{url} answers with HTTP {status} instead of a WebSocket: {why}"
    if isinstance(error, websockets.ConnectionClosed):
        reason = f"{error.rcvd.code} {error.rcvd.reason}".strip() if error.rcvd else "without a word"
        return f"the server closed the connection: {reason}"
    for kind, words in EXPLANATIONS.items():
        if isinstance(error, kind):
            return f"{url} {words} ({error})"
    return f"no server at {url}: is the server running, and on this port? ({error})"


EXPLANATIONS = {
    websockets.InvalidURI: "is no address such as ws://localhost:8050/ws",
    websockets.WebSocketException: "does not speak WebSocket: wrong port?",
    TimeoutError: f"does not answer within {GREETING_WITHIN_S} s: wrong port?",
    ValueError: "sends what is no AIS stream",
}


def read_options(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("url", nargs="?", default="ws://localhost:8050/ws")
    parser.add_argument("--bbox", help="west,south,east,north in degrees")
    parser.add_argument("--type", action="append", choices=TYPES, help="may be given several times")
    parser.add_argument("--status", action="append", choices=STATUSES, help="may be given several times")
    parser.add_argument("--mmsi", action="append", type=int, help="may be given several times")
    parser.add_argument("--imo", action="append", help="may be given several times")
    parser.add_argument("--min-speed", type=float, help="knots")
    parser.add_argument("--period", type=float, help="seconds between updates; 1 with the table")
    parser.add_argument("--sort", choices=ORDERS, default="name")
    parser.add_argument("--plain", action="store_true", help="lines instead of a table")
    parser.add_argument("--quiet", type=float, default=90, help="seconds without an update that are worth a warning")
    options = parser.parse_args(arguments)
    given = {
        "bbox": [float(side) for side in options.bbox.split(",")] if options.bbox else None,
        "vessel_type": options.type,
        "status": options.status,
        "mmsi": options.mmsi,
        "imo_number": options.imo,
        "min_speed": options.min_speed,
    }
    options.filter = {key: value for key, value in given.items() if value is not None}
    options.table = sys.stdout.isatty() and not options.plain
    return options


if __name__ == "__main__":
    chosen = read_options(sys.argv[1:])
    with Table(chosen.sort) if chosen.table else Plain() as screen, contextlib.suppress(KeyboardInterrupt):
        asyncio.run(ais_client(chosen, screen))
