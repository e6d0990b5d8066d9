"""What a file's silence means: windows, last submissions, deltas, older words, mass drops."""

from datetime import timedelta
from pathlib import Path

import pytest

from server.attendance import store as attendance
from server.db.database import Database
from server.intake.changes.planning import MassDrop
from server.intake.report_text import text_of
from tests.support.csv_office import DAYS, CsvOffice
from tests.support.office import MONDAY

LATER = MONDAY + timedelta(days=1)
STAMPED = "student_id,school_id,date,code,updated_at"


@pytest.fixture
def office(any_db: Database, tmp_path: Path) -> CsvOffice:
    office = CsvOffice(any_db, tmp_path)
    office.district(str(number) for number in range(100, 110))
    return office


def test_presence_is_no_row_and_takes_back_an_absence(office: CsvOffice) -> None:
    office.attendance([f"100,1,{DAYS[3]},U", f"101,1,{DAYS[3]},P"])
    first = office.take()
    office.attendance([f"100,1,{DAYS[3]},P"])
    second = office.take(at=LATER)

    told = next(one for one in first.files if one.file == "attendance.csv")
    again = next(one for one in second.files if one.file == "attendance.csv")
    assert (told.added, told.unchanged, again.changed) == (1, 1, 1)
    assert office.facts() == []


def test_a_withdrawal_that_comes_late_takes_the_case_back(office: CsvOffice) -> None:
    office.attendance([f"100,1,{day},U" for day in DAYS[:6]])
    office.take()
    office.files["enrollments.csv"] = (
        "student_id,school_id,school_year,grade,entry_date,exit_date\n"
        f"100,1,2025-26,09,2025-08-11,{DAYS[3]}\n"
    )
    office.files["attendance.csv"] = f"student_id,school_id,date,code\n101,1,{DAYS[7]},U\n"
    report = office.take(at=LATER, window="merge")

    assert report.cases.no_longer_met == 1
    assert len(office.facts()) == 7, "what the school told stays"
    met = office.rows("select step from crossing where no_longer_met_at is null order by 1")
    assert met == [("robocall_2",), ("school_call_3",), ("school_call_4",)]


def test_replacing_closes_what_the_file_lacks_however_small_it_is(office: CsvOffice) -> None:
    office.attendance([f"100,1,{day},U" for day in DAYS[:4]])
    office.take()
    office.attendance([f"100,1,{DAYS[0]},U", f"100,1,{DAYS[3]},U"])

    report = office.take(at=LATER, window="replace")

    assert (report.schools[0].scope, report.schools[0].dropped_count) == ("full", 2)
    assert [day for _, day, _, _ in office.facts()] == [str(DAYS[0]), str(DAYS[3])]


def test_a_short_file_says_what_it_lacks_of_its_dates(office: CsvOffice) -> None:
    office.attendance([f"{number},1,{day},U" for number in (100, 101) for day in DAYS[:4]])
    office.take()
    short = [f"100,1,{DAYS[0]},E", f"100,1,{DAYS[3]},U"]
    office.attendance(short)
    asked = office.take(at=LATER, window="merge")
    office.attendance(short)

    report = office.take(at=LATER)

    [school] = report.schools
    assert (school.scope, school.unseen_count, school.dropped_count) == ("partial", 6, 0)
    assert "6 records known on these dates are not in the file" in text_of(report)
    assert "--replace-window" in text_of(report)
    assert asked.schools[0].unseen_count == 0  # somebody said that it is no more than that


def test_merging_closes_only_the_days_it_names_however_large_it_is(office: CsvOffice) -> None:
    office.attendance([f"100,1,{day},U" for day in DAYS[:30]])
    office.take()
    office.attendance([f"100,1,{day},E" for day in DAYS[:30:2]])

    report = office.take(at=LATER, window="merge")

    assert (report.schools[0].scope, report.schools[0].dropped_count) == ("partial", 0)
    kinds = [kind for *_, kind in office.facts()]
    assert (kinds.count("absent_excused"), kinds.count("absent_unexcused")) == (15, 15)


def test_silence_up_to_the_last_submission_is_presence(office: CsvOffice) -> None:
    office.attendance([f"100,1,{day},U" for day in DAYS[:30]])
    office.take()
    office.attendance([f"100,1,{day},U" for day in DAYS[:27]])
    office.files["submissions.csv"] = f"school_id,through_date\n1,{DAYS[40]}\n"

    report = office.take(at=LATER)

    assert (report.schools[0].last_on, report.schools[0].dropped_count) == (DAYS[40], 3)
    assert len(office.facts()) == 27
    [(told,)] = office.rows("select data_as_of from submission")
    assert str(told) == str(DAYS[40])


def test_nobody_has_told_more_than_until_today(office: CsvOffice) -> None:
    office.attendance([f"100,1,{DAYS[0]},U"])
    office.files["submissions.csv"] = "school_id,through_date\n1,2026-05-20\n"

    office.take()

    [(told,)] = office.rows("select data_as_of from submission")
    assert str(told) == "2026-03-02"


def test_an_older_word_of_the_source_never_replaces_a_newer_one(office: CsvOffice) -> None:
    office.attendance([f"100,1,{DAYS[0]},E,2026-02-02T10:00:00Z"], STAMPED)
    office.take()
    office.attendance([f"100,1,{DAYS[0]},U,2026-02-01T10:00:00Z"], STAMPED)

    report = office.take(at=LATER)

    told = next(one for one in report.files if one.file == "attendance.csv")
    assert (told.older, told.added, told.changed) == (1, 0, 0)
    assert [kind for *_, kind in office.facts()] == ["absent_excused"]


def test_of_two_lines_of_one_day_the_source_s_last_word_holds(office: CsvOffice) -> None:
    office.attendance(
        [
            f"100,1,{DAYS[0]},E,2026-02-02T10:00:00Z",
            f"100,1,{DAYS[0]},U,2026-02-01T10:00:00Z",
        ],
        STAMPED,
    )

    report = office.take()

    told = next(one for one in report.files if one.file == "attendance.csv")
    assert (told.read, told.added, told.older) == (2, 1, 1)
    assert [kind for *_, kind in office.facts()] == ["absent_excused"]


def test_the_same_again_later_counts_for_what_is_older(office: CsvOffice) -> None:
    for at in ("2026-02-01", "2026-02-05"):
        office.attendance([f"100,1,{DAYS[0]},U,{at}T10:00:00Z"], STAMPED)
        office.take(at=LATER)
    office.attendance([f"100,1,{DAYS[0]},E,2026-02-03T10:00:00Z"], STAMPED)

    office.take(at=LATER)

    assert [kind for *_, kind in office.facts()] == ["absent_unexcused"]


def test_a_district_sets_which_share_may_vanish(office: CsvOffice) -> None:
    office.attendance([f"10{n},1,{day},U" for n in range(10) for day in DAYS[:20]])
    office.take()
    kept = [f"10{n},1,{day},U" for n in range(10) for day in DAYS[:20] if n or day == DAYS[0]]
    office.attendance(kept)
    with office.db.write(MONDAY) as tx:
        attendance.save_setting(tx, "mass_drop_percent", 5)

    with pytest.raises(MassDrop, match="19 of 200"):
        office.take(at=LATER)

    assert len(office.facts()) == 200
    office.attendance(kept)
    office.take(at=LATER, confirm_drop=True)
    assert len(office.facts()) == 181


def test_students_who_vanish_from_a_roster_stay_and_many_are_refused(office: CsvOffice) -> None:
    office.district(str(number) for number in range(100, 130))
    office.take()
    office.district(str(number) for number in range(100, 127))
    few = office.take(at=LATER)
    office.district(str(number) for number in range(100, 120))

    with pytest.raises(MassDrop, match="10 of 30 students"):
        office.take(at=LATER)

    assert (few.schools[0].missing_count, few.schools[0].missing_from_file) == (
        3,
        ["127", "128", "129"],
    )
    assert office.rows("select count(*) from enrollment where exit_on is null") == [(30,)]
