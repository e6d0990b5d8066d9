"""Brings a database to the tables of this version, whatever it was before.

Revisions lie in ``server/db/migrations/versions``. There is no ``alembic.ini``: the connection
is handed over, so that a migration runs under the same writer lock as everything else.
"""

import secrets
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from alembic import command
from alembic.autogenerate.api import AutogenContext
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, insert, select

from server.db.database import Database
from server.db.tables.syncing import SyncHeadRow

MIGRATIONS = Path(__file__).parent / "migrations"
_OWN_TYPES = "server.db.types"


def upgrade(database: Database) -> None:
    """Bring the database to head; make sure it has an epoch. Idempotent."""
    with _migrating(database) as (config, connection):
        command.upgrade(config, "head")
        if connection.scalar(select(SyncHeadRow.one)) is None:
            connection.execute(insert(SyncHeadRow).values(one=1, epoch=new_epoch(), v=0, floor=0))


def upgrade_within(connection: Connection) -> None:
    """Make every table in a transaction of the caller's, where there are none. No epoch yet."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def knows(revision: str) -> bool:
    """Tell whether this version of the server knows a revision."""
    return any(
        each.revision == revision
        for each in ScriptDirectory.from_config(_config()).walk_revisions()
    )


def upgrade_to(database: Database, revision: str) -> None:
    """Bring the database to one revision, which need not be the newest."""
    with _migrating(database) as (config, _connection):
        command.upgrade(config, revision)


def downgrade(database: Database, revision: str) -> None:
    """Take the database back to an earlier revision (``base``: empty)."""
    with _migrating(database) as (config, _connection):
        command.downgrade(config, revision)


def revise(database: Database, message: str, *, revision_id: str) -> None:
    """Write a new revision from the difference between the database and the tables."""
    with _migrating(database) as (config, _connection):
        command.revision(config, message, autogenerate=True, rev_id=revision_id)


def check(database: Database) -> None:
    """Raise alembic's ``CommandError`` when the tables have changes that no revision makes."""
    with _migrating(database) as (config, _connection):
        command.check(config)


def revision_of(database: Database) -> str | None:
    """Return the database's revision; None: it has no tables yet."""
    with _migrating(database) as (_config, connection):
        return MigrationContext.configure(connection).get_current_revision()


def head_revision() -> str:
    """Return the revision this version of the server wants."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise LookupError("no revision in server/db/migrations/versions")
    return head


def new_epoch() -> str:
    """Return a name for a new life of a database. A restore must take a new one, too."""
    return secrets.token_hex(6)


def configuration_of() -> dict[str, Any]:
    """Return what every use of alembic here agrees on; ``env.py`` and ``check`` read it."""
    return {
        "render_as_batch": True,  # SQLite alters a table by copying it
        "compare_type": True,
        "render_item": _render_item,
    }


def _render_item(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Spell our own column types as what they are made of: a revision outlives our classes."""
    if kind == "type" and type(item).__module__ == _OWN_TYPES:
        made_of: Any = getattr(item, "impl_instance", None)
        if made_of is None:  # a kind of SQLAlchemy's own type, which is read in another way
            made_of = next(one for one in type(item).__mro__ if one.__module__ != _OWN_TYPES)()
        return f"sa.{made_of!r}"
    return False


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    return config


@contextmanager
def _migrating(database: Database) -> Generator[tuple[Config, Connection]]:
    with database.restructure() as connection:
        config = _config()
        config.attributes["connection"] = connection
        yield config, connection
