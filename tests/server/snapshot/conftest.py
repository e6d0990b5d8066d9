"""A district small enough to count on paper: docs in ``paper.py``."""

import pytest

from server.db.database import Database
from tests.server.snapshot.paper import Paper, on_paper


@pytest.fixture
def paper(db: Database) -> Paper:
    return on_paper(db)
