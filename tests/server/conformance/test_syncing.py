"""Phones that act at the same moment lose nothing and overwrite nothing, on every database."""

import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text

from schemas.sync import SyncRes
from server.db.database import Database, Transaction
from server.db.tables.cases import CaseRow, ContactRow
from server.db.tables.syncing import ConflictRow, MutationRow, SyncHeadRow
from server.ids import new_id
from server.people import store as people
from server.problems import NotFound
from server.settings import Settings
from server.syncing import replaying, store
from tests.conftest import MONDAY, FakeClock
from tests.server.syncing.conftest import District, make_district
from tests.server.syncing.test_sealed import sealed
from tests.support.district import Phone, a_device, a_visit

PHONES = 4
EACH = 6
OLD = "505-555-0101"


@pytest.fixture
def district(settings: Settings, any_db: Database, clock: FakeClock) -> District:
    return make_district(settings, any_db, clock)


def at_once(*works: Callable[[], None]) -> None:
    start = threading.Barrier(len(works))
    faults: list[BaseException] = []

    def run(work: Callable[[], None]) -> None:
        try:
            start.wait()
            work()
        except BaseException as fault:  # noqa: BLE001  (handed to the test's own thread)
            faults.append(fault)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []


def post(phone: Phone, muts: list[Any]) -> SyncRes:
    """Send; nobody is ever told to wait: no two phones wait for each other in the database."""
    answer = phone.post(muts)
    assert answer.stop == ""
    return answer


def sending(phone: Phone, muts: list[Any]) -> Callable[[], None]:
    def work() -> None:
        post(phone, muts)

    return work


@pytest.mark.postgres
def test_who_gives_up_on_a_record_second_is_told_that_it_waits_no_longer(
    settings: Settings, postgres_db: Database, clock: FakeClock
) -> None:
    here = make_district(settings, postgres_db, clock)
    phone = here.phone(here.advisor)
    visit = phone.mut("contact.create", new_id(), a_visit(here.family))
    answer = phone.post(sealed=[sealed(here, phone, visit) | {"ct": "AAAA"}])
    assert answer.receipts[0].code == "cannot_open"
    told: list[type[BaseException]] = []

    def give_up(tx: Transaction) -> None:
        replaying.dismiss(tx, UUID(visit["id"]), because="Lost", by=here.coordinator.id)

    def second() -> None:
        try:
            with postgres_db.write(MONDAY) as tx:
                give_up(tx)
        except Exception as error:  # noqa: BLE001  (what it is, is what is asked)
            told.append(type(error))

    late = threading.Thread(target=second)
    with postgres_db.write(MONDAY) as tx:
        give_up(tx)
        late.start()
        while late.is_alive() and not somebody_waits(postgres_db):
            pass
    late.join()

    assert told == [NotFound]


def somebody_waits(db: Database) -> bool:
    with db.read(MONDAY) as tx:
        held_up = text("SELECT count(*) > 0 FROM pg_locks WHERE NOT granted")
        return bool(tx.session.execute(held_up).scalar_one())


def test_phones_that_write_at_once_are_all_recorded_once_each(district: District) -> None:
    phones = [district.phone(district.advisor) for _ in range(PHONES)]
    batches = [
        [phone.mut("contact.create", new_id(), a_visit(district.family)) for _ in range(EACH)]
        for phone in phones
    ]

    pairs = list(zip(phones, batches, strict=True))

    at_once(*[sending(phone, batch) for phone, batch in pairs * 2])

    with district.db.read(MONDAY) as tx:
        assert len(tx.session.scalars(select(ContactRow)).all()) == PHONES * EACH
        numbers = tx.session.execute(select(MutationRow.device_id, MutationRow.n)).all()
        head = tx.session.get_one(SyncHeadRow, 1).v
    assert sorted(n for _, n in numbers) == sorted([*range(1, EACH + 1)] * PHONES)
    reader = district.phone(district.advisor)
    reader.sync()
    assert len(reader.all("contact")) == PHONES * EACH
    assert reader.cursor.endswith(f".{head}")


def test_one_number_changed_at_once_from_many_phones_keeps_every_value(
    district: District,
) -> None:
    phones = [district.phone(district.advisor) for _ in range(PHONES)]
    values = [f"505-555-02{place:02}" for place in range(PHONES)]

    def change(phone: Phone, value: str) -> Callable[[], None]:
        mut = phone.mut(
            "contact_point.edit", district.family.point_id, {"value": value}, was={"value": OLD}
        )

        def work() -> None:
            post(phone, [mut])

        return work

    at_once(*[change(phone, value) for phone, value in zip(phones, values, strict=True)])

    with district.db.read(MONDAY) as tx:
        point = people.find_contact_point(tx, district.family.point_id)
        conflicts = tx.session.scalars(select(ConflictRow)).all()
        mine = [store.fields_of(row)[0].mine for row in conflicts]
        theirs = {str(store.fields_of(row)[0].theirs) for row in conflicts}
    assert point is not None
    assert sorted([point.value, *map(str, mine)]) == values
    assert theirs == {point.value}


def test_different_fields_changed_at_once_all_arrive(district: District) -> None:
    key = new_id()
    first = district.phone(district.advisor)
    first.sync([first.mut("contact.create", key, a_visit(district.family))])
    changes: list[dict[str, Any]] = [
        {"note": "Rosa called back."},
        {"met": "Rosa"},
        {"follow_up_on": "2026-03-09"},
        {"causes": {"+": ["boredom"], "-": []}},
        {"causes": {"+": ["illness"], "-": []}},
    ]

    def amend(change: dict[str, Any]) -> Callable[[], None]:
        phone = district.phone(district.advisor)
        was = {"note": "Left a note at the door."} if "note" in change else {}
        mut = phone.mut("contact.amend", key, change, was=was)

        def work() -> None:
            assert post(phone, [mut]).receipts[0].out in {"applied", "merged"}

        return work

    at_once(*[amend(change) for change in changes])

    first.sync()
    row = first.row("contact", key)
    assert (row["note"], row["met"], row["follow_up_on"]) == (
        "Rosa called back.",
        "Rosa",
        "2026-03-09",
    )
    assert row["causes"] == ["boredom", "illness"]
    with district.db.read(MONDAY) as tx:
        stored = tx.session.get_one(ContactRow, key)
        assert (stored.note, stored.met) == (row["note"], row["met"])


def test_one_mutation_from_two_devices_at_once_has_one_effect(district: District) -> None:
    one, two = district.phone(district.advisor), district.phone(district.advisor)
    visit = one.mut("contact.create", new_id(), a_visit(district.family))
    answers: list[SyncRes] = []

    at_once(
        lambda: answers.append(post(one, [visit])),
        lambda: answers.append(post(two, [visit])),
    )

    receipts = [answer.receipts[0] for answer in answers]
    assert receipts[0] == receipts[1]
    assert receipts[0].out == "applied"
    with district.db.read(MONDAY) as tx:
        assert len(tx.session.scalars(select(ContactRow)).all()) == 1
        assert len(tx.session.scalars(select(MutationRow)).all()) == 2


def test_one_phone_sending_twice_at_once_is_counted_once(district: District) -> None:
    device = a_device(district.db, district.advisor)
    one = district.phone(district.advisor, device=device)
    two = district.phone(district.advisor, device=device)
    batch = [one.mut("contact.create", new_id(), a_visit(district.family)) for _ in range(EACH)]

    at_once(sending(one, batch), sending(two, batch))

    with district.db.read(MONDAY) as tx:
        assert len(tx.session.scalars(select(ContactRow)).all()) == EACH


def test_a_conflict_decided_from_two_places_at_once_is_decided_once(district: District) -> None:
    ana, ben = district.phone(district.advisor), district.phone(district.advisor)
    for phone, value in ((ana, "505-555-0111"), (ben, "505-555-0222")):
        phone.sync(
            [
                phone.mut(
                    "contact_point.edit",
                    district.family.point_id,
                    {"value": value},
                    was={"value": OLD},
                )
            ]
        )
    ana.sync()
    conflict = UUID(ana.all("conflict")[0]["id"])
    outs: list[tuple[str, str]] = []

    def decide(phone: Phone, choice: str) -> Callable[[], None]:
        mut = phone.mut("conflict.resolve", conflict, {"choices": {"value": {"choice": choice}}})

        def work() -> None:
            receipt = post(phone, [mut]).receipts[0]
            outs.append((receipt.out, receipt.code))

        return work

    at_once(decide(ana, "mine"), decide(ben, "theirs"))

    assert sorted(outs) == [("applied", ""), ("refused", "already_resolved")]


def test_reaching_a_family_while_the_case_is_assigned_is_not_undone(district: District) -> None:
    ana, desk = district.phone(district.advisor), district.phone(district.coordinator)
    visit = ana.mut("contact.create", new_id(), a_visit(district.family, outcome="spoke_guardian"))
    assign = desk.mut(
        "case.assign",
        district.family.case_id,
        {"assignee_id": str(district.other.id)},
        was={"assignee_id": str(district.advisor.id)},
    )

    at_once(sending(ana, [visit]), sending(desk, [assign]))

    with district.db.read(MONDAY) as tx:
        case = tx.session.get_one(CaseRow, district.family.case_id)
    assert (case.status, case.assignee_id) == ("in_contact", district.other.id)
