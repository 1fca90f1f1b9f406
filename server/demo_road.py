"""The road between the tablets and the hub: a relay that breaks a real connection when the demo says so."""

import contextlib
import socket
import threading
from typing import Literal

Break = Literal["request", "answer"]


class Road:
    """Listens on loopback and carries bytes to `target`, each connection in threads of its own."""

    def __init__(self, target: tuple[str, int]) -> None:
        self._target = target
        self._break: Break | None = None
        self.broken = 0
        self._door = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._listen, daemon=True, name="road").start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._door.getsockname()[1]}"

    def break_next(self, where: Break) -> None:
        """Cut the connection half-way through the next request, or just before the next answer comes back."""
        self._break = where

    def close(self) -> None:
        _close(self._door)

    def _listen(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._door.accept()
                threading.Thread(target=self._carry, args=(near,), daemon=True).start()

    def _carry(self, near: socket.socket) -> None:
        try:
            far = socket.create_connection(self._target)
        except OSError:
            _close(near)
            return
        for end in (near, far):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=self._pump, args=(far, near, "answer"), daemon=True).start()
        self._pump(near, far, "request")

    def _pump(self, source: socket.socket, sink: socket.socket, carried: Break) -> None:
        """Carry bytes one way until an end closes, or until this is where the road breaks."""
        with contextlib.suppress(OSError):
            while piece := source.recv(65_536):
                if self._break == carried:
                    self._break = None
                    self.broken += 1
                    if carried == "request":
                        sink.sendall(piece[: len(piece) // 2])
                    break
                sink.sendall(piece)
        _close(source)
        _close(sink)


def _close(end: socket.socket) -> None:
    """Shut it down first: that wakes whoever waits for it in another thread."""
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
