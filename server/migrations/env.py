"""What Alembic runs: always on a connection that server/database.py hands over, under the writer's lock."""

from typing import Any, Literal

from alembic import context
from sqlmodel.sql.sqltypes import AutoString

from schema.tables.catalogue import METADATA


def plain_strings(kind: str, item: Any, _context: object) -> str | Literal[False]:
    """SQLModel's string is an ordinary one; a step should not need SQLModel to run."""
    return "sa.String()" if kind == "type" and isinstance(item, AutoString) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    render_item=plain_strings,
    transactional_ddl=True,
)
context.run_migrations()
