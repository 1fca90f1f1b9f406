"""Ordered service on the hub's tables: who could take a ticket, all open tickets planned at once, and orders given twice.

Reads and suggests; nothing is dispatched by it. What fits whom is sync/matching.py's to say; which
of all fits are taken together is an assignment problem, solved by scipy.
"""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, func, select

from schema.tables.change import CHANGE
from schema.tables.community import COMMUNITY
from schema.tables.member import MEMBER
from schema.tables.post import POST
from schema.tables.service import SERVICE
from schema.tables.ticket import TICKET, TICKET_TAKER
from schema.tables.unit import UNIT
from schema.values import Author, Planned
from server.visible import visible
from server.write import chunks
from sync.calendar import calendar_of
from sync.holding import sitting
from sync.matching import (
    ALIKE_DAYS,
    CAPACITY,
    RECENT_DAYS,
    Held,
    Hint,
    Looked,
    Order,
    Server,
    Suggestion,
    Unit,
    alike,
    fitness,
    suggest,
)
from sync.seats import meant
from sync.shapes import format_time
from sync.things import Community
from sync.work import DAY_MS

AT_WORK: Final = ("DISPATCHED", "ACCEPTED", "IN_PROGRESS")
RESERVED: Final = "DISPATCHED"
LACKING: Final = ("OPEN", "ACCEPTED", "IN_PROGRESS")
ASKED: Final = ("id", "grid", "category", "due_at")
GIVEN_BACK: Final = {"ticket.decline": "declined", "ticket.release": "released"}
ENDED: Final = ("CANCELLED",)

URGENCY: Final = {"URGENT": 3, "HIGH": 2, "NORMAL": 1, "LOW": 0}
STEP: Final = 1_000
"""Where members are short, any fit of a more urgent ticket comes before every fit of a less urgent one."""
SECOND: Final = 12
"""How much a second ticket in one plan counts against whoever gets it: as one in hand does."""
LEAST: Final = 0
"""A fit below this is no plan: somebody is to be asked."""


def suggestions(
    connection: Connection, author: Author, ticket: str, now: int, limit: int
) -> list[Suggestion] | None:
    """Who fits a ticket, the best first; None where there is no such ticket that the author may see."""
    table = TICKET.table
    columns = select(*(table.c[name] for name in ASKED), table.c.community)
    row = connection.execute(columns.where(table.c.id == ticket, visible("ticket", author))).first()
    community = None if row is None else _community(connection, row.community)
    if row is None or community is None:
        return None
    order = _orders(connection, community, [row], now)[ticket]
    posts = held_posts(connection, author, community, now)
    working = calendar_of(community).is_on_duty(now)
    lenders = _lenders(connection, author, community)
    servers = serving(connection, community.id, now)
    return suggest(order, servers, working=working, posts=posts, lenders=lenders)[:limit]


def _orders(connection: Connection, community: Community, rows: Sequence[Any], now: int) -> dict[str, Order]:
    """What each ticket asks for, and who has it, gave it back or was taken off it, whatever they were registered as."""
    who: dict[str, dict[str, set[str]]] = {row.id: {} for row in rows}
    taker, member = TICKET_TAKER.table.c, MEMBER.table.c
    given_back = select(CHANGE.c.entity, CHANGE.c.kind, CHANGE.c.body).where(
        CHANGE.c.kind.in_(GIVEN_BACK), CHANGE.c.settlement.is_not(None)
    )
    for chunk in chunks(who):
        for ticket, taken in connection.execute(
            select(taker.ticket, taker.member).where(taker.ticket.in_(chunk))
        ):
            who[ticket].setdefault("takers", set()).add(taken)
        for ticket, kind, body in connection.execute(given_back.where(CHANGE.c.entity.in_(chunk))):
            who[ticket].setdefault(GIVEN_BACK[kind], set()).add(json.loads(body)["data"]["member"])
    people = {one for found in who.values() for ids in found.values() for one in ids}
    root = dict.fromkeys(people)
    for chunk in chunks(people):
        root.update(connection.execute(select(member.id, member.alias_of).where(member.id.in_(chunk))).all())
    calendar = calendar_of(community)
    return {
        row.id: Order(
            row.id,
            row.grid,
            needs_of(community, row.category),
            called_of(community, row.category),
            calendar.is_on_duty(now if row.due_at is None else max(now, row.due_at - 1)),
            **{name: frozenset(root[one] or one for one in found) for name, found in who[row.id].items()},
        )
        for row in rows
    }


def _lenders(connection: Connection, author: Author, community: Community) -> list[Unit]:
    """The units of a community with what they can lend."""
    table = UNIT.table
    rows = connection.execute(
        select(table.c.id, table.c.resources).where(
            table.c.community == community.id, visible("unit", author)
        )
    )
    return [Unit(row.id, tuple(row.resources)) for row in rows]


def called_of(community: Community, category: str) -> tuple[str, ...]:
    """What a category and the skills that it needs are called, in all languages."""
    needs = set(needs_of(community, category))
    named = [one["name"] for one in community.categories if one["code"] == category]
    named += [one["name"] for one in community.skills if one["code"] in needs]
    return tuple(text for name in named for text in name.values())


def hints(connection: Connection, author: Author, ticket: str) -> list[Hint] | None:
    """The tickets that may be the same order; None where there is no such ticket that the author may see."""
    table = TICKET.table.c
    columns = (table.id, table.category, table.grid, table.title, table.place, table.opened)
    row = connection.execute(select(*columns).where(table.id == ticket, visible("ticket", author))).first()
    if row is None:
        return None
    span = ALIKE_DAYS * DAY_MS + DAY_MS
    near = table.opened.between(row.opened - span, row.opened + span) & table.state.not_in(ENDED)
    same = (table.grid == row.grid) & (table.category == row.category) & near & visible("ticket", author)
    others = connection.execute(select(*columns).where(same).order_by(table.id))
    return alike(Looked(*row), [Looked(*other) for other in others])


def needs_of(community: Community, category: str) -> tuple[str, ...]:
    """The skills that a category needs, as the community's service list says."""
    found = next((one for one in community.categories if one["code"] == category), {})
    return tuple(found.get("needs", ()))


def serving(connection: Connection, community: str, now: int) -> list[Server]:
    """Who serves in a community, with what they hold and how often they served of late, aliases' included."""
    member = MEMBER.table.c
    rows = connection.execute(
        select(member.id, member.unit, member.grid, member.skills, member.alias_of, member.standing).where(
            member.community == community
        )
    ).all()
    root = {row.id: row.alias_of or row.id for row in rows}
    held, recent, on_duty = Counter[str](), Counter[str](), Counter[str]()
    taker, ticket, service = TICKET_TAKER.table.c, TICKET.table.c, SERVICE.table.c
    holding = select(taker.member, func.count()).join(TICKET.table, ticket.id == taker.ticket)
    at_work = holding.where(ticket.state.in_(AT_WORK), taker.community == community).group_by(taker.member)
    for id, count in connection.execute(at_work):
        held[root.get(id, id)] += count
    # What was given to somebody is in their hands, though they have not taken it yet.
    given = select(ticket.reserved).where(ticket.community == community, ticket.state == RESERVED)
    for reserved in connection.execute(given).scalars():
        for id in (one["member"] for one in meant(reserved) if "member" in one):
            held[root.get(id, id)] += 1
    counted = select(service.member, service.on_duty, func.count()).where(
        service.community == community,
        service.start >= now - RECENT_DAYS * DAY_MS,
        service.start <= now,
        service.state == "COUNTED",
    )
    for id, duty, count in connection.execute(counted.group_by(service.member, service.on_duty)):
        recent[root.get(id, id)] += count
        on_duty[root.get(id, id)] += count if duty else 0
    return [
        Server(
            row.id,
            row.unit,
            row.grid,
            tuple(sorted(row.skills)),
            held[row.id],
            recent[row.id],
            on_duty[row.id],
        )
        for row in rows
        if row.alias_of is None and row.standing == "ACTIVE"
    ]


def held_posts(connection: Connection, author: Author, community: Community, now: int) -> list[Held]:
    """The posts of a community that are in their term, and the members who hold them; aliases are read as whom they name."""
    table = POST.table
    day = format_time(now + community.utc_offset * 60_000)[:10]
    rows = connection.execute(select(table).where(table.c.community == community.id, visible("post", author)))
    posts = [POST.thing(row) for row in rows.mappings()]
    member = MEMBER.table.c
    aliases = connection.execute(
        select(member.id, member.alias_of).where(
            member.community == community.id, member.alias_of.is_not(None)
        )
    )
    root = {row.id: row.alias_of for row in aliases}
    return [
        Held(
            post.id,
            (post.name["zh"], post.name["en"]),
            post.grid,
            tuple(sorted(post.skills)),
            frozenset(root.get(one.member, one.member) for one in sitting(post.holders, day)),
        )
        for post in sorted(posts, key=lambda post: post.id)
        if post.starts_on <= day and (post.ends_on is None or day <= post.ends_on)
    ]


def _community(connection: Connection, id: str) -> Community | None:
    row = connection.execute(select(COMMUNITY.table).where(COMMUNITY.table.c.id == id)).mappings().first()
    return None if row is None else COMMUNITY.thing(row)


# All open tickets at once


class Seat(NamedTuple):
    """One free seat of an open ticket."""

    order: Order
    priority: str
    rev: int


def plan(connection: Connection, author: Author, community: str, now: int) -> list[Planned] | None:
    """One member for each free seat of all open tickets; None where there is no such community.

    The sum of all fits is the greatest there can be, more urgent tickets first; nobody gets more than they can hold.
    """
    place = _community(connection, community)
    allowed = connection.execute(
        select(COMMUNITY.table.c.id).where(COMMUNITY.table.c.id == community, visible("community", author))
    ).first()
    if place is None or allowed is None:
        return None
    seats = _seats(connection, author, place, now)
    posts = held_posts(connection, author, place, now)
    return solve(seats, serving(connection, community, now), posts)


def _seats(connection: Connection, author: Author, community: Community, now: int) -> list[Seat]:
    """Each free seat of what is open, or has fewer takers than seats; what was dispatched waits for its answer."""
    table = TICKET.table.c
    rows = connection.execute(
        select(*(table[name] for name in ASKED), table.rev, table.priority, table.seats)
        .where(table.community == community.id, table.state.in_(LACKING), visible("ticket", author))
        .order_by(table.opened, table.id)
    ).all()
    orders = _orders(connection, community, rows, now)
    return [
        Seat(orders[row.id], row.priority, row.rev)
        for row in rows
        for _ in range(len(orders[row.id].takers), row.seats)
    ]


def solve(seats: list[Seat], servers: list[Server], posts: Sequence[Held] = ()) -> list[Planned]:
    """The best assignment of members to seats, in the order of the seats; a seat that nobody fits stays empty."""
    # Half a second, for those who plan.
    from scipy.optimize import linear_sum_assignment  # type: ignore[import-untyped]  # noqa: PLC0415

    places = [(server, nth) for server in servers for nth in range(max(0, CAPACITY - server.held))]
    if not seats or not places:
        return []
    # Reckoned once for a ticket and a member, however many seats the one has and places the other.
    reckoned: dict[str, dict[str, Suggestion]] = {}
    for order in {seat.order.ticket: seat.order for seat in seats}.values():
        reckoned[order.ticket] = {
            server.member: fitness(order, server, posts) for server, nth in places if nth == 0
        }
    fits = [[reckoned[seat.order.ticket][server.member] for server, _ in places] for seat in seats]
    worth = [
        [
            0 if server.member in seat.order.takers else _worth(seat, fit, nth)
            for fit, (server, nth) in zip(row, places, strict=True)
        ]
        for seat, row in zip(seats, fits, strict=True)
    ]
    while True:
        rows, columns = (part.tolist() for part in linear_sum_assignment(worth, maximize=True))
        found = {seat: place for seat, place in zip(rows, columns, strict=True) if worth[seat][place] > 0}
        twice = _twice(seats, places, found)
        if twice is None:
            break
        seat, member = twice
        worth[seat] = [
            0 if server.member == member else value
            for value, (server, _) in zip(worth[seat], places, strict=True)
        ]
    return _told([(seats[seat], fits[seat][place]) for seat, place in sorted(found.items())])


def _told(found: list[tuple[Seat, Suggestion]]) -> list[Planned]:
    """How a plan is taken up: a ticket that nobody has by one dispatch to all; a seat of another when its member agrees."""
    together: dict[str, list[Suggestion]] = {}
    for seat, fit in found:
        together.setdefault(seat.order.ticket, []).append(fit)
    told = []
    for seat, fit in found:
        first, *others = together[seat.order.ticket]
        whole = fit is first and not seat.order.takers
        step = "ticketDispatch" if whole else "ticketClaim"
        told.append(Planned(seat.order.ticket, seat.rev, fit, step, tuple(others) if whole else ()))
    return told


def _twice(
    seats: list[Seat], places: list[tuple[Server, int]], found: dict[int, int]
) -> tuple[int, str] | None:
    """A seat whose member has another seat of the same ticket already."""
    taken: set[tuple[str, str]] = set()
    for seat, place in sorted(found.items()):
        mine = (seats[seat].order.ticket, places[place][0].member)
        if mine in taken:
            return seat, mine[1]
        taken.add(mine)
    return None


def _worth(seat: Seat, fit: Suggestion, nth: int) -> int:
    """What it is worth to give this seat to somebody who got `nth` before it; 0 where it is no plan."""
    worth = fit.fit - SECOND * nth
    return 0 if worth < LEAST else STEP * (1 + URGENCY[seat.priority]) + worth
