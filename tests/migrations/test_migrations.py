"""Every revision goes up and down on both databases, and the last one equals the tables."""

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from server.db import migrate
from server.db.base import Base
from server.db.database import Database
from server.db.tables.syncing import SyncHeadRow
from tests.conftest import MONDAY

REVISIONS = [
    script.revision
    for script in reversed(list(ScriptDirectory(str(migrate.MIGRATIONS)).walk_revisions()))
]


@pytest.mark.parametrize("revision", REVISIONS)
def test_every_revision_goes_up_from_the_one_before_and_back_down(
    database_url: str, revision: str
) -> None:
    database = Database(database_url)

    migrate.upgrade_to(database, revision)
    assert migrate.revision_of(database) == revision
    migrate.downgrade(database, "base")

    with database.restructure() as connection:
        left = set(inspect(connection).get_table_names()) - {"alembic_version"}
    assert left == set()
    migrate.upgrade_to(database, revision)
    assert migrate.revision_of(database) == revision
    database.close()


def test_the_newest_revision_makes_exactly_the_tables_the_code_expects(database_url: str) -> None:
    database = Database(database_url)

    migrate.upgrade(database)

    migrate.check(database)
    database.close()


def test_migrating_again_keeps_the_life_of_the_database(any_db: Database) -> None:
    with any_db.read(MONDAY) as tx:
        before = tx.session.get_one(SyncHeadRow, 1).epoch

    migrate.upgrade(any_db)

    with any_db.read(MONDAY) as tx:
        assert tx.session.get_one(SyncHeadRow, 1).epoch == before
    assert migrate.revision_of(any_db) == migrate.head_revision()


def test_a_draft_of_a_revision_names_no_class_of_ours() -> None:
    """It must still run when our classes are long gone."""
    spell = migrate.configuration_of()["render_item"]
    columns = [column for table in Base.metadata.tables.values() for column in table.columns]
    ours = [one.type for one in columns if type(one.type).__module__ == "server.db.types"]

    drafted = {type(kind).__name__: spell("type", kind, None) for kind in ours}

    assert drafted == {
        "Id": "sa.Uuid()",
        "Instant": "sa.DateTime(timezone=True)",
        "Json": "sa.Text()",
    }
