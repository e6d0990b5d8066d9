"""Imports over HTTP: dropped, looked at, explained, taken in and taken back."""

import io
import zipfile

import pytest
from litestar import Litestar

from server.db.database import Database
from server.ids import new_id
from server.settings import Settings
from tests.support.csv_office import DAYS, OWN, USUAL, CsvOffice
from tests.support.import_desk import DAY, SECRET, Desk, attendance, clerk_of, district


def test_files_are_looked_at_before_they_change_anything(admin: Desk, office: CsvOffice) -> None:
    office.district()
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in office.files.items():
            archive.writestr(name, text)
        archive.writestr("attendance.csv", attendance(f"100,1,{DAY},U"))
    drop = admin.drop()

    assert admin.send(drop, "r%C3%A9cords.zip", content.getvalue()).json()["name"] == "r_cords.zip"
    seen = admin.check(drop)

    assert (seen["state"], seen["report"]["state"]) == ("checked", "dry_run")
    assert [one["opened_count"] for one in seen["report"]["schools"]] == [1]
    assert seen["report"]["changes"] == [
        {
            "school_code": "1",
            "student_number": "100",
            "on_date": str(DAY),
            "was": "",
            "becomes": "absent_unexcused",
        }
    ]
    assert office.facts() == []

    done = admin.commit(drop)

    assert (done["state"], done["report"]["state"]) == ("done", "done")
    assert office.facts() == [("100", str(DAY), "", "absent_unexcused")]
    (run,) = admin.ask("GET", "/runs").json()["runs"]
    assert (run["state"], run["by_name"], run["quarantined_open"]) == ("done", "Administrator", 0)
    assert admin.ask("POST", f"/drops/{drop}/check").status_code == 409


def test_a_code_that_nobody_explained_is_explained_and_looked_at_again(
    app: Litestar, db: Database, office: CsvOffice
) -> None:
    district(office)
    clerk = clerk_of(app, db, "1")
    drop = clerk.drop(attendance=attendance(f"100,1,{DAY},U", f"101,1,{DAY},Zap"))

    seen = clerk.check(drop)

    assert (seen["state"], seen["problem"]["code"]) == ("refused", "codes_unmapped")
    assert [(one["code"], one["count"], one["schools"]) for one in seen["unmapped"]] == [
        ("Zap", 1, ["1"])
    ]
    everywhere = {"code": "Zap", "kind": "tardy"}
    assert clerk.ask("PUT", "/codes", json=everywhere).status_code == 403
    told = clerk.ask("PUT", "/codes", json={**everywhere, "school_code": "1"}).json()
    assert ("zap", "tardy", "1") in [
        (one["code"], one["kind"], one["school_code"]) for one in told["codes"]
    ]
    assert clerk.check(drop)["state"] == "checked"
    assert clerk.commit(drop)["state"] == "done"
    assert [fact[3] for fact in office.facts()] == ["absent_unexcused", "tardy"]


def test_much_that_would_vanish_is_taken_in_only_when_somebody_says_so(
    admin: Desk, office: CsvOffice
) -> None:
    district(office, students=10)
    rows = [f"1{n:02},1,{day},U" for n in range(10) for day in DAYS[-20:]]
    assert admin.take(attendance=attendance(*rows))["state"] == "done"

    drop = admin.drop(attendance=attendance(*rows[:120]))
    seen = admin.check(drop)

    assert (seen["state"], seen["problem"]["code"]) == ("refused", "mass_drop")
    assert "80 of 200 attendance records of School 1" in seen["problem"]["detail"]
    assert "80 de 200 registros de asistencia de School 1" in seen["problem"]["detail_es"]
    (school,) = seen["report"]["schools"]
    assert (seen["report"]["state"], school["must_confirm"]) == ("dry_run", True)
    assert (school["dropped_count"], school["known_count"]) == (80, 200)
    assert len(school["vanishing"]) == 50
    first = school["vanishing"][0]
    assert (first["on_date"], first["was"], first["becomes"]) == (
        str(DAYS[-20]),
        "absent_unexcused",
        "",
    )
    assert {one["student_number"] for one in school["vanishing"]} == {"106", "107", "108", "109"}
    assert len(office.facts()) == 200
    done = admin.commit(drop, confirm=True)
    assert (done["state"], done["report"]["schools"][0]["dropped_count"]) == ("done", 80)
    assert len(office.facts()) == 120


def test_students_who_would_vanish_are_shown_by_number(admin: Desk, office: CsvOffice) -> None:
    district(office, students=20)
    header = "student_id,school_id,school_year,grade,entry_date"
    rows = [f"1{n:02},1,2025-26,09,2025-08-11" for n in range(12)]
    drop = admin.drop(enrollments="\n".join([header, *rows, ""]))

    seen = admin.check(drop)

    (school,) = seen["report"]["schools"]
    assert (seen["problem"]["code"], school["must_confirm"]) == ("mass_drop", True)
    assert (school["missing_count"], school["enrolled_count"]) == (8, 20)
    assert school["missing"] == [f"1{n:02}" for n in range(12, 20)]


def test_a_short_file_says_on_the_wire_what_it_cannot_show(admin: Desk, office: CsvOffice) -> None:
    district(office)
    admin.take(attendance=attendance(*(f"100,1,{day},U" for day in DAYS[-4:])))

    drop = admin.drop(attendance=attendance(f"100,1,{DAYS[-4]},E", f"100,1,{DAY},U"))
    (school,) = admin.check(drop)["report"]["schools"]

    assert (school["scope"], school["unseen_count"], school["must_confirm"]) == (
        "partial",
        2,
        False,
    )


def test_a_broken_file_is_refused_in_both_languages(admin: Desk) -> None:
    drop = admin.drop(attendance=f"{OWN}\n100,1,{DAY},é\n".encode("cp1252"))

    problem = admin.check(drop)["problem"]

    assert problem["code"] == "not_utf8"
    assert "is not UTF-8: line 2" in problem["detail"]
    assert "no es UTF-8: la línea 2" in problem["detail_es"]


def test_what_cannot_be_done_now_is_said_in_both_languages(admin: Desk) -> None:
    drop = admin.drop()

    answer = admin.ask("POST", f"/drops/{drop}/check")

    assert (answer.status_code, answer.json()["code"]) == (400, "drop_empty")
    assert answer.json()["detail_es"] == "Todavía no hay archivos."


def test_an_import_is_taken_back_by_an_administrator_only(
    app: Litestar, db: Database, admin: Desk, office: CsvOffice
) -> None:
    district(office)
    clerk = clerk_of(app, db, "1")
    clerk.take(attendance=attendance(f"100,1,{DAY},U"))
    (run,) = [one for one in clerk.ask("GET", "/runs").json()["runs"] if one["by_name"]]

    assert clerk.ask("POST", f"/runs/{run['id']}/undo").status_code == 403
    begun = admin.ask("POST", f"/runs/{run['id']}/undo").json()

    assert (begun["state"], begun["undoes"]) == ("importing", run["id"])
    done = admin.look(begun["id"])
    assert (done["state"], done["undone"]["closed_count"]) == ("done", 1)
    assert office.facts() == []
    assert admin.ask("GET", "/runs").json()["runs"][0]["state"] == "undone"
    again = admin.ask("POST", f"/runs/{run['id']}/undo").json()
    assert admin.look(again["id"])["problem"]["code"] == "import_undone_already"
    assert admin.ask("POST", f"/runs/{new_id()}/undo").status_code == 404


def test_an_import_that_was_cut_off_says_so_and_goes_on(
    admin: Desk, office: CsvOffice, settings: Settings
) -> None:
    district(office)
    drop = admin.drop(attendance=attendance(f"100,1,{DAY},U"))
    admin.check(drop)
    note = settings.data_dir / "drops" / drop / "drop.json"
    note.write_text(note.read_text().replace('"state":"checked"', '"state":"importing"'))

    assert admin.look(drop)["state"] == "interrupted"
    assert admin.commit(drop)["state"] == "done"
    assert len(office.facts()) == 1


def test_a_fault_of_ours_is_told_without_the_words_of_the_error(
    admin: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ValueError(SECRET)

    monkeypatch.setattr("server.intake.screen.jobs.service.import_folder", broken)
    drop = admin.drop(attendance="x")

    seen = admin.check(drop)

    assert (seen["state"], seen["problem"]["code"]) == ("refused", "internal")
    assert seen["problem"]["trace_id"] in caplog.text
    assert SECRET not in caplog.text + str(seen)


def test_dates_that_can_be_read_twice_are_shown_both_ways_and_settled_once(
    app: Litestar, db: Database, office: CsvOffice
) -> None:
    district(office)
    clerk = clerk_of(app, db, "1")
    drop = clerk.drop(attendance=attendance("100,1,10/02/2025,U", "101,1,02/10/2025,U"))

    seen = clerk.check(drop)

    assert (seen["state"], seen["problem"]["code"]) == ("refused", "dates_ambiguous")
    assert seen["unclear"] == {
        "file": "attendance.csv",
        "line": 2,
        "written": "10/02/2025",
        "month_first": "2025-10-02",
        "day_first": "2025-02-10",
        "read_as": "",
    }
    settled = clerk.ask("POST", f"/drops/{drop}/dates", json={"order": "mdy"})
    assert settled.status_code == 202
    looked = clerk.look(drop)
    assert (looked["state"], looked["dates"]) == ("checked", "mdy")
    assert looked.get("unclear") is None
    done = clerk.commit(drop)
    assert done["state"] == "done"
    assert ("100", "2025-10-02", "", "absent_unexcused") in office.facts()
    assert clerk.ask("POST", f"/drops/{drop}/dates", json={"order": "dmy"}).status_code == 409
    assert clerk.ask("POST", f"/drops/{drop}/dates", json={"order": "ymd"}).status_code == 400


def test_dates_that_were_settled_once_are_not_asked_about_again_and_can_be_settled_anew(
    app: Litestar, db: Database, office: CsvOffice, admin: Desk
) -> None:
    district(office)
    clerk = clerk_of(app, db, "1")
    drop = clerk.drop(attendance=attendance("100,1,10/02/2025,U", header=USUAL))
    clerk.check(drop)
    clerk.ask("POST", f"/drops/{drop}/dates", json={"order": "mdy"})
    clerk.look(drop)
    clerk.commit(drop)

    drop = clerk.drop(attendance=attendance("100,1,10/03/2025,U", header=USUAL))
    seen = clerk.check(drop)

    assert (seen["state"], seen["dates"]) == ("checked", "")
    assert seen["unclear"]["month_first"] == "2025-10-03"
    assert seen["unclear"]["read_as"] == "mdy"
    assert "dates_as_mdy" in {one["code"] for one in seen["report"]["notes"]}
    clerk.ask("POST", f"/drops/{drop}/dates", json={"order": "dmy"})
    assert clerk.look(drop).get("unclear") is None
    assert clerk.commit(drop)["state"] == "done"
    theirs = admin.drop(attendance=attendance("100,1,10/03/2025,U", header=USUAL))
    assert admin.check(theirs)["problem"]["code"] == "dates_ambiguous"


def test_files_that_mix_both_ways_can_be_settled_too(admin: Desk, office: CsvOffice) -> None:
    district(office)
    rows = ("100,1,10/14/2025,U", "100,1,14/10/2025,U", "101,1,10/02/2025,U")
    drop = admin.drop(attendance=attendance(*rows))

    seen = admin.check(drop)

    assert seen["unclear"]["written"] == "10/02/2025"
    admin.ask("POST", f"/drops/{drop}/dates", json={"order": "mdy"})
    assert admin.look(drop)["report"]["quarantined_count"] == 1
