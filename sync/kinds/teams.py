"""Vanguard and volunteer teams (先锋队)."""

from typing import Final

from msgspec import UNSET, UnsetType

from sync.kinds.kind import Kind, Who
from sync.shapes import Bilingual, Code, Id, Shape, Word


class TeamPut(Shape, frozen=True):
    """A vanguard or volunteer team, for a theme."""

    code: Code
    name: Bilingual
    community: Id
    theme: Word | UnsetType = UNSET


KINDS: Final = (
    Kind("team.put", "team", TeamPut, creates=True),
    Kind("team.join", "team", Who, identity=True),
    Kind("team.leave", "team", Who, identity=True),
)
