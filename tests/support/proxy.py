"""A TCP proxy that a test can cut, as if a broker went away and came back."""

import contextlib
import socket
import threading


class Proxy:
    """Passes connections to 127.0.0.1:`target` while it is not cut; `port` is its own."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._pairs: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._whole, self._muted = True, False
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Break every connection, and every new one."""
        self._whole = False
        for sock in self._pairs:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def mute(self) -> None:
        """Drop all bytes from the target until `restore`; bytes to the target still pass."""
        self._muted = True

    def restore(self) -> None:
        self._whole, self._muted = True, False

    def close(self) -> None:
        self.cut()
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                if not self._whole:
                    near.close()
                    continue
                far = socket.create_connection(("127.0.0.1", self._target))
                self._pairs += [near, far]
                for source, sink, said in ((near, far, False), (far, near, True)):
                    threading.Thread(target=self._pass, args=(source, sink, said), daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket, said_by_target: bool) -> None:
        with contextlib.suppress(OSError):
            while some := source.recv(65536):
                if not (said_by_target and self._muted):
                    sink.sendall(some)
        for sock in (source, sink):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
