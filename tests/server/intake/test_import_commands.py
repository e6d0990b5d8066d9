"""The words of ``presente import``, as a person types them."""

import csv
import json
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from server.cli import main
from server.intake.changes import committing, schools
from server.intake.commands_import import Tenths
from tests.support.office import MONDAY, Office, school_days

DAYS = school_days(until=date(2026, 2, 27))
Captured = pytest.CaptureFixture[str]


@pytest.fixture
def office() -> Office:
    office = Office(students={"100": "1", "101": "1"})
    office.miss("100", DAYS[:3])
    return office


def run(tmp_path: Path, *words: str, code: int = 0) -> None:
    arguments = ["import", *words, "--dir", str(tmp_path / "data")]
    assert main(arguments, clock=lambda: MONDAY) == code


def answer(tmp_path: Path, capsys: Captured, *words: str, code: int = 0) -> Any:
    capsys.readouterr()
    run(tmp_path, *words, "--json", code=code)
    return json.loads(capsys.readouterr().out)


def test_runs_are_listed_shown_and_taken_back(
    tmp_path: Path, capsys: Captured, office: Office
) -> None:
    main(["migrate", "--dir", str(tmp_path / "data")])
    run(tmp_path, "runs")
    assert "Nothing was imported yet" in capsys.readouterr().out
    run(tmp_path, str(office.write(tmp_path / "files")))

    (listed,) = answer(tmp_path, capsys, "runs")["runs"]
    assert (listed["state"], listed["quarantined"]) == ("done", 0)
    assert listed["added"] > 3
    run(tmp_path, "show", listed["id"][:18])
    assert "attendance.xml: 3 read, 3 added" in capsys.readouterr().out

    done = answer(tmp_path, capsys, "undo", listed["id"])
    assert (done["closed_count"], done["stayed"]["student"]["names"]) == (3, ["100"])
    (listed,) = answer(tmp_path, capsys, "runs")["runs"]
    assert listed["state"] == "undone"
    assert answer(tmp_path, capsys, "undo", listed["id"], code=1)["code"] == "import_undone_already"


def test_a_folder_that_is_called_like_a_word(
    tmp_path: Path, office: Office, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    office.write(tmp_path / "undo")
    monkeypatch.chdir(tmp_path)

    run(tmp_path, "./undo")
    with pytest.raises(SystemExit) as usage:
        run(tmp_path, "undo")

    assert usage.value.code == 2
    assert len(answer(tmp_path, capsys, "runs")["runs"]) == 1


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["show"],
        ["runs", "--dry-run"],
        ["quarantine", "--set", "A=tardy"],
        ["x", "--because", "y"],
        ["x", "--only-named", "--replace-window"],
    ],
)
def test_wrong_usage_is_told_apart(tmp_path: Path, words: list[str], capsys: Captured) -> None:
    with pytest.raises(SystemExit) as usage:
        run(tmp_path, *words)

    assert usage.value.code == 2
    assert "usage: presente import" in capsys.readouterr().err


def test_codes_are_set_and_listed(tmp_path: Path, capsys: Captured, office: Office) -> None:
    run(tmp_path, str(office.write(tmp_path / "files")))

    run(tmp_path, "codes", "--set", "UNX=absent_unexcused:0.5", "--set", "L = tardy")
    run(tmp_path, "codes", "--set", "unx=absent_excused", "--school", "1", "--year", "2025-26")

    found = answer(tmp_path, capsys, "codes")["codes"]
    assert [(one["code"], one["kind"], one["units"], one["school"]) for one in found] == [
        ("l", "tardy", None, ""),
        ("unx", "absent_unexcused", 420, ""),
        ("unx", "absent_excused", None, "1"),
    ]
    for wrong in (["X"], ["X=gone"], ["X=tardy:2"], ["X=tardy", "--year", "2025"]):
        assert answer(tmp_path, capsys, "codes", "--set", *wrong, code=1)["code"] == "invalid"
    told = answer(tmp_path, capsys, "codes", "--set", "X=tardy", "--school", "9", code=1)
    assert "no school 9" in told["detail"]


def test_quarantine_is_written_as_csv(tmp_path: Path, capsys: Captured, office: Office) -> None:
    office.miss("999", [DAYS[4]])
    run(tmp_path, str(office.write(tmp_path / "files")))

    file = tmp_path / "held.csv"
    run(tmp_path, "quarantine", "--csv", str(file))

    with file.open(encoding="utf-8-sig", newline="") as content:
        (row,) = csv.DictReader(content)
    assert (row["presente_file"], row["presente_value"]) == ("attendance.xml", "999")
    (held,) = answer(tmp_path, capsys, "quarantine")["quarantine"]
    assert answer(tmp_path, capsys, "dismiss", held["id"], code=1)["code"] == "no_reason"
    run(tmp_path, "dismiss", held["id"], "--because", "He moved away in May")
    assert answer(tmp_path, capsys, "quarantine")["quarantine"] == []


def district(tmp_path: Path, *rows: str, name: str = "files") -> Path:
    """A district in Presente's own tables, with these rows of attendance."""
    folder = tmp_path / name
    folder.mkdir(exist_ok=True)
    tables = {
        "schools": ["school_id,name", "1,One"],
        "students": ["student_id,first_name,last_name", "100,Ana,Peña", "101,Wren,Tso"],
        "enrollments": [
            "student_id,school_id,school_year,grade,entry_date",
            "100,1,2025-26,09,2025-08-11",
            "101,1,2025-26,09,2025-08-11",
        ],
        "calendar": [
            "school_id,date,event",
            *(f"1,{day},{'Holiday' if day == DAYS[9] else 'Instructional day'}" for day in DAYS),
        ],
        "attendance": ["student_id,school_id,date,code,period", *rows],
    }
    for table, lines in tables.items():
        (folder / f"{table}.csv").write_text("\n".join([*lines, ""]), encoding="utf-8")
    return folder


def facts(tmp_path: Path) -> list[tuple[str, str, str, str]]:
    with closing(sqlite3.connect(tmp_path / "data" / "presente.db")) as db:
        return db.execute(
            "select number, on_date, period, kind from attendance_event join enrollment on "
            "enrollment.id = place_id join student on student.id = student_id "
            "where closed_by is null order by 1, 2, 3"
        ).fetchall()


def test_a_mended_quarantine_file_is_imported_like_any_other(
    tmp_path: Path, capsys: Captured
) -> None:
    folder = district(
        tmp_path,
        f"100,1,{DAYS[1]},absent_unexcused,1",
        "100,1,2025-13-01,absent_unexcused,2",
        f"=1+1,1,{DAYS[2]},tardy,",
    )
    run(tmp_path, str(folder))
    held = tmp_path / "held.csv"
    run(tmp_path, "quarantine", "--csv", str(held))
    with held.open(encoding="utf-8-sig", newline="") as content:
        rows = list(csv.DictReader(content))
    assert [row["presente_line"] for row in rows] == ["3", "4"]
    rows[0]["date"] = str(DAYS[1])
    with held.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)

    first = answer(tmp_path, capsys, str(held))
    again = answer(tmp_path, capsys, str(held), code=1)

    assert (first["state"], again["state"]) == ("done", "nothing_to_do")
    assert facts(tmp_path) == [
        ("100", str(DAYS[1]), "1", "absent_unexcused"),
        ("100", str(DAYS[1]), "2", "absent_unexcused"),
    ]
    (left,) = answer(tmp_path, capsys, "quarantine")["quarantine"]
    assert (left["line"], left["value"]) == (4, "=1+1")
    done = answer(tmp_path, capsys, "undo", first["run"])
    assert done["closed_count"] == 1
    assert len(facts(tmp_path)) == 1


def test_calendars_codes_and_stays_come_back(tmp_path: Path, capsys: Captured) -> None:
    run(tmp_path, str(district(tmp_path, f"100,1,{DAYS[1]},absent_unexcused,")))
    before = dump(tmp_path)
    folder = district(tmp_path, f"100,1,{DAYS[1]},X,", name="wrong")
    (folder / "codes.csv").write_text("code,kind\nX,absent_excused\n")
    calendar = (folder / "calendar.csv").read_text().replace("Holiday", "Instructional day")
    (folder / "calendar.csv").write_text(calendar)
    places = (folder / "enrollments.csv").read_text() + "100,1,2025-26,09,2026-01-05\n"
    (folder / "enrollments.csv").write_text(places.replace("101,1,2025-26,09", "101,1,2025-26,10"))
    wrong = answer(tmp_path, capsys, str(folder))["run"]
    assert dump(tmp_path) != before

    run(tmp_path, "undo", wrong)

    assert dump(tmp_path) == before


def dump(tmp_path: Path) -> dict[str, list[Any]]:
    tables = {
        "calendar_day": "on_date, kind, is_instructional",
        "stay": "entry_on, exit_on",
        "enrollment": "grade, entry_on, exit_on, source",
        "code_map": "code, kind",
        "submission": "data_as_of",
        "attendance_event": "on_date, kind, source_code",
    }
    with closing(sqlite3.connect(tmp_path / "data" / "presente.db")) as db:
        return {
            table: sorted(
                db.execute(
                    f"select {columns} from {table}"  # noqa: S608  (names written above)
                    + (" where closed_by is null" if table == "attendance_event" else "")
                ),
                key=repr,
            )
            for table, columns in tables.items()
        }


def test_unknown_codes_are_drafted(tmp_path: Path, capsys: Captured) -> None:
    folder = district(tmp_path, f"100,1,{DAYS[1]},UNX,", f"101,1,{DAYS[1]},-,")

    run(tmp_path, str(folder), code=1)

    said = capsys.readouterr().err
    assert "A draft of codes.csv" in said
    assert "\n'-," in said  # no formula to the spreadsheet it is filled in with
    assert "UNX" in said
    draft = tmp_path / "codes.csv"
    draft.write_text("code,kind\nUNX,absent_unexcused\n'-,present\n")
    run(tmp_path, "codes", "--from", str(draft))
    run(tmp_path, str(folder))
    assert [kind for *_, kind in facts(tmp_path)] == ["absent_unexcused"]


def test_several_paths_are_read_together_and_corrections_drop_nothing(
    tmp_path: Path, capsys: Captured
) -> None:
    folder = district(
        tmp_path, f"100,1,{DAYS[1]},absent_unexcused,", f"101,1,{DAYS[20]},absent_unexcused,"
    )
    run(tmp_path, *(str(file) for file in folder.iterdir()))
    with pytest.raises(AssertionError):
        run(tmp_path, str(folder), str(folder))
    assert "Two files are called" in capsys.readouterr().err
    (folder / "attendance.csv").write_text(
        "student_id,school_id,date,code\n"
        f"100,1,{DAYS[1]},tardy\n101,1,{DAYS[30]},absent_unexcused\n"
    )

    run(tmp_path, str(folder), "--only-named")
    assert len(facts(tmp_path)) == 3
    run(tmp_path, str(folder), "--replace-window", "--confirm-drop")
    assert len(facts(tmp_path)) == 2


def test_templates_and_drafts_import_nothing(tmp_path: Path, capsys: Captured) -> None:
    run(tmp_path, "--template", str(tmp_path / "mine"))
    assert "attendance.csv" in capsys.readouterr().out
    run(tmp_path, "--template", str(tmp_path / "mine"), code=1)
    table = tmp_path / "table.csv"
    table.write_text("SIS_NUMBER,ABS_DATE,CODE\n100,2025-09-02,U\n")
    assert "SIS_NUMBER" in answer(tmp_path, capsys, "--suggest", str(table))["profile"]
    run(tmp_path, "--dates", "mdy", "--profile", "nobody's", str(table), code=1)
    assert "no profile nobody's" in capsys.readouterr().err


@pytest.mark.parametrize("options", [[], ["--dry-run"]])
def test_an_import_of_which_nothing_could_be_taken_is_no_success(
    tmp_path: Path, capsys: Captured, options: list[str]
) -> None:
    (tmp_path / "students.csv").write_text("student_id,first_name,last_name\n7,,Lee\n8,,Tso\n")

    run(tmp_path, str(tmp_path / "students.csv"), *options, code=1)

    said = capsys.readouterr().out
    assert "Nothing could be taken: every line is in quarantine." in said
    assert "Imported." not in said
    assert "known already" not in said


def test_an_import_that_was_cut_off_says_where_and_how_it_ends(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = Office(schools=["1", "2"], students={"100": "1", "200": "2"})
    office.miss("100", DAYS[:3], school="1")
    office.miss("200", DAYS[:3], school="2")
    folder = office.write(tmp_path / "files")
    write = schools.write

    def cut(tx: Any, imported: Any, code: str, *more: Any, **options: Any) -> None:
        if code == "2":
            raise KeyboardInterrupt
        write(tx, imported, code, *more, **options)

    monkeypatch.setattr(committing, "WORK_AT_ONCE", 1)
    with monkeypatch.context() as power:
        power.setattr(schools, "write", cut)
        with pytest.raises(KeyboardInterrupt):
            run(tmp_path, str(folder))

    (cut_off,) = answer(tmp_path, capsys, "runs")["runs"]
    run(tmp_path, "runs")
    said = capsys.readouterr().out
    assert (cut_off["state"], cut_off["is_cut_off"]) == ("running", True)
    assert f"cut off after {cut_off['last_school']} (1 of 2 schools)" in said
    assert f"presente import undo {cut_off['id'][:13]}" in said

    other = Office(schools=["1"], students={"300": "1"})
    run(tmp_path, str(other.write(tmp_path / "other")))
    assert f"Import {cut_off['id']} was cut off" in capsys.readouterr().err
    run(tmp_path, "runs")
    assert "other files were imported since" in capsys.readouterr().out
    done = answer(tmp_path, capsys, "undo", cut_off["id"])
    assert done["closed_count"] == 3


def test_much_that_would_vanish_is_shown_before_it_is_confirmed(
    tmp_path: Path, capsys: Captured
) -> None:
    office = Office(students={"100": "1", "101": "1"})
    for number in ("100", "101"):
        office.miss(number, DAYS[-20:])
    run(tmp_path, str(office.write(tmp_path / "files")))
    office.events = office.events[:22]
    fewer = str(office.write(tmp_path / "fewer"))
    capsys.readouterr()

    run(tmp_path, fewer, code=1)

    said = capsys.readouterr().err
    assert "18 of 40 attendance records would vanish" in said
    assert f"  101  {DAYS[-18]}  absent_unexcused" in said
    refused = answer(tmp_path, capsys, fewer, code=1)
    assert refused["code"] == "mass_drop"
    (school,) = refused["data"]["report"]["schools"]
    assert (school["must_confirm"], len(school["vanishing"])) == (True, 18)
    run(tmp_path, fewer, "--confirm-drop")


def test_a_long_part_says_every_tenth_of_it() -> None:
    said: list[str] = []
    tenths = Tenths(said.append)

    for done in range(0, 60_000_001, 1_000_000):
        tenths.tell("reading", done, 60_000_000)
    tenths.tell("reading", 500, 1000)
    for done in range(41):
        tenths.tell("comparing", done, 40)

    assert said[:2] == ["Read 10 % of 60 MB", "Read 20 % of 60 MB"]
    assert said[10:12] == ["Compared 4 of 40 schools", "Compared 8 of 40 schools"]
    assert len(said) == 20


def test_files_that_hold_nothing_are_not_said_to_be_known(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "attendance.csv").write_text("student_id,school_id,date,code\n", encoding="utf-8")

    run(tmp_path, str(tmp_path / "attendance.csv"))

    assert "Nothing in these files is of use" in capsys.readouterr().out
