"""What of the office's own wants a hand: records that wait, and backups that do not come."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec
import pytest

from schemas.base import MutationId
from schemas.desk import DeskCases, DeskUpkeep
from schemas.sync import Receipt
from server.backup import store as backups
from server.backup.rules import Manifest
from server.db.database import Database
from server.db.tables.syncing import DeviceRow, MutationRow, ReplayRow
from server.ids import new_id
from tests.conftest import MONDAY
from tests.server.desk.conftest import District, ask, read

WHY = "The phone was lost with its key."


def park(db: Database, device: UUID, code: str, *, op: str = "contact.tell") -> UUID:
    """Keep a mutation as the server keeps what it cannot judge."""
    mid = new_id()
    with db.write(MONDAY) as tx:
        row = tx.session.get_one(DeviceRow, device)
        row.last_n += 1
        about = {"op": op, "ent": "contact", "key": new_id(), "root": "s1"}
        said = {"n": row.last_n, "id": mid, **about, "set": {"note": "secret-canary"}}
        receipt = Receipt(n=row.last_n, id=MutationId(mid), out="parked", code=code)
        tx.session.add(
            MutationRow(
                id=new_id(),
                device_id=device,
                n=row.last_n,
                mid=mid,
                user_id=row.user_id,
                body=msgspec.json.encode(said),
                sha=mid.bytes,
                received_at=MONDAY,
                out="parked",
                receipt=receipt,
                est_at=None,
                skew_ms=None,
            )
        )
    return mid


def back_up(db: Database, at: datetime) -> None:
    with db.write(at) as tx:
        manifest = Manifest(
            format=1,
            made_at=at,
            origin="sqlite",
            revision="",
            epoch="e",
            head=1,
            counts={},
            byte_count=1,
            sha="",
        )
        backups.mark(tx, manifest, {}, sha="")


def upkeep(district: District) -> DeskUpkeep:
    found: DeskUpkeep = read(district.a.coordinator, "upkeep", DeskUpkeep)
    return found


def counts(district: District) -> DeskCases:
    found: DeskCases = read(district.a.coordinator, "cases", DeskCases)
    return found


def test_what_waits_is_listed_with_whose_it_is_and_not_a_word_of_it(district: District) -> None:
    mid = park(district.db, district.a.phone, "unknown_op")

    answer = ask(district.a.coordinator, "upkeep")

    (one,) = upkeep(district).parked
    assert (one.id, one.user_name, one.label) == (mid, "Advisor Ana", "Phone Ana")
    assert (one.op, one.code, one.may_dismiss) == ("contact.tell", "unknown_op", False)
    assert "secret-canary" not in answer.text


def test_the_number_on_the_desk_is_as_long_as_the_list_it_leads_to(district: District) -> None:
    assert counts(district).counts.parked == 0
    first = ask(district.a.coordinator, "cases")
    park(district.db, district.a.phone, "unknown_op")
    park(district.db, district.a.phone, "cannot_open")
    park(district.db, district.b.phone, "cannot_open")

    assert counts(district).counts.parked == len(upkeep(district).parked) == 2
    etag = {"if-none-match": first.headers["etag"]}
    assert ask(district.a.coordinator, "cases", **etag).status_code == 200
    everywhere: DeskUpkeep = read(district.administrator, "upkeep", DeskUpkeep)
    assert len(everywhere.parked) == 3


def test_what_was_carried_out_since_waits_no_longer(district: District) -> None:
    mid = park(district.db, district.a.phone, "broken")
    with district.db.write(MONDAY) as tx:
        row = tx.session.query(MutationRow).filter_by(mid=mid).one()
        done = Receipt(n=row.n, id=MutationId(mid), out="applied")
        tx.session.add(
            ReplayRow(mutation_id=row.id, replayed_at=MONDAY, out="applied", outcome=done)
        )

    assert upkeep(district).parked == []
    assert counts(district).counts.parked == 0


def test_a_coordinator_gives_up_on_what_nobody_can_read_with_a_reason(district: District) -> None:
    mid = park(district.db, district.a.phone, "cannot_open")
    path = f"/api/desk/parked/{mid}/dismiss"

    assert district.a.coordinator.post(path, json={"because": "  "}).json()["code"] == "no_reason"
    assert district.a.coordinator.post(path, json={"because": WHY}).status_code == 204
    assert upkeep(district).parked == []


@pytest.mark.parametrize("code", ["unknown_op", "broken"])
def test_what_a_mend_may_take_in_is_kept_waiting(district: District, code: str) -> None:
    mid = park(district.db, district.a.phone, code)

    answer = district.a.coordinator.post(f"/api/desk/parked/{mid}/dismiss", json={"because": WHY})

    assert (answer.status_code, answer.json()["code"]) == (409, "still_readable")
    assert len(upkeep(district).parked) == 1


def test_another_schools_record_is_not_there_for_a_coordinator(district: District) -> None:
    mid = park(district.db, district.b.phone, "cannot_open")

    answer = district.a.coordinator.post(f"/api/desk/parked/{mid}/dismiss", json={"because": WHY})

    assert answer.status_code == 404


def test_the_desk_says_that_backups_are_not_set_up_late_or_in_order(district: District) -> None:
    assert (upkeep(district).backups, upkeep(district).backed_up_at) == ("off", None)

    back_up(district.db, MONDAY - timedelta(hours=5))
    assert upkeep(district).backups == counts(district).counts.backups == "late"

    back_up(district.db, MONDAY)
    assert (upkeep(district).backups, upkeep(district).backed_up_at) == ("ok", MONDAY)
