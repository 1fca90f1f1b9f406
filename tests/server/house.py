"""A hub on a real file with a clock and ids in our hands, the small district of tests/sync, and tablets on paper."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Self

import anyio

from schema.values import Author, Enrolment, Role, Submitted
from server.settings import Settings, sqlite_url
from server.store import Hub
from server.system import ALPHABET
from sync.clock import RunOffset
from sync.shapes import format_time
from sync.wire import MAX_PAGE, Document, Page, Receipt, Upload
from tests.sync.world import DISTRICT, MINUTE, MONDAY, ident, when

SALT = "5" * 32


class HandClock:
    """A clock that moves when it is told to; waiting for it is waiting for that."""

    def __init__(self, at: int = MONDAY) -> None:
        self._at = at
        self._moved = anyio.Event()
        self.waiting = anyio.Event()

    def now(self) -> int:
        return self._at

    def set(self, moment: str | int) -> None:
        self._at = when(moment)
        moved, self._moved = self._moved, anyio.Event()
        moved.set()

    async def until(self, at: int) -> None:
        while self.now() < at:
            self.waiting.set()
            await self._moved.wait()


class CountedIds:
    """Ids and secrets by counting, so that a run can be had again."""

    def __init__(self, name: str = "hub") -> None:
        self._name = name
        self._count = 0

    def _next(self, what: str) -> str:
        self._count += 1
        return f"{self._name} {what} {self._count}"

    def uuid7(self) -> str:
        return ident(self._next("id"))

    def token(self) -> str:
        return self._next("token")

    def code(self) -> str:
        self._count += 1
        return "".join(ALPHABET[(self._count * 7 + place) % 32] for place in range(8))

    def secret(self) -> str:
        return ident(self._next("secret")).replace("-", "")


def settings(where: Path | str, **more: Any) -> Settings:
    """Of a hub on this database, or on a file in this folder."""
    url = where if isinstance(where, str) else sqlite_url(where / "hub.db")
    return Settings(database_url=url, **more)


class House:
    """A hub with the small district loaded, and what a test does with it."""

    def __init__(self, hub: Hub, clock: HandClock, ids: CountedIds) -> None:
        self.hub = hub
        self.clock = clock
        self.ids = ids
        self.authors: dict[str, Author] = {}

    async def load(self) -> None:
        await self.submit("district", *DISTRICT)

    async def desk(self, who: str) -> Author:
        """The district itself, or the dispatcher of a community."""
        if who not in self.authors:
            role = Role.ADMIN if who == "district" else Role.DISPATCHER
            community = None if who == "district" else who
            issued = await self.hub.issue_token(role, community)
            self.authors[who] = await self.hub.authenticate(issued.token)
        return self.authors[who]

    async def submit(
        self, who: str, *changes: tuple[str, str, dict[str, Any]], saw: int | None = None
    ) -> list[Submitted]:
        """Changes by an office, in one settlement, by somebody who has seen everything (unless `saw` says less)."""
        author = await self.desk(who)
        rev = await self.rev() if saw is None else saw
        raws = [self.raw(kind, entity, data, saw=rev) for kind, entity, data in changes]
        return await self.hub.submit(author, raws)

    def raw(
        self, kind: str, entity: str, data: dict[str, Any], *, saw: int = 0, **more: Any
    ) -> dict[str, Any]:
        return {
            "id": self.ids.uuid7(),
            "at": format_time(self.clock.now()),
            "run": 0,
            "saw": saw,
            "kind": kind,
            "entity": entity,
            "by": None,
            "data": data,
            **more,
        }

    async def rev(self) -> int:
        return (await self.hub.readiness()).rev or 0

    async def tablet(self, name: str, *grids: str) -> "Paper":
        code = await self.hub.code(grids)
        enrolment = await self.hub.enrol(code.code, name, "1.0")
        return await Paper.of(self, name, enrolment)

    async def rows(self, statement: Any) -> list[dict[str, Any]]:
        async with self.hub.read() as connection:
            return [dict(row) for row in (await connection.execute(statement)).mappings()]

    async def verified(self) -> None:
        found = await self.hub.verify()
        assert found.ok, found.differences


class Paper:
    """A tablet as a list of what it sent: its clock is right unless a change says otherwise."""

    def __init__(self, house: House, name: str, enrolment: Enrolment, author: Author) -> None:
        self.house = house
        self.name = name
        self.device = enrolment.device
        self.token = enrolment.token
        self.author = author
        self.changes: list[Any] = []
        self.after: str | None = None
        self.held: dict[tuple[str, str], Document] = {}
        self.runs: tuple[RunOffset, ...] = (RunOffset(1, 0, 10),)

    @classmethod
    async def of(cls, house: House, name: str, enrolment: Enrolment) -> Self:
        return cls(house, name, enrolment, await house.hub.authenticate(enrolment.token))

    def record(
        self,
        kind: str,
        entity: str,
        data: dict[str, Any],
        *,
        at: str | int,
        saw: int | None = None,
        run: int = 1,
        private: dict[str, Any] | None = None,
    ) -> str:
        """Record a change; gives its id. Without `saw`, its author had seen what the tablet holds of the thing."""
        raw = self.house.raw(kind, entity, data, saw=self.rev_of(entity) if saw is None else saw)
        raw |= {"at": format_time(when(at)), "run": run}
        if private is not None:
            raw["private"] = {"salt": SALT, **private}
        self.changes.append(raw)
        return str(raw["id"])

    def rev_of(self, entity: str) -> int:
        return max((d.rev for (_, held), d in self.held.items() if held == entity), default=0)

    def upload(self, first: int = 1, last: int | None = None, *, oldest: int = 1) -> Upload:
        return Upload(1, first, oldest, self.runs, tuple(self.changes[first - 1 : last]))

    async def push(self, first: int = 1, last: int | None = None, *, oldest: int = 1) -> Receipt:
        return await self.house.hub.push(self.author, self.upload(first, last, oldest=oldest))

    async def pull(self, limit: int = MAX_PAGE) -> list[Page]:
        """Pull to the end, as a tablet does, and keep what a tablet would keep."""
        pages: list[Page] = []
        fresh: set[tuple[str, str]] | None = None
        while not pages or pages[-1].more:
            page = await self.house.hub.pull(self.author, self.after, len(self.changes) + 1, limit)
            pages.append(page)
            self.after = page.checkpoint
            fresh = set() if page.reset else fresh
            for document in page.documents:
                self._take(document, fresh)
        if fresh is not None:
            self.held = {key: document for key, document in self.held.items() if key in fresh}
        return pages

    def _take(self, document: Document, fresh: set[tuple[str, str]] | None) -> None:
        key = (document.collection, document.id)
        known = self.held.get(key)
        if fresh is None and known is not None and document.rev <= known.rev:
            return
        if document.state == "LIVE":
            self.held[key] = document
            if fresh is not None:
                fresh.add(key)
        else:
            self.held.pop(key, None)

    def body(self, collection: str, thing: str) -> Any:
        return self.held[collection, thing].body

    def verdict(self, change: str) -> Any:
        """The verdict on a change, as it was pulled."""
        found = [d.body for (c, _), d in self.held.items() if c == "verdict" and d.body["change"] == change]
        return found[-1] if found else None


@asynccontextmanager
async def opened(where: Path | str, *, load: bool = True, **more: Any) -> AsyncIterator[House]:
    """A hub on this database, or on a file in this folder, on Monday at seven in the morning."""
    clock, ids = HandClock(when("07:00")), CountedIds()
    async with await Hub.open(settings(where, **more), clock, ids) as hub:
        house = House(hub, clock, ids)
        if load:
            await house.load()
        yield house


def seqs(documents: Sequence[Document]) -> list[int]:
    return [document.rev for document in documents]


__all__ = ["MINUTE", "CountedIds", "HandClock", "House", "Paper", "opened", "settings"]
