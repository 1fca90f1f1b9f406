"""uvicorn as this house runs it: the socket that it is given, and the end that whoever holds a stream open hears of."""

import socket
from typing import Any

import uvicorn


def door_at(host: str, port: int) -> socket.socket:
    """A socket at this address that does not listen yet; an OSError where it is taken or not ours.

    It says that it is TCP: asyncio otherwise leaves Nagle's algorithm on, and an answer in two pieces
    waits 40 ms for the acknowledgement of the first.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    door = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind((host, port))
    except OSError:
        door.close()
        raise
    return door


class Server(uvicorn.Server):
    """A server of the application that `create_app` made; it tells open streams that it goes.

    uvicorn alone would wait for their end for ever.
    """

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        app: Any = self.config.app
        streams = getattr(app.state, "streams", None)
        if streams is not None:
            streams.leave()
        await super().shutdown(sockets)
