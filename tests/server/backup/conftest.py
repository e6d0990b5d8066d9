"""A district whose phones keep what is not safe yet, as phones do."""

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from schemas.sync import SyncRes
from server.db.database import Database
from server.db.tables.cases import ContactRow
from server.ids import new_id
from server.settings import Settings
from tests.conftest import FakeClock
from tests.server.syncing.conftest import District, make_district
from tests.support.district import Phone, a_visit


class Keeping:
    """A phone with an outbox: it lets go of nothing that a restore could take from the server."""

    def __init__(self, district: District, *, device: UUID | None = None) -> None:
        self.phone: Phone = district.phone(district.advisor, device=device)
        self.district = district
        self.outbox: dict[int, dict[str, Any]] = {}
        self.received: set[int] = set()
        self.written: list[UUID] = []

    def visit(self) -> UUID:
        """Write a contact down."""
        key = new_id()
        mut = self.phone.mut("contact.create", key, a_visit(self.district.family))
        self.outbox[mut["n"]] = mut
        self.written.append(key)
        return key

    def exchange(self) -> SyncRes:
        """Send what has no receipt, and take the answer in as sync.md 6.6 says."""
        unsent = [mut for n, mut in self.outbox.items() if n not in self.received]
        answer = self.phone.post(unsent[:100])
        if self.phone.epoch not in {"", answer.epoch}:
            self.received = set()
            self.phone.acked_n = 0
        if answer.stop == "gap":
            self.received = {n for n in self.received if n < answer.next_n}
        self.received |= {receipt.n for receipt in answer.receipts}
        self.phone.apply(answer)
        for n in [n for n in self.outbox if n in self.received and n <= answer.durable_n]:
            del self.outbox[n]
        return answer

    def settle(self) -> None:
        """Exchange until nothing is left to send."""
        while any(n not in self.received for n in self.outbox) or self.exchange().pull is None:
            self.exchange()

    def sign_in_again(self) -> None:
        """Come back after every session was ended."""
        self.phone.client = self.district.phone(
            self.district.advisor, device=self.phone.device
        ).client


def contacts_in(db: Database) -> set[UUID]:
    """Return every contact that the office holds."""
    with db.read(FakeClock()()) as tx:
        return set(tx.session.scalars(select(ContactRow.id)))


@pytest.fixture
def settings(tmp_path: Path, request: pytest.FixtureRequest) -> Settings:
    """The settings of whichever database the test asked for."""
    name = next(each for each in ("any_db", "db") if each in request.fixturenames)
    database: Database = request.getfixturevalue(name)
    return Settings(
        data_dir=tmp_path,
        database_url=database.url,
        public_url="https://testserver.local",
    )


@pytest.fixture
def any_district(settings: Settings, any_db: Database, clock: FakeClock) -> District:
    return make_district(settings, any_db, clock)


@pytest.fixture
def district(settings: Settings, db: Database, clock: FakeClock) -> District:
    return make_district(settings, db, clock)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "backups"
