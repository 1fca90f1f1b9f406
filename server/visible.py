"""Which rows somebody may see (DESIGN.md 9). Deny by default: a role that is not named here sees nothing.

What is foreign is left out here, so that it looks the same as what does not exist.
"""

from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import ColumnElement, Text, and_, cast, false, or_, select, true

from schema.tables.catalogue import MAPPINGS
from schema.tables.outcome import OUTCOME
from schema.tables.point_entry import POINT_ENTRY
from schema.tables.tablet import TABLET
from schema.tables.ticket import TICKET_TAKER
from schema.values import Author, Role

Where = ColumnElement[bool]

_MEMBER: Final = MAPPINGS["member"].table
_TAKER: Final = TICKET_TAKER.table


def visible(collection: str, author: Author | None) -> Where:
    """The rows of a collection that its holder may see, as a condition on its table."""
    if author is None:
        return false()
    return _RULES[collection](author)


def _there(column: Any, author: Author) -> Where:
    """Within the communities that the author reads."""
    return true() if author.everywhere else column.in_(author.communities)


def _people(author: Author, column: Any) -> Where:
    """The column names a member whom a liaison, a unit or a member answers for."""
    whose: Where
    if author.role is Role.LIAISON:
        whose = _MEMBER.c.grid.in_(author.scope)
    elif author.role is Role.UNIT:
        whose = _MEMBER.c.unit == author.unit
    elif author.role is Role.MEMBER:
        whose = or_(_MEMBER.c.id == author.member, _MEMBER.c.alias_of == author.member)
    else:
        return true()
    roots = select(_MEMBER.c.id).where(whose)
    theirs: Where = column.in_(select(_MEMBER.c.id).where(or_(whose, _MEMBER.c.alias_of.in_(roots))))
    return theirs


def answered_for(author: Author) -> Where:
    """The members of whom somebody may see all that counts: their own people, of the grids that a tablet carries."""
    if author.role is Role.READER:
        return false()
    return and_(_there(_MEMBER.c.community, author), _people(author, _MEMBER.c.id))


def _community(author: Author) -> Where:
    return _there(MAPPINGS["community"].table.c.id, author)


def _unit(author: Author) -> Where:
    table = MAPPINGS["unit"].table
    own = table.c.id == author.unit if author.role is Role.UNIT else true()
    return and_(_there(table.c.community, author), own)


def _grid(author: Author) -> Where:
    return _there(MAPPINGS["grid"].table.c.community, author)


def _point_rule(author: Author) -> Where:
    table = MAPPINGS["pointRule"].table
    return or_(table.c.community.is_(None), _there(table.c.community, author))


def _member(author: Author) -> Where:
    """A tablet carries all members of its community; a unit and a member see their own."""
    own = true() if author.role is Role.LIAISON else _people(author, _MEMBER.c.id)
    return and_(_there(_MEMBER.c.community, author), own)


def _ticket(author: Author) -> Where:
    table = MAPPINGS["ticket"].table
    if author.role is Role.UNIT:
        return false()
    if author.role is Role.MEMBER:
        # Also where it was taken in another community than the member's own.
        return table.c.id.in_(select(_TAKER.c.ticket).where(_people(author, _TAKER.c.member)))
    own = table.c.grid.in_(author.scope) if author.role is Role.LIAISON else true()
    return and_(_there(table.c.community, author), own)


def _shared(collection: str) -> Callable[[Author], Where]:
    """Who holds which post, is in which team and was at which activity is no secret in the community."""

    def rule(author: Author) -> Where:
        if author.role in {Role.UNIT, Role.MEMBER}:
            return false()
        return _there(MAPPINGS[collection].table.c.community, author)

    return rule


def _duty(author: Author) -> Where:
    """What a unit did for a community is known in that community, and to the unit."""
    table = MAPPINGS["duty"].table
    if author.role is Role.MEMBER:
        return false()
    own = table.c.unit == author.unit if author.role is Role.UNIT else true()
    return and_(_there(table.c.community, author), own)


def _evaluation(author: Author) -> Where:
    """A tablet carries those of its community; a unit sees its members', a member their own; a reader none."""
    table = MAPPINGS["evaluation"].table
    if author.role is Role.READER:
        return false()
    if author.role in {Role.UNIT, Role.MEMBER}:
        # Also what another community found, where a member served there.
        return _people(author, table.c.member)
    return _there(table.c.community, author)


def _whistle(author: Author) -> Where:
    """Whistles of the community; a unit's, to which it was called."""
    table = MAPPINGS["whistle"].table
    if author.role is Role.UNIT:
        return cast(table.c.calls, Text).contains(author.unit)
    return _shared("whistle")(author)


def _service(author: Author) -> Where:
    table = MAPPINGS["service"].table
    if author.role is Role.LIAISON:
        own: Where = or_(table.c.grid.in_(author.scope), table.c.grid.is_(None))
    else:
        own = _people(author, table.c.member)
    return and_(_there(table.c.community, author), own)


def _reward(author: Author) -> Where:
    """A community's catalogue is for everybody in it."""
    return _there(MAPPINGS["reward"].table.c.community, author)


def _redemption(author: Author) -> Where:
    table = MAPPINGS["redemption"].table
    if author.role is Role.READER:
        return false()
    return and_(_there(table.c.community, author), _people(author, table.c.member))


def _adjustment(author: Author) -> Where:
    """Somebody's points by hand: as a redemption, and to the tablets that carry it."""
    table = MAPPINGS["adjustment"].table
    if author.role is Role.READER:
        return false()
    return and_(_there(table.c.community, author), _people(author, table.c.member))


def _point_expiry(_: Author) -> Where:
    """It holds for the whole district, and whoever has points is to know of it."""
    return true()


def _point_entry(author: Author) -> Where:
    table = POINT_ENTRY.table
    return and_(_there(table.c.community, author), _people(author, table.c.member))


def _conflict(author: Author) -> Where:
    table = MAPPINGS["conflict"].table
    if author.role is Role.UNIT:
        return false()
    if author.role is Role.MEMBER:
        return and_(table.c.rule == "correction", table.c.entity.in_(author.scope))
    own = table.c.grid.in_(author.scope) if author.role is Role.LIAISON else true()
    return and_(_there(table.c.community, author), own)


def _of_desk(author: Author, device: Any, community: Any) -> Where:
    """A tablet's own, with what it continues; to the desk those of its community."""
    if author.role is Role.LIAISON:
        root = select(TABLET.c.root).where(TABLET.c.device == author.device).scalar_subquery()
        own: Where = device.in_(select(TABLET.c.device).where(TABLET.c.root == root))
        return own
    if author.role in {Role.DISPATCHER, Role.ADMIN}:
        return _there(community, author)
    return false()


def _device(author: Author) -> Where:
    return _of_desk(author, TABLET.c.device, TABLET.c.community)


def _verdict(author: Author) -> Where:
    return _of_desk(author, OUTCOME.table.c.device, OUTCOME.table.c.community)


def _settlement(_: Author) -> Where:
    return true()


def _reading(author: Author) -> Where:
    return true() if author.role is Role.ADMIN else false()


def _step(_: Author) -> Where:
    """There is no list of all: steps are asked of a thing, and only who sees that asks them."""
    return true()


_RULES: Final[dict[str, Callable[[Author], Where]]] = {
    "community": _community,
    "unit": _unit,
    "grid": _grid,
    "pointRule": _point_rule,
    "member": _member,
    "ticket": _ticket,
    "service": _service,
    **{name: _shared(name) for name in ("post", "team", "activity", "recount")},
    "duty": _duty,
    "evaluation": _evaluation,
    "reward": _reward,
    "whistle": _whistle,
    "redemption": _redemption,
    "adjustment": _adjustment,
    "pointExpiry": _point_expiry,
    "pointEntry": _point_entry,
    "conflict": _conflict,
    "device": _device,
    "verdict": _verdict,
    "settlement": _settlement,
    "reading": _reading,
    "step": _step,
}
