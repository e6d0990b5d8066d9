"""Rosters of OneRoster and Microsoft SDS through the whole import."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from server.cli import main
from tests.server.intake.formats.test_sds import SAMPLES
from tests.support import rosters
from tests.support.office import MONDAY


def taken_in(folder: Path, given: Path) -> dict[str, int]:
    assert main(["import", str(given), "--dir", str(folder)], clock=lambda: MONDAY) == 0
    with closing(sqlite3.connect(folder / "presente.db")) as db:
        names = ("school", "student", "guardian", "guardianship", "enrollment", "stay", "term")
        return {
            name: db.execute(f"select count(*) from {name}").fetchone()[0]  # noqa: S608  (names written above)
            for name in names
        }


def asked(folder: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(folder / "presente.db")) as db:
        return db.execute(query).fetchall()


@pytest.mark.parametrize(
    ("version", "counts"),
    [
        ("sds-v2", {"school": 2, "student": 22, "guardian": 0, "enrollment": 15, "term": 0}),
        ("sds-v2.1", {"school": 1, "student": 4, "guardian": 2, "enrollment": 3, "term": 1}),
    ],
)
def test_the_samples_of_sds(tmp_path: Path, version: str, counts: dict[str, int]) -> None:
    found = taken_in(tmp_path / "data", SAMPLES / version)

    assert {name: found[name] for name in counts} == counts
    for file in (tmp_path / "data").rglob("*"):
        if file.is_file():
            assert b"P@ssword" not in file.read_bytes()


def test_who_is_in_a_school_of_sds_is_there_this_year(tmp_path: Path) -> None:
    assert taken_in(tmp_path, SAMPLES / "sds-v2")["enrollment"] == 15

    assert asked(tmp_path, "select distinct school_year from enrollment") == [("2025-26",)]


def test_a_number_that_two_share_stays_whose_it_is_when_one_comes_alone(tmp_path: Path) -> None:
    bulk = rosters.one_roster()
    users = [
        rosters.user("u1", "student", "a", "Zoé", "Núñez", identifier="7", grade="7"),
        rosters.user("u2", "student", "a", "Ben", "Oso", identifier="7", grade="7"),
    ]
    bulk["users"] = [rosters.USERS, *users]
    counts = taken_in(tmp_path, rosters.put(tmp_path / "bulk", bulk))
    later = {"manifest": rosters.manifest(users="delta"), "users": [rosters.USERS, users[0]]}
    given = rosters.put(tmp_path / "delta", later)
    absent = "student_id,school_id,date,code\n7,0101,2025-09-02,absent_unexcused\n"
    (given / "attendance.csv").write_text(absent, encoding="utf-8")

    found = taken_in(tmp_path, given)

    assert found == counts
    assert sorted(asked(tmp_path, "select number from student")) == [("u1",), ("u2",)]
    assert asked(
        tmp_path,
        "select number from attendance_event join enrollment on enrollment.id = place_id "
        "join student on student.id = student_id",
    ) == [("u1",)]


def test_a_delta_ends_the_stay_of_who_sat_in_many_classes(tmp_path: Path) -> None:
    taken_in(tmp_path, rosters.put(tmp_path / "bulk", rosters.one_roster()))
    gone = rosters.user("u1", "student", "a", "Zoé", "Núñez", identifier="00123", grade="7")
    gone[1:3] = ["tobedeleted", "2025-11-03T17:00:00.000Z"]
    seats = [rosters.seat("u1", one, "a", "2025-08-11", "2025-11-01") for one in "mehf"]
    later = {
        "manifest": rosters.manifest(users="delta", enrollments="delta"),
        "users": [rosters.USERS, gone],
        "enrollments": [rosters.ENROLLMENTS, *seats],
    }

    taken_in(tmp_path, rosters.put(tmp_path / "delta", later))

    assert asked(
        tmp_path,
        "select number, enrollment.exit_on, stay.exit_on from enrollment "
        "join student on student.id = student_id join stay on stay.place_id = enrollment.id "
        "where enrollment.exit_on is not null and number = '00123'",
    ) == [("00123", "2025-10-31", "2025-10-31")]


def test_a_deleted_guardian_whom_a_student_still_names_stays_from_file_to_file(
    tmp_path: Path,
) -> None:
    role = rosters.USERS.index("role")
    held: list[list[tuple[object, ...]]] = []
    for day in range(4):
        given = rosters.one_roster()
        users = [list(row) for row in given["users"]]
        for row in users:
            if day and row[role] in {"parent", "guardian", "relative"}:
                row[1] = "tobedeleted"
        classes = [list(row) for row in given["classes"]]
        classes[1][rosters.CLASSES.index("title")] = f"Day {day}"  # another file each day
        files = {**given, "users": users, "classes": classes}
        taken_in(tmp_path / "data", rosters.put(tmp_path / f"day-{day}", files))
        held.append(asked(tmp_path / "data", "select id, ended_at from guardianship order by id"))

    assert held[1:] == [held[1]] * 3
    assert sum(ended_at is None for _, ended_at in held[1]) == 2, "two are named by students"


def test_one_roster_and_the_same_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = rosters.put_zip(tmp_path / "set.zip", rosters.one_roster(), inside="sub/")

    counts = taken_in(tmp_path / "data", given)

    assert counts == {
        "school": 2,
        "student": 3,
        "guardian": 2,
        "guardianship": 3,
        "enrollment": 3,
        "stay": 4,
        "term": 2,
    }
    capsys.readouterr()
    assert taken_in(tmp_path / "data", given) == counts
    assert "nothing was changed" in capsys.readouterr().out
    for file in (tmp_path / "data").rglob("*"):
        if file.is_file():
            assert b"secret-" not in file.read_bytes()


def test_a_broken_archive_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = rosters.put_zip(tmp_path / "set.zip", rosters.one_roster())
    counts = taken_in(tmp_path / "data", given)
    given.write_bytes(given.read_bytes()[:-99])

    assert main(["import", str(given), "--dir", str(tmp_path / "data")], clock=lambda: MONDAY) != 0

    assert "set.zip is no whole zip archive" in capsys.readouterr().err
    whole = rosters.put_zip(tmp_path / "whole.zip", rosters.one_roster())
    assert taken_in(tmp_path / "data", whole) == counts


ENROLLED = (
    "select number, school.code, school_year, enrollment.entry_on, enrollment.exit_on, "
    "stay.entry_on, stay.exit_on from enrollment join student on student.id = student_id "
    "join school on school.id = school_id left join stay on stay.place_id = enrollment.id "
    "order by number, school.code, school_year, stay.entry_on"
)


def told_later(rows: rosters.Rows, *, day: str, status: str = "active") -> list[list[str]]:
    """Return rows of a delta: state and moment of change filled in."""
    return [[one[0], status, f"{day}T17:00:00.000Z", *one[3:]] for one in rows]


def put_delta(folder: Path, **tables: rosters.Rows) -> Path:
    modes = dict.fromkeys(tables, "delta")
    return rosters.put(folder, {"manifest": rosters.manifest(**modes), **tables})


def last_year(rows: rosters.Rows) -> list[list[str]]:
    """Return rows with every date a year earlier: not of the year in which they are taken in."""
    years = {"2025": "2024", "2026": "2025"}
    return [
        [years.get(one[:4], one[:4]) + one[4:] if one[4:5] == "-" else one for one in row]
        for row in rows
    ]


def test_a_changed_name_in_a_delta_begins_no_other_year(tmp_path: Path) -> None:
    bulk = rosters.one_roster()
    bulk["academicSessions"] = [*last_year(bulk["academicSessions"])]
    bulk["enrollments"] = [*last_year(bulk["enrollments"])]
    taken_in(tmp_path / "data", rosters.put(tmp_path / "bulk", bulk))
    before = asked(tmp_path / "data", ENROLLED)
    assert {row[2] for row in before} == {"2024-25"}
    named = rosters.user("u1", "student", "a", "Zoé", "Nuevo", identifier="00123", grade="7")
    users = [rosters.USERS, *told_later([named], day="2025-03-03")]

    taken_in(tmp_path / "data", put_delta(tmp_path / "delta", users=users))

    assert asked(tmp_path / "data", ENROLLED) == before
    assert asked(tmp_path / "data", "select last_name from student where number = '00123'") == [
        ("Nuevo",)
    ]
    seats = [rosters.seat("u1", one, "a", "2024-08-11", "2025-03-01") for one in "mehg"]
    ended = [rosters.ENROLLMENTS, *told_later(seats, day="2025-03-02")]
    gone = told_later([named], day="2025-03-03", status="tobedeleted")
    taken_in(
        tmp_path / "data",
        put_delta(tmp_path / "ended", users=[rosters.USERS, *gone], enrollments=ended),
    )
    assert asked(tmp_path / "data", ENROLLED)[0][3:] == (
        ("2024-08-11", "2025-02-28", "2024-08-11", "2025-02-28")
    )


@pytest.mark.parametrize("is_late", [False, True])
def test_a_transfer_that_names_the_student_too_keeps_the_exit(
    tmp_path: Path, *, is_late: bool
) -> None:
    taken_in(tmp_path / "data", rosters.put(tmp_path / "bulk", rosters.one_roster()))
    named = rosters.user("u1", "student", "a", "Zoé", "Nuevo", identifier="00123", grade="7")
    users = [rosters.USERS, *told_later([named], day="2025-11-04")]
    seats = [rosters.seat("u1", one, "a", "2025-08-11", "2025-11-01") for one in "mehf"]
    seats.append(rosters.seat("u1", "k", "b", "2025-11-03", ""))
    moved = [rosters.ENROLLMENTS, *told_later(seats, day="2025-11-03")]
    if is_late:  # the student's own line came before, and is the newer one
        taken_in(tmp_path / "data", put_delta(tmp_path / "users", users=users))
        again = put_delta(tmp_path / "seats", enrollments=moved)
    else:
        again = put_delta(tmp_path / "delta", users=users, enrollments=moved)

    taken_in(tmp_path / "data", again)

    assert [row[1:] for row in asked(tmp_path / "data", ENROLLED) if row[0] == "00123"] == [
        ("0101", "2025-26", "2025-08-11", "2025-10-31", "2025-08-11", "2025-10-31"),
        ("b", "2025-26", "2025-11-03", None, "2025-11-03", None),
    ]


def test_who_drops_one_of_several_classes_stays(tmp_path: Path) -> None:
    taken_in(tmp_path / "data", rosters.put(tmp_path / "bulk", rosters.one_roster()))
    before = asked(tmp_path / "data", ENROLLED)
    users = [
        rosters.user("u1", "student", "a", "Zoé", "Núñez", identifier="00123", grade="7"),
        rosters.user("u2", "student", "a", "Ben", "Oso", identifier="00124", grade="08"),
    ]
    seats = [
        rosters.seat("u1", "m", "a", "2025-08-11", "2025-11-01"),
        rosters.seat("u2", "m", "a", "2025-11-03", "2025-11-08"),
    ]
    given = put_delta(
        tmp_path / "delta",
        users=[rosters.USERS, *told_later(users, day="2025-11-09")],
        enrollments=[rosters.ENROLLMENTS, *told_later(seats, day="2025-11-09")],
    )

    taken_in(tmp_path / "data", given)

    after = asked(tmp_path / "data", ENROLLED)
    assert after[0] == before[0]  # of three classes a day one ended
    assert [row[5:] for row in after if row[0] == "00124"] == [
        ("2025-08-11", "2025-10-03"),
        ("2025-11-03", "2025-11-07"),  # this was the only one
    ]


@pytest.mark.parametrize("left", [0, 1])
def test_a_roster_that_lists_a_school_without_its_students_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], left: int
) -> None:
    bulk = rosters.one_roster()
    numbers = range(10, 30)
    pupils = [rosters.user(f"v{n}", "student", "b", "Ana", f"Paz {n}") for n in numbers]
    seats = [rosters.seat(f"v{n}", "k", "b", "2025-08-11", "") for n in numbers]
    whole = bulk | {
        "users": [*bulk["users"], *pupils],
        "enrollments": [*bulk["enrollments"], *seats],
    }
    data = tmp_path / "data"
    taken_in(data, rosters.put(tmp_path / "whole", whole))
    before = asked(data, ENROLLED)
    half = whole | {
        "users": [row for row in bulk["users"] if row[0] != "u3"] + pupils[:left],
        "enrollments": [row for row in bulk["enrollments"] if row[5] != "u3"] + seats[:left],
    }
    given = rosters.put(tmp_path / "half", half)
    capsys.readouterr()

    assert main(["import", str(given), "--dir", str(data)], clock=lambda: MONDAY) != 0

    assert f"{21 - left} of 21 students of Mesa Academy in 2025-26" in capsys.readouterr().err
    assert asked(data, ENROLLED) == before
    confirmed = ["import", str(given), "--dir", str(data), "--confirm-drop"]
    assert main(confirmed, clock=lambda: MONDAY) == 0
    assert asked(data, ENROLLED) == before  # they stay enrolled until an end is told


def newcomer(day: str) -> rosters.Rows:
    one = rosters.user("u9", "student", "a", "Neu", "Ling", identifier="00199", grade="7")
    return [rosters.USERS, *told_later([one], day=day)]


def placed(folder: Path) -> list[tuple[object, ...]]:
    return asked(
        folder,
        "select school_year, entry_on from enrollment join student on student.id = student_id "
        "where number = '00199'",
    )


@pytest.mark.parametrize(
    ("day", "first"), [("2024-11-04", "2024-11-04"), ("2024-08-01", "2024-08-11")]
)
def test_somebody_new_in_a_delta_is_of_the_year_of_the_stored_terms(
    tmp_path: Path, day: str, first: str
) -> None:
    bulk = rosters.one_roster()
    bulk["academicSessions"] = [*last_year(bulk["academicSessions"])]
    bulk["enrollments"] = [*last_year(bulk["enrollments"])]
    taken_in(tmp_path / "data", rosters.put(tmp_path / "bulk", bulk))

    taken_in(tmp_path / "data", put_delta(tmp_path / "delta", users=newcomer(day)))

    assert placed(tmp_path / "data") == [("2024-25", first)]


def test_without_terms_somebody_new_is_of_the_year_of_the_stored_calendar(tmp_path: Path) -> None:
    given = tmp_path / "own"
    given.mkdir()
    (given / "schools.csv").write_text("school_id,name\n0101,Rio\n", encoding="utf-8")
    (given / "calendar.csv").write_text(
        "school_id,date,event\n0101,2024-08-12,Instructional day\n"
        "0101,2025-05-23,Instructional day\n",
        encoding="utf-8",
    )
    taken_in(tmp_path / "data", given)
    orgs = [
        rosters.ORGS,
        rosters.row(
            rosters.ORGS,
            sourcedId="a",
            status="active",
            dateLastModified="2024-11-04T17:00:00.000Z",
            name="Rio",
            type="school",
            identifier="0101",
        ),
    ]

    taken_in(
        tmp_path / "data", put_delta(tmp_path / "delta", users=newcomer("2024-11-04"), orgs=orgs)
    )

    assert placed(tmp_path / "data") == [("2024-25", "2024-11-04")]


def test_where_nothing_names_the_year_of_somebody_new_the_line_is_kept_back(
    tmp_path: Path,
) -> None:
    bulk = rosters.one_roster()
    bulk["academicSessions"] = [*last_year(bulk["academicSessions"])]
    bulk["enrollments"] = [*last_year(bulk["enrollments"])]
    taken_in(tmp_path / "data", rosters.put(tmp_path / "bulk", bulk))

    given = put_delta(tmp_path / "delta", users=newcomer("2021-11-04"))
    main(["import", str(given), "--dir", str(tmp_path / "data")], clock=lambda: MONDAY)

    assert placed(tmp_path / "data") == []
    [(field, mend)] = asked(
        tmp_path / "data", "select field, mend from quarantine where state = 'open'"
    )
    assert field == "school_year"
    assert "academicSessions.csv" in str(mend)
    assert "--school-year" in str(mend)
