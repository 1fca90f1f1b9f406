"""Who reports to a grid: registered, edited, assigned, merged, split; and what a member asks to be corrected."""

from typing import Annotated, Final, Literal

from msgspec import UNSET, Meta, UnsetType

from sync.kinds.kind import DESK, Kind, Nothing, Office
from sync.shapes import Code, Codes, Id, Private, Reason, Shape, Word

Standing = Literal["ACTIVE", "AWAY", "LEFT"]


class MemberRegister(Shape, frozen=True):
    unit: Id
    number: Code
    name: Word
    grid: Id | UnsetType = UNSET


class MemberEdit(Shape, frozen=True):
    name: Word | UnsetType = UNSET
    unit: Id | UnsetType = UNSET
    number: Code | UnsetType = UNSET
    standing: Standing | UnsetType = UNSET
    add_skills: Codes | UnsetType = UNSET
    remove_skills: Codes | UnsetType = UNSET


class MemberPrivate(Private, frozen=True):
    phone: Annotated[str, Meta(min_length=1, max_length=30)] | None | UnsetType = UNSET


class MemberAssign(Shape, frozen=True):
    grid: Id


class MemberMerge(Shape, frozen=True):
    into: Id


class MemberRequest(Shape, frozen=True):
    """What is wrong in what is kept about a member, and in which thing, if it is in one."""

    reason: Reason
    about: Id | UnsetType = UNSET


KINDS: Final = (
    Kind("member.register", "member", MemberRegister, MemberPrivate, creates=True, identity=True),
    Kind("member.edit", "member", MemberEdit, MemberPrivate, identity=True),
    Kind("member.assign", "member", MemberAssign),
    Kind("member.merge", "member", MemberMerge, offices=DESK, identity=True),
    Kind("member.split", "member", Nothing, offices=DESK, identity=True),
    Kind("member.request", "member", MemberRequest, offices=frozenset(Office)),
)
