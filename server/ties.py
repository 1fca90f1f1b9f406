"""How the rows of a list belong to their parent, where no column of their own says so.

THE TABLE: `TIES`, each a pairing of rows and parents that is said once, for a list's own statement and for
one inside another. Of what two things have in common only so much counts as the author may see.
"""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Text,
    and_,
    cast,
    func,
    or_,
    select,
    true,
    union,
)

from schema.context import Condition
from schema.tables.activity import ATTENDANCE
from schema.tables.catalogue import MAPPINGS
from schema.tables.member import MEMBER
from schema.tables.ticket import TICKET_TAKER
from schema.values import Author
from server.columns import TABLES, id_of, named, where
from server.visible import visible

Where = ColumnElement[bool]

# Not the tables themselves: those are what is listed, and what may be seen is asked of.
_OWN: Final = MEMBER.table.alias("own")
_ROOT: Final = MEMBER.table.alias("root")
_MEMBER: Final = MEMBER.table
_TAKER: Final = TICKET_TAKER.table


class Pairs(NamedTuple):
    """Rows and their parents, as two columns of something joined, under a condition."""

    source: FromClause
    row: Any
    parent: Any
    where: Where = true()

    def rows_of(self, parent: Any) -> Select[Any]:
        return select(self.row.label("row")).select_from(self.source).where(self.parent == parent, self.where)


class Tie(NamedTuple):
    """How a collection's rows belong to their parents: the pairs, as far as somebody may see them, and of which
    column's values the rows are."""

    pairs: Callable[[Author | None], list[Pairs]]
    column: str = "id"


def _registered() -> FromClause:
    """Members proper, beside every id that is read as them: each by an index."""
    same = or_(_OWN.c.id == _ROOT.c.id, _OWN.c.alias_of == _ROOT.c.id)
    return _ROOT.join(_OWN, and_(same, _ROOT.c.alias_of.is_(None)))


def _people(member: Any) -> FromClause:
    """The same beside the rows that they stand in."""
    return _registered().join(member.table, member == _OWN.c.id)


def _of_unit(collection: str) -> Tie:
    """What the members of a unit did or have, whatever they were registered as."""
    row = TABLES[collection].alias("theirs").c
    return Tie(lambda _: [Pairs(_people(row.member), row.id, _ROOT.c.unit)])


def _held(collection: str) -> Tie:
    """Posts or teams among whose holders somebody is, or ever was."""
    row = TABLES[collection].alias("held").c
    source = _registered().join(row.id.table, named(row.holders, _OWN.c.id))
    return Tie(lambda _: [Pairs(source, row.id, _ROOT.c.id)])


def _attended() -> Tie:
    there = ATTENDANCE.table.alias("there")
    counts = there.c.state != "VOID"
    return Tie(lambda _: [Pairs(_people(there.c.member), there.c.activity, _ROOT.c.id, counts)])


def _earned(column: str) -> Tie:
    """What was earned in a grid: by services done in it, by ratings of its tickets, by signing in there; or by one of
    these things alone. A service, ticket or session that is not to be seen says nothing of its points."""
    service, ticket, activity = (TABLES[one] for one in ("service", "ticket", "activity"))
    rating, there = TABLES["rating"], TABLES["attendance"]
    rated = rating.join(ticket, ticket.c.id == rating.c.ticket)
    signed = there.join(activity, activity.c.id == there.c.activity)

    def pairs(author: Author | None) -> list[Pairs]:
        found = []
        if column in service.c:
            found.append(Pairs(service, service.c.id, service.c[column], visible("service", author)))
        if column in {"grid", "ticket"}:
            parent = ticket.c.get(column, ticket.c.id)
            found.append(Pairs(rated, rating.c.id, parent, visible("ticket", author)))
        if column in {"grid", "activity"}:
            parent = activity.c.get(column, activity.c.id)
            found.append(Pairs(signed, there.c.id, parent, visible("activity", author)))
        return found

    return Tie(pairs, "source")


def _of_team() -> Tie:
    """Services at a team's sessions."""
    service, activity = TABLES["service"].alias("theirs").c, TABLES["activity"]
    source = service.id.table.join(activity, activity.c.id == service.activity)
    return Tie(lambda author: [Pairs(source, service.id, activity.c.team, visible("activity", author))])


def _carried() -> Tie:
    """Tablets that carry a grid, as last assigned."""
    row, grid = MAPPINGS["device"].table.alias("carrier"), TABLES["grid"].alias("carried")
    source = grid.join(row, cast(row.c.grids, Text).contains(grid.c.id))
    return Tie(lambda _: [Pairs(source, row.c.id, grid.c.id)])


def _called() -> Tie:
    """Whistles to which a unit was called."""
    row, unit = TABLES["whistle"].alias("blown"), TABLES["unit"].alias("called")
    source = unit.join(row, cast(row.c.calls, Text).contains(unit.c.id))
    return Tie(lambda _: [Pairs(source, row.c.id, unit.c.id)])


def _blown() -> Tie:
    """Whistles for a grid's tickets."""
    row, ticket = TABLES["whistle"].alias("blown"), TABLES["ticket"]
    source = row.join(ticket, ticket.c.id == row.c.ticket)
    return Tie(lambda author: [Pairs(source, row.c.id, ticket.c.grid, visible("ticket", author))])


def _changed() -> Tie:
    """Conflicts by the settlement whose rev they bear."""
    row, wrote = TABLES["conflict"].alias("changed"), TABLES["settlement"].alias("wrote")
    source = wrote.join(row, row.c.rev.between(wrote.c.first_rev, wrote.c.last_rev))
    return Tie(lambda _: [Pairs(source, row.c.id, wrote.c.number)])


def _taken() -> Tie:
    """Tickets that a member of a unit has taken."""
    return Tie(lambda _: [Pairs(_people(_TAKER.c.member), _TAKER.c.ticket, _ROOT.c.unit)])


TIES: Final[dict[tuple[str, str], Tie]] = {
    ("ticket", "unit"): _taken(),
    **{
        (one, "unit"): _of_unit(one)
        for one in ("service", "pointEntry", "evaluation", "redemption", "adjustment")
    },
    ("service", "team"): _of_team(),
    ("post", "holder"): _held("post"),
    ("team", "holder"): _held("team"),
    ("activity", "attendant"): _attended(),
    ("conflict", "settlement"): _changed(),
    ("whistle", "called"): _called(),
    ("whistle", "grid"): _blown(),
    ("device", "grid"): _carried(),
    ("pointEntry", "grid"): _earned("grid"),
    ("pointEntry", "ticket"): _earned("ticket"),
    ("pointEntry", "activity"): _earned("activity"),
}
"""Each by the collection and the name that its list gives the parent."""


def belongs(
    collection: str, name: str, parent: ColumnElement[Any], author: Author | None
) -> ColumnElement[bool]:
    """Whether a row belongs to this parent, which may be a column of another statement."""
    tie = TIES.get((collection, name))
    if tie is None:
        return where(collection, Condition(name, "is", parent))
    mine: Any = id_of(collection) if tie.column == "id" else TABLES[collection].c[tie.column]
    found = [one.rows_of(parent) for one in tie.pairs(author)]
    # Joined, not looked for: SQLite would find the parent's rows anew for each row that it looks at.
    tied = (union(*found) if len(found) > 1 else found[0].distinct()).subquery()
    return tied.c.row == mine  # type: ignore[no-any-return]


def within(collection: str, name: str, author: Author | None) -> tuple[FromClause, ColumnElement[Any]]:
    """The collection joined with whatever says to which parents its rows belong, and the parent's id."""
    table: FromClause = TABLES[collection]
    whose = func.coalesce(_MEMBER.c.alias_of, _MEMBER.c.id)
    if name == "person":
        return table.join(_MEMBER, _MEMBER.c.id == table.c.member), whose
    if name == "taker":
        taken = table.join(_TAKER, _TAKER.c.ticket == table.c.id)
        return taken.join(_MEMBER, _MEMBER.c.id == _TAKER.c.member), whose
    tie = TIES.get((collection, name))
    if tie is None:
        return table, table.c[name]
    mine = id_of(collection) if tie.column == "id" else table.c[tie.column]
    found = [
        select(one.row.label("row"), one.parent.label("parent")).select_from(one.source).where(one.where)
        for one in tie.pairs(author)
    ]
    pairs = union(*found).subquery("tied") if len(found) > 1 else found[0].distinct().subquery("tied")
    return table.join(pairs, pairs.c.row == mine), pairs.c.parent
