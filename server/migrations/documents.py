"""What tablets are told, brought up to date by a migration: a replay of the log would say the same."""

from collections.abc import Callable
from typing import Any, Final

import sqlalchemy as sa
from alembic import op

CHUNK: Final = 1_000


def complete(collection: str, more: Callable[[str], dict[str, Any]]) -> None:
    """Add to each body of a collection what `more` says for its id, a portion of the documents at a time."""
    document = sa.table(
        "document",
        sa.column("collection", sa.String),
        sa.column("id", sa.String),
        sa.column("audience", sa.String),
        sa.column("body", sa.JSON),
    )
    connection = op.get_bind()
    mine = (document.c.collection == collection, document.c.body.is_not(None))
    keys = connection.execute(sa.select(document.c.id, document.c.audience).where(*mine)).all()
    one = (
        document.c.collection == collection,
        document.c.id == sa.bindparam("key"),
        document.c.audience == sa.bindparam("to"),
    )
    for start in range(0, len(keys), CHUNK):
        chunk = keys[start : start + CHUNK]
        found = sa.select(document).where(*mine, document.c.id.in_([id for id, _ in chunk]))
        wanted = {tuple(key) for key in chunk}
        rows = [
            {"key": row.id, "to": row.audience, "whole": row.body | more(row.id)}
            for row in connection.execute(found)
            if (row.id, row.audience) in wanted
        ]
        connection.execute(sa.update(document).where(*one).values(body=sa.bindparam("whole")), rows)
