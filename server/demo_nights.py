"""While the demo serves, whoever watches it settles a night by pressing Enter: nobody waits for 02:00.

It is the same settlement as the district's own, beside the running server, as `lianxin settle` would do it.
"""

import io
import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any

from server.cli_failures import explain
from server.cli_tools import Desk
from server.report import night_report
from server.store import Hub


def keyboard() -> int | None:
    """Where somebody may press Enter; None where nobody can."""
    try:
        return sys.stdin.fileno()
    except (AttributeError, io.UnsupportedOperation, ValueError):
        return None


def settle_on_enter(
    descriptor: int, desk: Desk, tell: Callable[[dict[str, Any]], None], fail: Callable[[str], None]
) -> None:
    """Settle a night at each Enter, for as long as this process lives; `tell` is given its report."""
    # Put into the background, the demo goes on serving: reading is refused to it instead of stopping it.
    if hasattr(signal, "SIGTTIN"):
        signal.signal(signal.SIGTTIN, signal.SIG_IGN)

    async def settled(hub: Hub) -> dict[str, Any]:
        return await night_report(hub, await hub.settle())

    def listen() -> None:
        while _pressed(descriptor):
            try:
                tell(desk.run(settled))
            except Exception as error:
                # The same sentence as the command's: the demo goes on.
                fail(explain(error))

    threading.Thread(target=listen, name="enter", daemon=True).start()


def _pressed(descriptor: int) -> bool:
    """Wait for Enter; False when there will be none. Read without `sys.stdin`, whose lock outlives the program."""
    try:
        while data := os.read(descriptor, 1024):
            if b"\n" in data:
                return True
    except OSError:
        pass
    return False
