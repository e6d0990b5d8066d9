"""What people did about steps, decided and exempted, and what the ladder and cases make of it."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from schemas.people import Role
from schemas.vocabulary import Method, Outcome, Party
from server import cli
from server.attendance import store as attendance
from server.cases import deeds
from server.cases.deeds import About
from server.db.database import Database, Transaction
from server.db.tables.attendance import CrossingRow, ExemptionRow, StepActionRow
from server.db.tables.cases import CaseRow, ContactRow
from server.ids import new_id
from server.ladder import catalog, climbs, why
from server.ladder.law import Ladder
from server.ladder.why import StepWhy
from server.ladder.year import Asked
from server.problems import Invalid
from tests.conftest import FakeClock
from tests.support.attendance import DAYS, a_missing_student, miss
from tests.support.people import a_person
from tests.support.programme import YEAR

APS, TEXAS = catalog.get("aps-2014"), catalog.get("tx-tpm")
MOMENT = datetime(2025, 9, 2, 15, 0, tzinfo=UTC)
LATER = MOMENT + timedelta(days=30)
NOW = datetime(2026, 6, 1, 15, 0, tzinfo=UTC)


def about(student: UUID, ladder: Ladder = APS) -> About:
    return About(student_id=student, school_year=YEAR, ladder=ladder)


def ask(
    db: Database, student: UUID, step: str, ladder: Ladder = APS, at: datetime | None = None
) -> StepWhy:
    with db.read(NOW) as tx:
        return why.of_step(tx, ladder, YEAR, student, step=step, asked=Asked(known_at=at))


def a_letter(tx: Transaction, student: UUID, by: UUID, on: date) -> UUID:
    contact_id = new_id()
    at = datetime(on.year, on.month, on.day, 18, 0, tzinfo=UTC)
    tx.session.add(
        ContactRow(
            id=contact_id,
            student_id=student,
            case_id=None,
            by_user_id=by,
            method=Method.LETTER_CERTIFIED,
            direction="outbound",
            outcome=Outcome.MAIL_SENT,
            party=Party.NONE,
            met="",
            contact_point_id=None,
            causes=[],
            note="",
            referrals=[],
            follow_up_kind="",
            follow_up_on=None,
            occurred_at=at,
            recorded_at=tx.at,
            est_at=at,
            skew_ms=None,
            late_scope=False,
            voided_at=None,
        )
    )
    tx.session.flush()
    return contact_id


def test_a_notice_done_opens_what_waits_for_it_and_a_person_decides(any_db: Database) -> None:
    student, number = a_missing_student(any_db, DAYS[:10], at=MOMENT)
    assert ask(any_db, student, "jpo_report").status in {"waiting", "not_met"}

    with any_db.write(LATER) as tx:
        deeds.record_done(tx, about(student), "habitual_10", "written_notice", DAYS[15])
        miss(tx, number, [DAYS[16]])
        deeds.recompute(tx, APS, YEAR, [student])
    asked = ask(any_db, student, "jpo_report")
    with any_db.write(LATER) as tx:
        deeds.record_decision(tx, about(student), "jpo_report", "declined", DAYS[17])
    decided = ask(any_db, student, "jpo_report")

    assert (asked.status, asked.crossed_on) == ("to_decide", DAYS[16])
    assert "since the notice of " in asked.why_en
    assert (decided.status, decided.decision) == ("decided", "declined")
    assert ask(any_db, student, "jpo_report", at=LATER - timedelta(seconds=1)).status != "decided"
    with any_db.read(NOW) as tx:
        assert tx.session.query(CrossingRow).filter_by(step="jpo_report").count() == 1


def test_a_logged_letter_is_the_notice_without_being_copied(any_db: Database) -> None:
    student, _ = a_missing_student(any_db, DAYS[:10], at=MOMENT)
    advisor = a_person(any_db, Role.ADVISOR).id
    with any_db.write(LATER) as tx:
        early = a_letter(tx, student, advisor, DAYS[8])
        letter = a_letter(tx, student, advisor, DAYS[12])

    found = ask(any_db, student, "habitual_10")
    with any_db.write(NOW) as tx:
        tx.session.get_one(ContactRow, letter).voided_at = NOW
    after = ask(any_db, student, "habitual_10")
    then = ask(any_db, student, "habitual_10", at=LATER)

    assert [(one.action, one.on_date) for one in found.done] == [("written_notice", DAYS[12])]
    assert found.owed == ["parent_meeting"]
    assert after.owed == ["written_notice", "parent_meeting"], "the letter before does not count"
    assert then.owed == ["parent_meeting"], "as it was known"
    with any_db.read(NOW) as tx:
        assert tx.session.query(StepActionRow).count() == 0
        assert tx.session.get_one(ContactRow, early).voided_at is None


def test_what_was_voided_counts_no_more_and_stays(any_db: Database) -> None:
    student, number = a_missing_student(any_db, DAYS[:10], at=MOMENT)
    with any_db.write(LATER) as tx:
        done = deeds.record_done(tx, about(student), "habitual_10", "written_notice", DAYS[15])
        miss(tx, number, [DAYS[16]])
        deeds.recompute(tx, APS, YEAR, [student])
    with any_db.write(NOW) as tx:
        attendance.save_setting(tx, "ladder", "aps-2014")
        deeds.void(tx, done)
        deeds.void(tx, done)

    with any_db.read(NOW) as tx:
        row = tx.session.query(StepActionRow).one()
        crossing = tx.session.query(CrossingRow).filter_by(step="jpo_report").one()
    assert row.voided_at == NOW
    assert crossing.no_longer_met_at == NOW


def test_an_exemption_bars_a_referral_while_it_holds(any_db: Database) -> None:
    student, _ = a_missing_student(any_db, DAYS[:20], at=MOMENT)
    with any_db.write(LATER) as tx:
        deeds.record_done(tx, about(student, TEXAS), "warning_3in4w", "tpm", DAYS[12])
        barred = deeds.exempt(tx, about(student, TEXAS), "homelessness", DAYS[0])
    found = ask(any_db, student, "referral_10in6m", TEXAS)
    with any_db.write(NOW) as tx:
        deeds.void(tx, barred)
    after = ask(any_db, student, "referral_10in6m", TEXAS)

    assert (found.status, found.blocked_by) == ("blocked", ["homelessness"])
    assert after.status == "to_decide"
    assert after.due_on is not None
    with any_db.read(NOW) as tx:
        assert tx.session.query(ExemptionRow).one().voided_at == NOW


def test_a_case_opens_when_the_district_takes_another_ladder(any_db: Database) -> None:
    student, _ = a_missing_student(any_db, DAYS[:3], at=MOMENT)
    with any_db.write(LATER) as tx:
        first = deeds.recompute(tx, APS, YEAR, [student])
        attendance.save_setting(tx, "ladder", "tx-tpm")
        second = deeds.recompute(tx, TEXAS, YEAR, [student])

    assert (first.opened, second.opened) == (0, 1)
    with any_db.read(NOW) as tx:
        assert tx.session.query(CaseRow).one().step == "warning_3in4w"
        assert {row.ladder for row in tx.session.query(CrossingRow)} == {"aps-2014", "tx-tpm"}


NONSENSE: list[tuple[Callable[[Transaction, About], object], str]] = [
    (lambda tx, one: deeds.record_done(tx, one, "habitual_10", "dance", DAYS[0]), "asks for"),
    (lambda tx, one: deeds.record_done(tx, one, "", "x", DAYS[0]), "asks for no 'x'"),
    (
        lambda tx, one: deeds.record_done(
            tx, one, "habitual_10", "written_notice", date(2030, 1, 1)
        ),
        "lies in the past",
    ),
    (
        lambda tx, one: deeds.record_decision(tx, one, "habitual_10", "approved", DAYS[0]),
        "Nobody decides",
    ),
    (
        lambda tx, one: deeds.record_decision(tx, one, "jpo_report", "delayed", DAYS[0]),
        "lets nobody delay",
    ),
    (lambda tx, one: deeds.exempt(tx, one, "pregnancy", DAYS[0]), "knows no exemption"),
]


def test_nobody_decides_about_a_step_before_it_is_reached(db: Database) -> None:
    student, number = a_missing_student(db, DAYS[:10], at=MOMENT)

    with db.write(LATER) as tx, pytest.raises(Invalid, match="not reached it") as waiting:
        deeds.record_decision(tx, about(student), "jpo_report", "approved", DAYS[15])
    with db.write(LATER) as tx:
        deeds.record_done(tx, about(student), "habitual_10", "written_notice", DAYS[15])
        miss(tx, number, [DAYS[16]])
    with db.write(LATER) as tx, pytest.raises(Invalid, match="about other records"):
        deeds.record_decision(tx, about(student), "jpo_report", "approved", DAYS[15])

    assert "presente ladder why" in waiting.value.detail
    with db.read(NOW) as tx:
        assert tx.session.query(StepActionRow).filter_by(action="decision").count() == 0


@pytest.mark.parametrize(("what", "reason"), NONSENSE)
def test_what_makes_no_sense_is_refused_by_name(
    db: Database, what: Callable[[Transaction, About], object], reason: str
) -> None:
    student, _ = a_missing_student(db, DAYS[:10], at=MOMENT)

    with db.write(NOW) as tx, pytest.raises(Invalid, match=reason):
        what(tx, about(student))


def test_the_commands_record_and_count_anew(
    db: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, number = a_missing_student(db, DAYS[:10], at=MOMENT, number="4711")
    clock = FakeClock(NOW)

    def run(*asked: str) -> dict[str, object]:
        assert cli.main(["ladder", *asked, "--dir", str(tmp_path), "--json"], clock=clock) == 0
        found: dict[str, object] = json.loads(capsys.readouterr().out)
        return found

    counted = run("recompute")
    done = run("done", "4711", "habitual_10.written_notice", "--on", str(DAYS[12]), "--note", "n")
    with db.write(LATER) as tx:
        miss(tx, number, [DAYS[13]])
    run("decide", "4711", "jpo_report", "declined", "--on", str(DAYS[14]))
    run("exempt", "4711", "homelessness", "--from", "2025-09-01", "--ladder", "tx-tpm")
    voided = run("void", str(done["id"]))

    assert (counted["students"], counted["opened"]) == (1, 1)
    assert voided["voided"] is True
    with db.read(NOW) as tx:
        kept = {row.action: (row.note, row.voided_at) for row in tx.session.query(StepActionRow)}
        assert kept == {"written_notice": ("n", NOW), "decision": ("", None)}
        assert tx.session.query(ExemptionRow).one().kind == "homelessness"
        assert climbs.open_for(tx, APS, YEAR, []).students == {}
