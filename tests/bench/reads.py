"""What front-end teams ask, against the same asked in other ways: all in one run, answers compared before anything.

The query of the figures: 100 tickets of a grid in a state, ten fields, the taker's and the grid's
name. Everything is asked by wrk over HTTP on loopback, of servers that are one process each.
"""

import asyncio
import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any, Final, NamedTuple

import httpx
from sqlalchemy import make_url, select

from schema.tables.community import COMMUNITY
from schema.values import Role
from server.settings import Settings
from server.store import Hub
from server.system import SystemIds
from tests.bench import new_documents, tickets, wrk
from tests.bench.district import Bench, Ticking
from tests.bench.peers import node
from tests.bench.peers.node import PEERS, peer, why_not
from tests.bench.serving import serving

LIST: Final = """query ($grid: ID!) { tickets(filter: {grid: $grid, states: [ACCEPTED]}, first: 100) { edges { node {
  id rev category title place priority seats state round openedAt grid { name } takers { member { name } } } } } }"""
NESTED: Final = """{ grids(first: 20) { edges { node { code tickets(first: 10) { edges { node { id title state
  services(first: 5) { edges { node { id start end member { name } } } } } } } } } } }"""

ROUNDS: Final = 3
"""Each is asked in turn, so many times, and the median counts: the machine is not always as fast."""

CONNECTIONS: Final = 16
FEW: Final = 2
"""Connections against the ordinary way: more would only wait for one another."""

TIMES: Final = 10
WARMING_S: Final = 1
NIGHT_S: Final = 10
"""So long is asked while the night is settled."""


class Asked(NamedTuple):
    """Who asks what of whom."""

    url: str
    body: Mapping[str, Any]
    token: str
    tag: str | None = None
    """Of an answer that the caller has: it is asked by GET whether that still holds."""

    @property
    def headers(self) -> dict[str, str]:
        told = {} if self.tag is None else {"If-None-Match": self.tag}
        return {"Authorization": f"Bearer {self.token}", **told}

    def polling(self) -> "Asked":
        """The same, by one who has the answer: 304 is the answer to that."""
        asked = {name: one if isinstance(one, str) else json.dumps(one) for name, one in self.body.items()}
        url = f"{self.url}/graphql"
        first = httpx.get(url, params=asked, headers=self.headers, timeout=120, trust_env=False)
        polling = self._replace(tag=first.raise_for_status().headers["etag"])
        again = httpx.get(url, params=asked, headers=polling.headers, timeout=120, trust_env=False)
        assert (again.status_code, again.content) == (304, b""), again
        return polling

    def once(self) -> httpx.Response:
        """One answer, which has no errors."""
        answer = httpx.post(
            f"{self.url}/graphql", json=self.body, headers=self.headers, timeout=120, trust_env=False
        )
        assert "errors" not in answer.raise_for_status().json(), answer.text
        return answer

    def rate(self, seconds: int, connections: int = CONNECTIONS) -> wrk.Rate:
        by_get = self.tag is not None
        found = wrk.ask(self.url, self.body, self.headers, seconds, connections, by_get=by_get)
        assert found.failed == 0, found
        return found


class Filled(NamedTuple):
    """A district to ask about, and a reader's token."""

    token: str
    rows: tickets.Tickets

    def ask_list(self, url: str) -> Asked:
        return Asked(url, {"query": LIST, "variables": {"grid": self.rows.grids[0]}}, self.token)

    def ask_peer(self, kind: str, url: str) -> Asked:
        """The same list, in the words of this peer."""
        query = node.LIST if kind == "postgraphile" else LIST
        return Asked(url, {"query": query, "variables": {"grid": self.rows.grids[0]}}, self.token)

    def ask_nested(self, url: str) -> Asked:
        return Asked(url, {"query": NESTED}, self.token)


async def filled(settings: Settings, many: int, changes: int, seed: int) -> Filled:
    """A district with so many tickets, and so many changes that wait for the night."""
    clock, ids = Ticking(), SystemIds()
    async with await Hub.open(settings, clock, ids) as hub:
        bench = Bench(hub, clock, ids, seed)
        await bench.load(tickets.GRIDS)
        if changes:
            await bench.day(changes)
        async with hub.read() as connection:
            (community,) = await connection.scalars(select(COMMUNITY.table.c.id))
        rows = tickets.Tickets(community, bench.grids, bench.members, many, seed)
        await hub.database.write(rows.write)
        return Filled((await hub.issue_token(Role.READER)).token, rows)


async def grow(settings: Settings, rows: tickets.Tickets) -> None:
    async with await Hub.open(settings, Ticking(), SystemIds()) as hub:
        await hub.database.write(rows.grow, TIMES)


def measure(
    settings: Settings, folder: Path, many: int, changes: int, seconds: int, seed: int
) -> dict[str, Any]:
    """Requests per second (medians of rounds), milliseconds, and what they are measured against. Shapes as printed."""
    district = asyncio.run(filled(settings, many, changes, seed))
    url, same = settings.database_url, folder / "same"
    found: dict[str, Any] = {"tickets": many}
    with (
        serving("hub", url) as keeping,
        serving("cold", url) as hub,
        serving("ordinary", url) as ordinary,
        serving("orm", url) as orm,
    ):
        kept, one, other, usual = (district.ask_list(each) for each in (keeping, hub, ordinary, orm))
        equal(kept, one)
        equal(usual, one)
        same.write_bytes(equal(one, other))
        with serving("floor", str(same)) as bare:
            floor = district.ask_list(bare)
            found["bytes"] = len(floor.once().content)
            found["ordinary"] = _rates({"hub": one, "ordinary": other, "orm": usual}, seconds, FEW)
            found["peers"] = peers(district, one, url, seconds)
            asked = {"hub": one, "kept": kept, "polled": kept.polling(), "floor": floor}
            found["floor"] = _rates(asked, seconds)
            nested = {"hub": district.ask_nested(hub), "ordinary": district.ask_nested(ordinary)}
            equal(*nested.values())
            found["nested"] = _rates(nested, seconds, FEW)
            if changes:
                found["night"] = night(one, seconds)
            asyncio.run(grow(settings, district.rows))
            one.once()
            found["larger"] = {"times": TIMES, **_rates({"hub": one, "floor": floor}, seconds)}
    found["new"] = new_documents.measure(LIST, {"grid": district.rows.grids[0]}, settings.database_url)
    return found


def peers(district: Filled, one: Asked, url: str, seconds: int) -> dict[str, Any]:
    """Ours and each peer in Node, asked in turn; or why a peer is not asked."""
    database = make_url(url).get_backend_name()
    found: dict[str, Any] = {}
    for kind in PEERS[database]:
        if missing := why_not(kind, database):
            found[kind] = missing
            continue
        with peer(kind, url) as there:
            asked = district.ask_peer(kind, there)
            equal(asked, one)
            found[kind] = _rates({"hub": one, "peer": asked}, seconds)
    return found


def equal(one: Asked, other: Asked) -> bytes:
    """The first one's answer, which says the same as the other's."""
    answer = one.once()
    assert answer.json()["data"] == other.once().json()["data"]
    return answer.content


def _rates(asked: Mapping[str, Asked], seconds: int, connections: int = CONNECTIONS) -> dict[str, float]:
    for one in asked.values():
        one.rate(WARMING_S, connections)
    rounds = [
        {name: one.rate(seconds, connections).per_second for name, one in asked.items()}
        for _ in range(ROUNDS)
    ]
    found = {name: median(each[name] for each in rounds) for name in asked}
    if silent := [name for name, rate in found.items() if rate == 0]:
        raise SystemExit(f"{', '.join(silent)} answered nothing in {seconds} s: ask for longer, by --seconds")
    return found


def night(asked: Asked, seconds: int) -> dict[str, float]:
    """The 99th percentile of the same answer while nothing happens, and while the night is settled in that process."""
    quiet = asked.rate(seconds)
    with ThreadPoolExecutor(1) as pool:
        settled = pool.submit(httpx.post, f"{asked.url}/settle", timeout=600, trust_env=False)
        busy = asked.rate(NIGHT_S)
        changes = int(settled.result().raise_for_status().text)
    return {"changes": changes, "quiet_p99_ms": quiet.p99_ms, "busy_p99_ms": busy.p99_ms}
