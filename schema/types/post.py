"""Post: 岗位, a place in a community or grid that members hold for a term."""

from typing import Annotated

import strawberry
from strawberry.types.info import Info

from schema.context import Context
from schema.fields import bilingual, column, conflicts, field, moment, shaped, to_one
from schema.loaders import shows
from schema.policies import PERSONS, SIGNED, WITHIN
from schema.shapes import Parts, Person
from schema.types.lazy import ACommunity, AGrid, AMember
from schema.types.node import Node
from schema.types.scalars import Date, DateTime, Long
from schema.types.step import history
from sync import things
from sync.shapes import format_time

DayArgument = Annotated[Date | None, strawberry.argument(description="On this local day.")]


@strawberry.type(description="Who holds or held a seat of a post, and when.")
class PostHolder:
    row: strawberry.Private[things.Holder]

    since: DateTime = moment(WITHIN, "Since when.")
    until: DateTime | None = moment(WITHIN, "Until when, where it was left.")
    term: Date | None = column(WITHIN, "The last local day of the term in which it was taken.")
    member: AMember | None = shaped(
        PERSONS, "Who. Taken under an alias, it is the member's all the same.", Person("member")
    )


def _day(context: Context, at: int) -> str:
    return format_time(at + context.offset_ms)[:10]


def _held(context: Context, holder: things.Holder, on: Date | None) -> bool:
    """Whether a seat is held on a local day; today it is so by those only who have not left."""
    if on is None and holder.until is not None:
        return False
    day = _day(context, context.now()) if on is None else str(on)
    return (
        _day(context, holder.since) <= day
        and (holder.until is None or day <= _day(context, holder.until))
        and (holder.term is None or day <= holder.term)
    )


@shows("post")
@strawberry.type(
    description="岗位. A place in a community or grid that members claim and hold for a term (定岗领办)."
)
class Post(Node):
    row: strawberry.Private[things.Post]

    rev: Long = column(SIGNED, "The rev of its last change.")
    community: ACommunity = to_one(SIGNED, "The community it is in.", "community")
    grid: AGrid | None = to_one(SIGNED, "The grid it is in; null where it is the whole community's.", "grid")
    code: str = column(SIGNED, "The code by which people name it: `help-desk`.")
    name = bilingual(SIGNED, "Its name: `政策宣传岗`.")
    seats: int = column(SIGNED, "How many members are wanted.")
    skills: list[str] = column(SIGNED, "Skills that are wished for, by the community's codes.")
    starts_on: Date = column(SIGNED, "The first local day of the term.", name="from")
    ends_on: Date | None = column(SIGNED, "The last local day of the term, if it has one.", name="until")
    conflicts = conflicts()
    history = history()

    holders: list[PostHolder] = shaped(
        SIGNED, "All who hold it or ever did, in the order they came.", Parts("holders", PostHolder)
    )

    @field(SIGNED, "Who holds it on a local day, be it for a part of it; today unless a day is said.")
    def held_by(self, info: Info, on: DayArgument = None) -> list[PostHolder]:
        return [PostHolder(row=one) for one in self.row.holders if _held(info.context, one, on)]

    @field(SIGNED, "How many seats stand empty, today unless a day is said.")
    def vacant(self, info: Info, on: DayArgument = None) -> int:
        sitting = [one for one in self.row.holders if _held(info.context, one, on)]
        return max(0, self.row.seats - len(sitting))
