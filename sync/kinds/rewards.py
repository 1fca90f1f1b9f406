"""The catalogue that points are exchanged against."""

from typing import Annotated, Final

import msgspec
from msgspec import UNSET, Meta, UnsetType

from sync.kinds.kind import Kind
from sync.shapes import Bilingual, Code, Date, Id, Points, Shape, check_term


class RewardPut(Shape, frozen=True):
    """A reward of a community's catalogue: its price, and how many there are in all; without `stock` no end of them."""

    code: Code
    name: Bilingual
    community: Id
    points: Points
    starts_on: Date = msgspec.field(name="from")
    ends_on: Date | UnsetType = msgspec.field(name="until", default=UNSET)
    stock: Annotated[int, Meta(ge=0, le=100_000)] | UnsetType = UNSET

    def __post_init__(self) -> None:
        check_term(self.starts_on, self.ends_on)


KINDS: Final = (Kind("reward.put", "reward", RewardPut, creates=True),)
