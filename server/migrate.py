"""Which version of the tables a database has, and bringing it up to ours. Alembic, from inside the package."""

from functools import cache

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection


class TooNew(Exception):
    """A database that was written by a newer version of Lianxin."""


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "server:migrations")
    config.set_main_option("path_separator", "os")
    return config


@cache
def head() -> str:
    """The newest version of the tables that this code knows."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


@cache
def _known() -> frozenset[str]:
    """Every version of the tables that this code knows."""
    return frozenset(script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions())


def revision_of(connection: Connection) -> str | None:
    """The version of the tables that a database has; None for an empty one; raises TooNew."""
    revision = MigrationContext.configure(connection).get_current_revision()
    if revision is not None and revision not in _known():
        raise TooNew("this database was written by a newer Lianxin; use that version or a backup from before")
    return revision


def upgrade(connection: Connection, to: str = "head") -> None:
    """Bring the tables up to a version, inside the connection's transaction."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def make_step(connection: Connection, message: str, revision: str) -> None:
    """Write the file of the next step from what the tables now say (for those who change tables)."""
    config = _config()
    config.attributes["connection"] = connection
    command.revision(config, message, autogenerate=True, rev_id=revision)
