"""Steps: each change that was decided, with its newest outcome. No table: the log and the outcomes side by side."""

from typing import Any, Final

from sqlalchemy import FromClause, exists, select

from schema.json_sql import parsed
from schema.tables.change import CHANGE
from schema.tables.outcome import OUTCOME


def newer_outcome() -> Any:
    """There is a newer outcome of the same change."""
    table = OUTCOME.table
    newer = table.alias("newer")
    later = (newer.c.settlement > table.c.settlement) | (
        (newer.c.settlement == table.c.settlement) & (newer.c.position > table.c.position)
    )
    same = (
        (newer.c.change == table.c.change) & (newer.c.device == table.c.device) & (newer.c.seq == table.c.seq)
    )
    return exists().where(same & later)


def _steps() -> FromClause:
    outcome = OUTCOME.table.c
    decided = (outcome.device == CHANGE.c.device) & (outcome.seq == CHANGE.c.seq)
    said = [outcome[name] for name in ("entity", "kind", "device", "seq", "outcome", "code", "rule")]
    done = [CHANGE.c[name] for name in ("id", "deed", "uncertainty_ms", "arrival", "office")]
    placed = (outcome.settlement, outcome.position)
    return (
        select(*said, *done, *placed, outcome.sentence, parsed(CHANGE.c.body).label("body"))
        .select_from(OUTCOME.table)
        .join(CHANGE, decided)
        .where(~newer_outcome())
        .subquery("step")
    )


STEP: Final = _steps()
