"""The call list: taken by leases that run out by themselves, and no call made is ever refused."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from schemas.people import Role
from server.db.tables.calls import TaskLeaseRow, TaskWorkRow
from server.db.tables.identity import UserRow
from server.identity import phones
from server.ids import new_id
from sync.leases import LASTS
from tests.server.syncing.conftest import District
from tests.support.district import Phone, a_family, a_visit
from tests.support.people import a_person, a_school


class Calls:
    """A call that waits in the pool, two callers and a coordinator with their phones."""

    def __init__(self, district: District) -> None:
        self.district = district
        self.family = a_family(district.db, district.school_id, name="Nayeli")
        self.task = new_id()
        self.dora = district.phone(district.coordinator)
        answer = self.dora.sync([self.asks()])
        assert answer.receipts[0].out == "applied", answer.receipts
        self.cai, self.eli = self.caller("Cai"), self.caller("Eli")

    def caller(self, name: str, school: UUID | None = None) -> Phone:
        district = self.district
        schools = [school or district.school_id]
        phone = district.phone(a_person(district.db, Role.CALLER, schools=schools, name=name))
        phone.sync()
        return phone

    def asks(self, **more: Any) -> dict[str, Any]:
        said = {"student_id": str(self.family.student_id), "step": "early_intervention_5"}
        return self.dora.mut("task.create", self.task, said | more)

    def do(self, phone: Phone, verb: str, fence: int = 0, **said: Any) -> tuple[str, str]:
        mut = phone.mut(f"task.{verb}", self.task, said, base=1, fence=fence)
        answer = phone.sync([mut])
        receipt = next(one for one in answer.receipts if str(one.id) == mut["id"])
        return receipt.out, receipt.code

    def row(self, phone: Phone) -> dict[str, Any]:
        phone.sync()
        return phone.row("task", self.task)

    def pass_time(self, time: timedelta) -> None:
        self.district.clock.advance(seconds=time.total_seconds())


@pytest.fixture
def one(any_district: District) -> Calls:
    return Calls(any_district)


def test_a_pool_shows_callers_the_task_and_nothing_of_the_family(one: Calls) -> None:
    pool = {root: lens for root, lens in one.cai.held.items() if lens == "pool"}
    told = {at[1] for at in one.cai.rows if at[0] in pool}

    assert len(pool) == 1
    assert told == {"task"}
    assert one.family.root not in one.cai.held


def test_a_claim_shows_its_holder_the_student_as_callers_see_him(one: Calls) -> None:
    assert one.do(one.cai, "claim") == ("applied", "")

    assert one.cai.held[one.family.root] == "call"
    assert one.cai.row("student", one.family.student_id)["number"] == ""
    assert one.row(one.eli)["holder_id"] is not None
    assert one.family.root not in one.eli.held


def test_the_second_claim_is_told_that_it_is_taken(one: Calls) -> None:
    one.do(one.cai, "claim")

    assert one.do(one.eli, "claim") == ("refused", "taken")
    assert one.eli.all("refusal")[0]["code"] == "taken"


def test_a_lease_that_is_over_takes_the_student_away_and_frees_the_call(one: Calls) -> None:
    one.do(one.cai, "claim")
    one.pass_time(LASTS)

    answer = one.cai.sync()

    assert answer.pull is not None
    assert [(drop.root, drop.why) for drop in answer.pull.drop] == [(one.family.root, "lease_over")]
    assert one.do(one.eli, "claim") == ("applied", "")
    assert one.row(one.eli)["token"] == 2


def test_a_call_given_back_is_free_at_once(one: Calls) -> None:
    one.do(one.cai, "claim")
    token = one.row(one.cai)["token"]

    assert one.do(one.cai, "release", fence=token) == ("applied", "")
    assert one.family.root not in one.cai.held
    assert one.do(one.cai, "release", fence=token) == ("refused", "lease_over")
    assert one.do(one.eli, "claim") == ("applied", "")


def test_a_call_taken_and_given_back_offline_is_free_whoever_had_it_meanwhile(one: Calls) -> None:
    taken = one.cai.mut("task.claim", one.task, {}, base=1)
    back = one.cai.mut("task.release", one.task, {}, base=1)
    one.do(one.eli, "claim")
    one.do(one.eli, "release", fence=1)

    receipts = one.cai.sync([taken, back]).receipts

    assert [(one.out, one.code) for one in receipts] == [("applied", ""), ("applied", "")]
    assert one.do(one.eli, "claim") == ("applied", "")


def test_a_phone_that_was_revoked_takes_no_call_and_shows_none(one: Calls) -> None:
    one.do(one.cai, "claim")
    with one.district.db.write(one.district.clock()) as tx:
        phones.revoke(tx, one.cai.device, by=None)
    more = one.cai.mut("task.claim", one.task, {}, base=1)

    answer = one.cai.post([more])
    one.pass_time(LASTS)

    assert (answer.stop, answer.receipts, answer.pull) == ("revoked", [], None)
    assert one.do(one.eli, "claim") == ("applied", "")


def test_a_call_that_was_made_ends_the_lease_and_names_its_contact(one: Calls) -> None:
    one.do(one.cai, "claim")
    contact = new_id()
    logged = one.cai.mut(
        "contact.create", contact, a_visit(one.family, method="phone_call", outcome="no_answer")
    )
    one.cai.sync([logged])

    assert one.do(one.cai, "complete", fence=1, contact_id=str(contact)) == ("applied", "")

    row = one.row(one.dora)
    assert (row["status"], row["contact_id"]) == ("done", str(contact))
    assert row["holder_id"] is None
    assert one.family.root not in one.cai.held


def test_the_second_of_two_calls_is_merged_and_marked_never_refused(one: Calls) -> None:
    one.do(one.cai, "claim")
    one.pass_time(LASTS)
    one.do(one.eli, "claim")
    first, second = new_id(), new_id()

    assert one.do(one.eli, "complete", fence=2, contact_id=str(first)) == ("applied", "")
    assert one.do(one.cai, "complete", fence=1, contact_id=str(second)) == (
        "merged",
        "duplicate_effort",
    )

    row = one.row(one.dora)
    assert (row["duplicate_effort"], row["contact_id"]) == (True, str(first))
    with one.district.db.read(one.district.clock()) as tx:
        works = tx.session.scalars(select(TaskWorkRow).order_by(TaskWorkRow.mutation_id)).all()
    assert [(work.contact_id, work.is_duplicate) for work in works] == [
        (first, False),
        (second, True),
    ]


def test_work_under_a_lease_that_was_over_completes_the_call_of_the_next_holder(
    one: Calls,
) -> None:
    one.do(one.cai, "claim")
    one.pass_time(LASTS)
    one.do(one.eli, "claim")

    assert one.do(one.cai, "complete", fence=1) == ("applied", "")
    answer = one.eli.sync()

    assert answer.pull is not None
    assert [drop.why for drop in answer.pull.drop] == ["lease_over"]
    assert one.do(one.eli, "complete", fence=2) == ("merged", "duplicate_effort")


def test_a_claim_made_offline_that_came_too_late_is_refused_but_its_work_is_not(
    one: Calls,
) -> None:
    one.do(one.eli, "claim")
    tentative = one.cai.mut("task.claim", one.task, {}, base=1)
    done = one.cai.mut("task.complete", one.task, {}, base=1)

    answer = one.cai.sync([tentative, done])

    assert [(r.out, r.code) for r in answer.receipts] == [("refused", "taken"), ("applied", "")]


def test_a_cancelled_call_can_not_be_taken_but_may_have_been_made(one: Calls) -> None:
    one.do(one.cai, "claim")

    assert one.do(one.dora, "cancel") == ("applied", "")
    assert one.do(one.eli, "claim") == ("refused", "not_open")
    assert one.do(one.cai, "complete", fence=1) == ("merged", "was_cancelled")
    assert one.row(one.dora)["status"] == "done"


def test_somebody_of_another_school_takes_nothing_and_his_work_is_kept_beside(
    one: Calls,
) -> None:
    far = one.caller("Fay", school=a_school(one.district.db, "Far High"))

    assert one.do(far, "claim") == ("refused", "forbidden")
    assert one.do(far, "complete") == ("merged", "late_scope")
    assert one.row(one.dora)["status"] == "open"
    with one.district.db.read(one.district.clock()) as tx:
        assert tx.session.scalars(select(TaskWorkRow.late_scope)).all() == [True]


@pytest.mark.parametrize("who", ["advisor", "caller"])
def test_only_the_schools_coordinator_asks_for_calls_and_cancels_them(one: Calls, who: str) -> None:
    user: UserRow = getattr(one.district, who)
    phone = one.district.phone(user)
    said = {"student_id": str(one.family.student_id)}

    made = phone.sync([phone.mut("task.create", new_id(), said)])

    assert [(r.out, r.code) for r in made.receipts] == [("refused", "forbidden")]
    assert one.do(phone, "cancel") == ("refused", "forbidden")


def test_more_time_is_the_same_lease_and_every_lease_is_remembered(one: Calls) -> None:
    one.do(one.cai, "claim")
    one.pass_time(timedelta(hours=3))
    one.do(one.cai, "claim")
    one.pass_time(timedelta(hours=3))

    assert one.do(one.eli, "claim") == ("refused", "taken")
    one.do(one.cai, "release")
    one.do(one.eli, "claim")
    with one.district.db.read(one.district.clock()) as tx:
        leases = tx.session.scalars(select(TaskLeaseRow).order_by(TaskLeaseRow.token)).all()
    assert [(lease.token, lease.ended_by) for lease in leases] == [(1, "released"), (2, "")]


def test_a_holder_may_correct_the_number_he_calls(one: Calls) -> None:
    one.do(one.cai, "claim")
    edit = one.cai.mut(
        "contact_point.edit", one.family.point_id, {"status": "wrong"}, was={"status": "unverified"}
    )

    assert one.cai.sync([edit]).receipts[-1].out == "applied"


@pytest.mark.parametrize("key", ["known", "unknown"])
def test_a_call_is_asked_for_once_and_for_a_student_of_the_district(one: Calls, key: str) -> None:
    more = {} if key == "known" else {"student_id": str(new_id())}
    mut = one.asks(**more)

    code = one.dora.sync([mut]).receipts[-1].code

    assert code == ("row_exists" if key == "known" else "unknown_student")


@pytest.mark.parametrize(
    ("verb", "said"),
    [
        ("create", {"status": "done"}),
        ("create", {"contact_id": str(new_id())}),
        ("claim", {"step": "early_intervention_5"}),
        ("claim", {"contact_id": str(new_id())}),
        ("release", {"due_on": "2026-03-04"}),
        ("complete", {"status": "done"}),
        ("complete", {"holder_id": "somebody"}),
        ("cancel", {"kind": "call"}),
    ],
)
def test_what_a_deed_has_no_use_for_does_not_vanish_in_it(
    one: Calls, verb: str, said: dict[str, Any]
) -> None:
    phone = one.cai if verb in {"claim", "release", "complete"} else one.dora
    asked: dict[str, Any] = {}
    if verb == "create":
        asked["student_id"] = str(one.family.student_id)
    before = one.row(one.dora)

    assert one.do(phone, verb, **(asked | said)) == ("refused", "not_editable")

    assert one.row(one.dora) == before
    phone.sync()
    assert [row["set"] for row in phone.all("refusal")] == [asked | said]


@pytest.mark.parametrize("verb", ["claim", "release", "complete", "cancel"])
def test_a_build_that_spells_out_what_it_does_not_say_is_heard(one: Calls, verb: str) -> None:
    if verb in {"release", "complete"}:
        one.do(one.cai, "claim")
    nothing: dict[str, Any] = {"id": None, "contact_id": None, "holder_id": None, "step": ""}

    assert one.do(one.dora if verb == "cancel" else one.cai, verb, **nothing) == ("applied", "")


def test_what_the_server_works_out_itself_is_passed_over(one: Calls) -> None:
    assert one.do(one.cai, "claim", token=7, id=str(one.task)) == ("applied", "")
    assert one.row(one.cai)["token"] == 1
