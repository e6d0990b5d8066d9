"""Nobody who asks the office waits for a connection, or others would pass him again and again."""

from contextlib import ExitStack

from server.db.database import Database
from server.db.engines import READERS
from server.web.threads import HANDLERS_AT_ONCE
from tests.conftest import MONDAY


def test_every_handler_can_read_at_once_while_somebody_writes(db: Database) -> None:
    assert READERS > HANDLERS_AT_ONCE

    with ExitStack() as all_of_them:
        for _ in range(HANDLERS_AT_ONCE + 1):
            all_of_them.enter_context(db.read(MONDAY))
        with db.write(MONDAY) as tx:
            assert tx.at == MONDAY
