"""What happens between the halves of one exchange: after its mutations, before its answer."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from schemas.people import Role
from schemas.sync import SyncReq, SyncRes
from server.db.tables.identity import UserRow
from server.identity import phones, service, store
from server.ids import new_id
from server.syncing import exchanging, receiving
from server.web.signed import Signed
from tests.conftest import MONDAY
from tests.server.syncing.conftest import District
from tests.support.district import Phone, a_visit


class Meanwhile:
    """A clock: when it is read for the answer, something happens first."""

    def __init__(self, happens: Callable[[], Any], *, after: int) -> None:
        self.happens = happens
        self.left = after

    def __call__(self) -> datetime:
        self.left -= 1
        if self.left == 0:
            self.happens()
        return MONDAY


def exchange(
    district: District, phone: Phone, user: UserRow, muts: list[Any], happens: Callable[[], Any]
) -> SyncRes:
    asked: SyncReq = receiving.envelope(msgspec.json.encode(phone.request(muts)))
    caller = Signed(
        user_id=user.id,
        role=Role(user.role),
        root=user.root,
        school_ids=frozenset({district.school_id}),
        device_id=phone.device,
        session=b"session",
    )
    clock = Meanwhile(happens, after=2)
    return exchanging.exchange(district.db, clock, caller, asked, district.settings)


def a_first_visit(district: District, phone: Phone) -> list[Any]:
    return [phone.mut("contact.create", new_id(), a_visit(district.family))]


def test_a_phone_revoked_while_its_work_is_taken_in_is_shown_nothing_and_its_work_stays(
    any_district: District,
) -> None:
    ana = any_district.phone(any_district.advisor)
    muts = a_first_visit(any_district, ana)

    def lost() -> None:
        with any_district.db.write(MONDAY) as tx:
            phones.revoke(tx, ana.device, by=None)

    answer = exchange(any_district, ana, any_district.advisor, muts, lost)

    assert (answer.stop, answer.pull) == ("revoked", None)
    assert [receipt.out for receipt in answer.receipts] == ["applied"]


def test_a_person_closed_while_she_asks_for_news_is_shown_nothing(any_district: District) -> None:
    ana = any_district.phone(any_district.advisor)

    def closed() -> None:
        with any_district.db.write(MONDAY) as tx:
            service.close(tx, any_district.advisor.id, by=None)

    muts = a_first_visit(any_district, ana)
    answer = exchange(any_district, ana, any_district.advisor, muts, closed)

    assert (answer.stop, answer.pull) == ("revoked", None)


def test_a_role_that_changes_meanwhile_shows_what_it_shows_from_then_on(
    any_district: District,
) -> None:
    ana = any_district.phone(any_district.advisor)
    muts = a_first_visit(any_district, ana)

    def demoted() -> None:
        with any_district.db.write(MONDAY) as tx:
            store.save_user(tx, any_district.advisor.id, {"role": Role.CALLER})

    answer = exchange(any_district, ana, any_district.advisor, muts, demoted)

    assert answer.pull is not None
    lenses = {snap.root: snap.lens for snap in answer.pull.roots}
    assert lenses[any_district.family.root] == "call"
