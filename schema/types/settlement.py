"""Settlement: 结算, one reconciliation; each is chained to the one before by its digest."""

from typing import Any

import strawberry

from schema.fields import choice, column, moment, shaped
from schema.loaders import shows
from schema.policies import ADMIN, PERSONS, SIGNED, STAFF, WITHIN
from schema.shapes import Pairs
from schema.tables.settlement import SettlementRow
from schema.types.conflict_list import conflict_lists
from schema.types.enums import OutcomeKind, SettlementKind
from schema.types.point_entry_list import point_entries
from schema.types.scalars import JSON, DateTime, Long
from schema.types.verdict_list import verdict_lists


@strawberry.type(description="How many changes came to one outcome.")
class OutcomeCount:
    row: strawberry.Private[dict[str, Any]]

    outcome: OutcomeKind = choice(WITHIN, "The outcome.", OutcomeKind)
    count: int = column(WITHIN, "How many changes.")


@shows("settlement")
@strawberry.type(
    description="结算. One reconciliation: the night's, or that of one change which an office made online."
)
class Settlement:
    row: strawberry.Private[SettlementRow]

    number: Long = column(SIGNED, "1 for the first, without gaps.")
    kind: SettlementKind = choice(SIGNED, "How it came about.", SettlementKind)
    now: DateTime = moment(SIGNED, "The time it was told it is.")
    at: DateTime = moment(SIGNED, "Its commit in the order of things: never before the one before it.")
    version: int = column(SIGNED, "The version of the rule book that decided it.")
    first_rev: Long = column(SIGNED, "The first rev it wrote.")
    last_rev: Long = column(SIGNED, "The last rev it wrote.")
    digest: str = column(SIGNED, "SHA-256 over its changes and outcomes, and the digest before.")
    previous: str = column(SIGNED, "The digest of the settlement before.")
    report: JSON | None = column(
        ADMIN, "What a dispatcher wants to read in the morning: who lost what to whom, what waits."
    )

    verdicts = verdict_lists(STAFF, "What it decided, as far as you may see it.", "settlement")
    conflicts_connection = conflict_lists(
        SIGNED,
        "The conflicts that it was the last to change, as far as you may see them:"
        " `conflictsConnection(filter: {states: [REVIEW]}) { totalCount }`.",
        "settlement",
    )
    point_entries = point_entries(
        PERSONS,
        "The lines of the ledger that it posted, as far as you may see them: `pointEntries { totalCount }`.",
        "settlement",
    )
    counts: list[OutcomeCount] = shaped(
        SIGNED,
        "How many changes came to which outcome.",
        Pairs("counts", OutcomeCount, "outcome", "count"),
    )
