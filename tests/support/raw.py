"""Raw WebSocket clients: bytes as they are on the wire, without automatic answers."""

import json
import socket
import struct
from collections.abc import Iterator

from tests.support.frames import checked

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
KEY = "dGhlIHNhbXBsZSBub25jZQ=="
HANDSHAKE = {
    "Host": "127.0.0.1",
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Key": KEY,
    "Sec-WebSocket-Version": "13",
}


def frame(opcode: int, payload: bytes = b"", fin: bool = True, rsv: int = 0, mask: bytes | None = b"mask") -> bytes:
    """Return a client's frame; `mask=None` leaves it unmasked, `rsv` is a number of three bits."""
    first, masked = fin << 7 | rsv << 4 | opcode, (mask is not None) << 7
    length = len(payload)
    if length < 126:
        head = struct.pack("!BB", first, masked | length)
    elif length < 65536:
        head = struct.pack("!BBH", first, masked | 126, length)
    else:
        head = struct.pack("!BBQ", first, masked | 127, length)
    if mask is None:
        return head + payload
    return head + mask + bytes(byte ^ mask[place % 4] for place, byte in enumerate(payload))


class Raw:
    """A bare socket with a reader of the server's frames."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self._read = b""

    def send(self, *frames: bytes) -> None:
        self.sock.sendall(b"".join(frames))

    def ask(self, **request: object) -> None:
        self.send(frame(TEXT, json.dumps(request).encode()))

    def handshake(
        self, path: str = "/ws", method: str = "GET", version: str = "HTTP/1.1", **changes: str | None
    ) -> str:
        """Send an opening handshake with changed headers (`_` is `-`; None: without); return the response's head."""
        given = {name.replace("_", "-").lower(): value for name, value in changes.items()}
        headers = {name: given.pop(name.lower(), value) for name, value in HANDSHAKE.items()} | given
        lines = [f"{name}: {value}" for name, value in headers.items() if value is not None]
        self.sock.sendall("\r\n".join([f"{method} {path} {version}", *lines, "", ""]).encode())
        while b"\r\n\r\n" not in self._read:
            received = self.sock.recv(4096)
            if not received:
                break
            self._read += received
        head, _, self._read = self._read.partition(b"\r\n\r\n")
        return head.decode()

    def frame(self) -> tuple[int, bytes] | None:
        """The next frame's first byte and payload; None at the end of the stream."""
        try:
            first, length = self._take(2)
            if length == 126:
                (length,) = struct.unpack("!H", self._take(2))
            elif length == 127:
                (length,) = struct.unpack("!Q", self._take(8))
            return first, self._take(length)
        except EOFError:
            return None

    def heard(self) -> list[tuple[int, bytes]]:
        """Return every complete frame that has arrived, without waiting."""
        self.sock.setblocking(False)
        try:
            while received := self.sock.recv(65536):
                self._read += received
        except BlockingIOError:
            pass
        finally:
            self.sock.settimeout(20)
        frames = []
        while self._read:
            before = self._read
            try:
                self.sock.setblocking(False)
                frames.append(self.frame())
            except BlockingIOError:
                self._read = before
                break
            finally:
                self.sock.settimeout(20)
        return frames

    def messages(self) -> Iterator[dict]:
        """Every text message until the end."""
        while (received := self.frame()) is not None:
            if received[0] == 0x81:
                yield checked(received[1])

    def message(self, kind: str) -> dict:
        """The next message of a type."""
        return next(message for message in self.messages() if message["type"] == kind)

    def closed(self) -> int | None:
        """Return the server's close code and check that the stream then ends; None if it ends without a code."""
        code = None
        while (received := self.frame()) is not None:
            assert code is None, "something came after the close frame"
            if received[0] == 0x88:
                code = struct.unpack("!H", received[1][:2])[0] if received[1] else 1005
        return code

    def _take(self, count: int) -> bytes:
        while len(self._read) < count:
            received = self.sock.recv(65536)
            if not received:
                raise EOFError
            self._read += received
        taken, self._read = self._read[:count], self._read[count:]
        return taken
