"""The nightly run inside `serve`: settles when the setting says so, and survives a night that fails."""

import logging
from typing import Final, Protocol

from schema.values import Night, Refused
from server.database import Unavailable
from server.health import Health
from server.settings import Settings
from server.system import Clock

logger = logging.getLogger(__name__)

RETRIES_MS: Final = (60_000, 300_000, 1_800_000)
"""How long to wait after a night that failed, after another one, and after all further ones."""


class Settling(Protocol):
    """What the nightly run needs of the hub."""

    settings: Settings
    clock: Clock
    health: Health

    async def settle(self) -> Night: ...
    async def prune(self) -> None: ...
    async def missed(self) -> bool:
        """Whether something in the inbox came before a settlement that was due, and still waits."""

    async def uploaded(self) -> None:
        """Return when an upload has been taken since the last night began."""

    async def failed(self, error: Exception) -> str:
        """Keep, and give, the reason of a night that failed: for /readyz and the next report."""


async def run(hub: Settling) -> None:
    """Settle for ever, by the cron line or after each upload; ends by being cancelled.

    A settlement that was due while the hub was switched off is made up for at once, and one that
    failed is tried again before the next is due.
    """
    if await _missed(hub):
        await _until_settled(hub)
    while True:
        if hub.settings.settles_on_upload:
            await hub.uploaded()
        else:
            await hub.clock.until(hub.settings.settles_at(hub.clock.now()))
        await _until_settled(hub)


async def _until_settled(hub: Settling) -> None:
    failures = 0
    while not await night(hub):
        await hub.clock.until(hub.clock.now() + RETRIES_MS[min(failures, len(RETRIES_MS) - 1)])
        failures += 1


async def _missed(hub: Settling) -> bool:
    try:
        return await hub.missed()
    except Unavailable:
        return True


async def night(hub: Settling) -> bool:
    """One night, whatever comes of it; the reason of a failure is kept for /readyz and the next report."""
    try:
        await hub.settle()
        await hub.prune()
    except Unavailable as error:
        await hub.failed(error)
        logger.error("the settlement failed: the database cannot be used: %s", error.reason)
        return False
    except Refused as refused:
        await hub.failed(refused)
        logger.error("the settlement was refused: %s", refused.code)
        return False
    except Exception as error:
        # A defect: nothing is half done, uploads go on, the next run completes it.
        await hub.failed(error)
        logger.exception("the settlement failed")
        return False
    return True
