"""Redemption: points exchanged for a reward; goods are handed over on the verdict."""

import strawberry

from schema.fields import column, moment, shaped, to_one
from schema.loaders import shows
from schema.policies import PERSONS
from schema.shapes import Person
from schema.types.lazy import ACommunity, AMember, AReward
from schema.types.node import Node
from schema.types.point_entry_list import point_entries
from schema.types.scalars import DateTime, Long
from schema.types.step import history
from sync import things


@shows("redemption")
@strawberry.type(description="兑换. Points exchanged for a reward.")
class Redemption(Node):
    row: strawberry.Private[things.Redemption]

    rev: Long | None = column(PERSONS, "The rev of its last change.")
    history = history()
    point_entries = point_entries(
        PERSONS, "The lines of the ledger that it came to: `pointEntries { nodes { points at } }`.", "source"
    )
    community: ACommunity | None = to_one(PERSONS, "The community it belongs to.", "community")
    points: int | None = column(PERSONS, "How many points.")
    reward: str | None = column(PERSONS, "For what, in words.")
    item: AReward | None = to_one(PERSONS, "For what of the catalogue, where it was for that.", "reward")
    state: str | None = column(PERSONS, "Whether it stands.")
    at: DateTime | None = moment(PERSONS, "When it was asked for.")

    member: AMember | None = shaped(PERSONS, "Whose points.", Person("member"))
