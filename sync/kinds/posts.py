"""Posts with seats that members hold (定岗领办)."""

from typing import Final

import msgspec
from msgspec import UNSET, UnsetType

from sync.kinds.kind import Kind, Who
from sync.shapes import Bilingual, Code, Codes, Date, Id, Seats, Shape, check_term


class PostPut(Shape, frozen=True):
    """A post of a community, or of one of its grids; whoever takes a seat holds it to the end of the term."""

    code: Code
    name: Bilingual
    community: Id
    seats: Seats
    starts_on: Date = msgspec.field(name="from")
    ends_on: Date | UnsetType = msgspec.field(name="until", default=UNSET)
    grid: Id | UnsetType = UNSET
    skills: Codes | UnsetType = UNSET

    def __post_init__(self) -> None:
        check_term(self.starts_on, self.ends_on)


KINDS: Final = (
    Kind("post.put", "post", PostPut, creates=True),
    Kind("post.take", "post", Who, identity=True),
    Kind("post.leave", "post", Who, identity=True),
)
