"""Pages that never miss: whatever is committed while a tablet pulls, it ends with what the hub has for it."""

from collections.abc import Sequence
from contextvars import ContextVar
from typing import Any

import anyio
import pytest
from msgspec.structs import replace
from sqlalchemy import Connection

from schema.values import Author, SettlementKind, Submitted
from server import meta, settlement
from server.plan import Base
from server.store import Hub
from sync.wire import EPOCH_SIZE
from tests.server.house import House
from tests.server.pulling import Crowd, Missed, order
from tests.sync.world import G1, G2, ident


@pytest.mark.parametrize("seed", [1, 2])
async def test_pages_miss_nothing_while_two_hubs_take_everybodys_work(house: House, seed: int) -> None:
    async with Crowd.gathered(house, seed) as crowd:
        await crowd.all(30)
        assert sum(puller.pages for puller in crowd.pullers) > sum(puller.checks for puller in crowd.pullers)
    await house.verified()


# The same with a defect: revs are drawn from a bare sequence, before it is one's turn to write


class Careless:
    """Hubs that give an office's change its rev as a sequence would: at once, whenever it is committed.

    With `late` every third change is committed after another one that drew its rev later, and after
    the tablets have seen that one. Without, whoever draws commits before the next one draws.
    """

    def __init__(self, crowd: Crowd, *, late: bool) -> None:
        self.crowd = crowd
        self.late = late
        self.last = EPOCH_SIZE + 100_000
        self.count = 0
        self.drawn: ContextVar[int | None] = ContextVar("drawn", default=None)
        self.turn = anyio.CapacityLimiter(100 if late else 1)

    def draw(self) -> int:
        self.last += 1_000
        return self.last

    def put_in_place(self, monkeypatch: pytest.MonkeyPatch) -> None:
        base_of, store, submit = settlement.base_of, meta.store, Hub.submit

        def drawn_base(connection: Connection) -> Base:
            base, drawn = base_of(connection), self.drawn.get()
            return base if drawn is None else replace(base, rev=drawn)

        def store_newest(connection: Connection, values: dict[str, str | int]) -> None:
            if meta.REV in values:
                newest = max(int(values[meta.REV]), meta.number(connection, meta.REV))
                values = {**values, meta.REV: newest}
            store(connection, values)

        async def careless(
            hub: Hub, author: Author, raws: Sequence[dict[str, Any]], kind: SettlementKind = "ONLINE"
        ) -> list[Submitted]:
            async with self.turn:
                self.count += 1
                mine = self.draw()
                if self.late and self.count % 3 == 0:
                    await overtake(hub, author)
                self.drawn.set(mine)
                return await submit(hub, author, raws, kind)

        async def overtake(hub: Hub, author: Author) -> None:
            self.drawn.set(self.draw())
            new = [("ticket.open", ident(f"new {self.count} {grid}"), order(grid)) for grid in (G1, G2)]
            raws = [self.crowd.house.raw(kind, entity, data) for kind, entity, data in new]
            await submit(hub, author, raws)
            for puller in self.crowd.pullers:
                await puller.caught_up()

        monkeypatch.setattr("server.online.base_of", drawn_base)
        monkeypatch.setattr("server.settlement.base_of", drawn_base)
        monkeypatch.setattr("server.meta.store", store_newest)
        monkeypatch.setattr(Hub, "submit", careless)


async def test_a_cursor_that_can_skip_a_late_commit_is_found_out(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Crowd.gathered(house, 1) as crowd:
        Careless(crowd, late=True).put_in_place(monkeypatch)
        with pytest.raises(ExceptionGroup) as failed:
            await crowd.all(30)
        monkeypatch.undo()
    assert failed.group_contains(Missed)


async def test_it_is_the_late_commit_that_is_found_out(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async with Crowd.gathered(house, 1) as crowd:
        Careless(crowd, late=False).put_in_place(monkeypatch)
        await crowd.all(12)
        monkeypatch.undo()
