"""A small district behind its own door: real SQLite, the real application, time and ids by hand."""

import hashlib
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final

import anyio
import httpx
from sqlalchemy import event
from starlette.applications import Starlette

from schema.values import Author, Role
from server.app import create_app
from server.database import Database
from server.district import District, read
from server.district_changes import Author as Loader
from server.district_changes import Current, entity_id, plan
from server.settings import MOST_BUDGET, Settings, sqlite_url
from server.store import Hub
from sync.kinds import KINDS
from sync.kinds.kind import Office
from sync.shapes import format_time, parse_time

MORNING: Final = parse_time("2026-11-23T01:30:00.000Z")
MINUTE: Final = 60_000
HOUR: Final = 60 * MINUTE
BASE: Final = "http://127.0.0.1"

DISTRICT_FILE: Final = """
communities:
  - code: LY
    name: {zh: 乐邑, en: Leyi}
    kind: STREET
    utcOffset: 480
    workingHours: [{days: [1, 2, 3, 4, 5], from: 08:30, until: 17:30}]
    holidays: [2026-12-31]
    workdays: [2027-01-02]
    categories:
      - {code: parking, name: {zh: 停车, en: Parking}}
      - {code: legal, name: {zh: 法律, en: Legal aid}, icon: law, needs: [law], within: 21}
    skills: [{code: law, name: {zh: 法律, en: Law}}, {code: first-aid, name: {zh: 急救, en: First aid}}]
  - code: CG
    name: {zh: 茶谷, en: Chagu}
    kind: VILLAGE
    utcOffset: 480
    workingHours: []
    categories: [{code: tyre, name: {zh: 换胎, en: Tyre}}]
    skills: [{code: law, name: {zh: 法律, en: Law}}]
    policies: {rankIndividuals: true}
units:
  - {code: U1, name: {zh: 一局, en: Bureau One}, community: LY, resources: [会议室]}
  - {code: U2, name: {zh: 二局, en: Bureau Two}, community: LY}
  - {code: U9, name: {zh: 九局, en: Bureau Nine}, community: CG}
grids:
  - {code: LY-1, name: {zh: 一格, en: One}, community: LY}
  - {code: LY-2, name: {zh: 二格, en: Two}, community: LY}
  - {code: CG-1, name: {zh: 村格, en: Village}, community: CG}
pointRules:
  - {code: once, name: {zh: 一次, en: Once}, per: SERVICE, points: 3, from: 2026-01-01}
  - {code: rated, name: {zh: 好评, en: Rated}, per: RATING, points: 2, from: 2026-01-01, community: LY, atLeast: 4}
members:
  - {unit: U1, number: 001, name: 党员 001, grid: LY-1, skills: [law, first-aid], phone: "5550001"}
  - {unit: U1, number: 002, name: 党员 002, grid: LY-1, skills: [law], phone: "5550002"}
  - {unit: U2, number: 003, name: 党员 003, grid: LY-2, phone: "5550003"}
  - {unit: U9, number: 901, name: 党员 901, grid: CG-1, phone: "5550901"}
"""
DISTRICT: Final = Author(role=Role.ADMIN, id="test", everywhere=True, office=Office.DISTRICT)

COMMUNITY: Final = entity_id("community", "LY")
VILLAGE: Final = entity_id("community", "CG")
GRID: Final = entity_id("grid", "LY-1")
GRID_2: Final = entity_id("grid", "LY-2")
FAR_GRID: Final = entity_id("grid", "CG-1")
UNIT: Final = entity_id("unit", "U1")
UNIT_2: Final = entity_id("unit", "U2")
FAR_UNIT: Final = entity_id("unit", "U9")
MEMBER: Final = entity_id("member", "U1:001")
MEMBER_2: Final = entity_id("member", "U1:002")
MEMBER_3: Final = entity_id("member", "U2:003")
FAR_MEMBER: Final = entity_id("member", "U9:901")

TABLETS: Final = {"tablet": GRID, "second tablet": GRID, "other tablet": GRID_2, "far tablet": FAR_GRID}


class HandClock:
    """The hub's clock: it moves when the test says so."""

    def __init__(self) -> None:
        self.at = MORNING

    def now(self) -> int:
        return self.at

    async def until(self, at: int) -> None:
        await anyio.sleep_forever()

    def go_on(self, milliseconds: int = MINUTE) -> None:
        self.at += milliseconds


class CountedIds:
    """Ids and secrets in the order they were asked for."""

    def __init__(self) -> None:
        self.count = 0

    def _digest(self) -> str:
        self.count += 1
        return hashlib.sha256(f"door:{self.count}".encode()).hexdigest()

    def uuid7(self) -> str:
        digits = self._digest()
        return f"{digits[:8]}-{digits[8:12]}-7{digits[13:16]}-8{digits[17:20]}-{digits[20:32]}"

    def token(self) -> str:
        return self._digest()

    def code(self) -> str:
        return self._digest()[:8].upper().translate(str.maketrans("ILOU", "1101"))

    def secret(self) -> str:
        return self._digest()[:32]


class House:
    """The application and whatever the tests do to it."""

    def __init__(self, app: Starlette, clock: HandClock, ids: CountedIds) -> None:
        self.app = app
        self.hub: Hub = app.state.hub
        self.clock = clock
        self.ids = ids
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE)
        self.tokens: dict[str, str] = {}

    async def token(self, role: str) -> str:
        """The token of a role; `tablet` carries LY-1, the others are of LY where they are of a community."""
        if role not in self.tokens:
            self.tokens[role] = await self._issue(role)
        return self.tokens[role]

    async def _issue(self, role: str) -> str:
        if role in TABLETS:
            code = await self.hub.code([TABLETS[role]])
            return (await self.hub.enrol(code.code, role, "1")).token
        if role == "unit":
            return (await self.hub.issue_token(Role.UNIT, unit=UNIT)).token
        if role == "member":
            return (await self.hub.issue_token(Role.MEMBER, member=MEMBER)).token
        if role == "far dispatcher":
            return (await self.hub.issue_token(Role.DISPATCHER, VILLAGE)).token
        community = COMMUNITY if role.endswith("dispatcher") else None
        return (await self.hub.issue_token(Role(role.removeprefix("second ")), community)).token

    async def post(self, query: str, role: str | None = "admin", **variables: Any) -> dict[str, Any]:
        """The whole answer of one operation."""
        headers = {} if role is None else {"Authorization": f"Bearer {await self.token(role)}"}
        answer = await self.http.post(
            "/graphql", json={"query": query, "variables": variables}, headers=headers
        )
        assert answer.status_code == 200, answer.text
        whole: dict[str, Any] = answer.json()
        return whole

    async def ask(self, query: str, role: str | None = "admin", **variables: Any) -> dict[str, Any]:
        """The data of one operation that has no errors."""
        answer = await self.post(query, role, **variables)
        assert "errors" not in answer, answer["errors"]
        data: dict[str, Any] = answer["data"]
        return data

    async def code(self, query: str, role: str | None = "admin", **variables: Any) -> str:
        """The code of the one error that an operation has."""
        (error,) = (await self.post(query, role, **variables))["errors"]
        return str(error["extensions"]["code"])

    async def do(self, kind: str, entity: str, role: str = "dispatcher", /, **given: Any) -> dict[str, Any]:
        """One mutation of an office, on the latest it can have seen; its payload, with thing and verdict."""
        first, _, verb = kind.partition(".")
        name = first + verb.capitalize()
        thing = KINDS[kind].thing
        query = f"""mutation ($input: {_title(name)}Input!) {{ {name}(input: $input) {{ __typename
            ... on {_title(thing)}Changed {{ verdict {{ id outcome code rule }} }}
            ... on Rejected {{ verdict {{ id outcome code rule }} }}
            ... on NotFound {{ code path }} ... on InvalidInput {{ code path }}
            ... on Queued {{ change sentence }} ... on IdTaken {{ change }} }} }}"""
        whole = {"id": self.ids.uuid7(), "entity": entity, "saw": await self.rev(), **given}
        payload: dict[str, Any] = (await self.ask(query, role, input=whole))[name]
        return payload

    async def rev(self) -> int:
        """The hub's rev now."""
        async for rev in self.hub.changes():
            return rev
        raise AssertionError

    async def ticket(self, role: str = "dispatcher", grid: str = GRID, **given: Any) -> str:
        """Open a ticket; its id."""
        ticket = self.ids.uuid7()
        category = "tyre" if grid == FAR_GRID else "parking"
        payload = await self.do(
            "ticket.open", ticket, role, **{"grid": grid, "category": category, "title": "停车难", **given}
        )
        assert payload["__typename"] == "TicketChanged", payload
        return ticket

    async def service(self, member: str = MEMBER, role: str = "dispatcher", **given: Any) -> str:
        """Record an hour's service that ended just now; its id."""
        service = self.ids.uuid7()
        start, end = format_time(self.clock.now() - HOUR), format_time(self.clock.now())
        whole = {"member": member, "start": start, "end": end, **given}
        payload = await self.do("service.record", service, role, **whole)
        assert payload["__typename"] == "ServiceChanged", payload
        return service

    def change(self, kind: str, entity: str, data: dict[str, Any], **more: Any) -> dict[str, Any]:
        """A change as a tablet sends it."""
        return {
            "id": self.ids.uuid7(),
            "at": format_time(self.clock.now()),
            "run": 1,
            "saw": 0,
            "kind": kind,
            "entity": entity,
            "by": None,
            "data": data,
            **more,
        }

    @contextmanager
    def statements(self) -> Iterator[list[str]]:
        """The statements that readers ask the database meanwhile, whichever way they go."""
        asked: list[str] = []

        def note(_: Any, __: Any, statement: str, *___: Any) -> None:
            if statement != "BEGIN":
                asked.append(statement)

        async def answer(work: Callable[[Any, Any], Any]) -> Any:
            def noted(connection: Any, run: Any) -> Any:
                def ran(sql: str, given: Any) -> Any:
                    asked.append(sql)
                    return run(sql, given)

                return work(connection, ran)

            return await Database.answer(self.hub.database, noted)

        engine = self.hub.database._readers.sync_engine
        event.listen(engine, "before_cursor_execute", note)
        self.hub.database.answer = answer  # type: ignore[method-assign]
        try:
            yield asked
        finally:
            event.remove(engine, "before_cursor_execute", note)
            del self.hub.database.answer


def _title(name: str) -> str:
    return name[0].upper() + name[1:]


@cache
def district() -> District:
    """The district's file, read once."""
    return read(DISTRICT_FILE.encode())


def settings_in(where: Path | str, **given: Any) -> Settings:
    url = where if isinstance(where, str) else sqlite_url(where / "hub.db")
    # The hub's clock stands still, so that nothing would come back of what tests spend.
    return Settings(
        **{"database_url": url, "budget": MOST_BUDGET, "budget_without_token": MOST_BUDGET, **given}
    )


@asynccontextmanager
async def standing(where: Path | str, **given: Any) -> AsyncIterator[House]:
    """The house with its district loaded."""
    clock, ids = HandClock(), CountedIds()
    app = create_app(settings_in(where, **given), clock, ids)
    async with app.router.lifespan_context(app):
        house = House(app, clock, ids)
        loader = Loader(now=clock.now(), new_id=ids.uuid7, new_salt=ids.secret)
        await house.hub.submit(DISTRICT, plan(district(), Current(), loader).changes, "IMPORT")
        clock.go_on()
        async with house.http:
            yield house
