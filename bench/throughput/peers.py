"""Servers that send one text to all clients, for `fanout.py`: ours and the named peers, a process each.

    python -m bench.throughput.peers NAME PORT BYTES

On standard input `p` publishes once (the answer is the monotonic time), `c` asks for the processor seconds of the
process.
"""

import asyncio
import logging
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

ANSWERS, sys.stdout = sys.stdout, sys.stderr  # the servers print greetings of their own
Publish = Callable[[], None]


def obey(publish: Publish) -> None:
    """Follow the commands of standard input until it ends."""
    for line in sys.stdin:
        if line == "p\n":
            print(time.monotonic(), file=ANSWERS, flush=True)
            publish()
        else:
            print(time.process_time(), file=ANSWERS, flush=True)


def hub(port: int, text: str) -> None:
    """The hub under werkzeug: a session with the same message object for every client."""
    from flask import Flask

    from fairway.chart.ports import PortIndex
    from fairway.protocol.context import Context
    from fairway.runtime.clock import Clock
    from fairway.settings import Settings
    from fairway.traffic.traffic import Traffic
    from fairway.web.websocket import route

    message = text.encode()

    class Says:
        period_s, subscription = 3600.0, "all"

        def __init__(self, *_: object, proto: int = 1) -> None:
            pass

        def open(self) -> list[bytes]:
            return [b"{}"]

        def tick(self, *_: int) -> list[bytes]:
            return [message]

        def heartbeat(self) -> list[bytes]:
            return []

    route.Session = Says  # type: ignore[attr-defined]
    server, stop = Flask("bench"), threading.Event()
    traffic = Traffic(PortIndex.load(), lambda: "bench")
    context = Context(Clock(0.0, time.monotonic, "simulation"), traffic.snapshot, lambda: 0, lambda: None, {})
    held = route.mount(server, context, Settings(max_clients=20_000), time.monotonic, stop, {})

    def publish() -> None:
        held._due[Says.period_s] = 0.0  # as if the period were over
        held._wake.send(b"\0")

    threading.Thread(target=held.run, daemon=True).start()
    threading.Thread(target=obey, args=(publish,), daemon=True).start()
    server.run("127.0.0.1", port, threaded=True)


def flask_sock_loop(port: int, text: str) -> None:
    """Stock flask-sock: a thread that waits in each handler, and one loop of `ws.send`."""
    from flask import Flask
    from flask_sock import Sock

    server, clients = Flask("bench"), []

    def serve(ws: Any) -> None:
        clients.append(ws)
        ws.receive()

    def publish() -> None:
        for ws in clients:
            ws.send(text)

    Sock(server).route("/ws")(serve)
    threading.Thread(target=obey, args=(publish,), daemon=True).start()
    server.run("127.0.0.1", port, threaded=True)


def flask_socketio(port: int, text: str) -> None:
    """Flask-SocketIO in threading mode: `emit` to all clients."""
    from flask import Flask
    from flask_socketio import SocketIO

    server = Flask("bench")
    sio = SocketIO(server, async_mode="threading", ping_interval=3600)
    threading.Thread(target=obey, args=(lambda: sio.emit("u", text),), daemon=True).start()
    sio.run(server, "127.0.0.1", port, allow_unsafe_werkzeug=True)


def websockets_broadcast(port: int, text: str) -> None:
    """The `broadcast` of websockets, without compression."""
    from websockets.asyncio.server import broadcast, serve

    async def main() -> None:
        async def stay(ws: Any) -> None:
            await ws.wait_closed()

        loop = asyncio.get_running_loop()
        async with serve(stay, "127.0.0.1", port, compression=None, ping_interval=None) as server:

            def publish() -> None:
                loop.call_soon_threadsafe(lambda: broadcast(server.connections, text))

            await loop.run_in_executor(None, obey, publish)

    asyncio.run(main())


def picows(port: int, text: str) -> None:
    """A loop over picows's transports in the way that copies least: the header is written before the message."""
    from picows import WSListener, WSMsgType, ws_create_server

    clients, buffer = [], bytearray(14) + text.encode()

    class Listener(WSListener):
        def on_ws_connected(self, transport: Any) -> None:
            clients.append(transport)

    async def main() -> None:
        def send() -> None:
            for transport in clients:
                transport.send_reuse_external_bytearray(WSMsgType.TEXT, buffer, 14)

        loop = asyncio.get_running_loop()
        async with await ws_create_server(lambda _: Listener(), "127.0.0.1", port):
            await loop.run_in_executor(None, obey, lambda: loop.call_soon_threadsafe(send))

    asyncio.run(main())


PEERS = {
    peer.__name__.replace("_", "-"): peer
    for peer in (hub, picows, websockets_broadcast, flask_sock_loop, flask_socketio)
}

if __name__ == "__main__":
    logging.disable()
    PEERS[sys.argv[1]](int(sys.argv[2]), "x" * int(sys.argv[3]))
