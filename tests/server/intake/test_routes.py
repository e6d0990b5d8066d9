"""Imports over HTTP: dropped, looked at, explained, taken in, mended and taken back."""

import csv
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar

from schemas.people import Role
from server.db.database import Database
from server.db.tables.people import SchoolRow
from server.ids import new_id
from server.intake.screen import drops
from server.settings import Settings
from tests.conftest import MONDAY
from tests.support.csv_office import DAYS, CsvOffice
from tests.support.people import Client, client_for

DAY = DAYS[-1]
SECRET = "Maria Baca"
HEADER = "student_id,school_id,date,code"


@dataclass
class Desk:
    """A browser at the import screen."""

    app: Litestar
    client: Client

    def ask(self, method: str, path: str, **more: Any) -> Any:
        """Ask; whatever runs then is over when this returns."""
        answer = self.client.request(method, f"/api/imports{path}", **more)
        self.app.state["jobs"].wait()
        return answer

    def drop(self, **files: str | bytes) -> str:
        """Drop files (``students="..."`` is students.csv); return the drop."""
        made: str = self.ask("POST", "/drops").json()["id"]
        for name, content in files.items():
            self.send(made, f"{name}.csv", content)
        return made

    def send(self, drop: str, name: str, content: str | bytes) -> Any:
        """Send one file of a drop."""
        raw = content.encode() if isinstance(content, str) else content
        headers = {"content-type": "application/octet-stream", "presente-file-name": name}
        return self.ask("POST", f"/drops/{drop}/files", content=raw, headers=headers)

    def look(self, drop: str) -> Any:
        """Return how far a drop is."""
        return self.ask("GET", f"/drops/{drop}").json()

    def check(self, drop: str) -> Any:
        """Have a drop compared with what is known."""
        assert self.ask("POST", f"/drops/{drop}/check").status_code == 202
        return self.look(drop)

    def commit(self, drop: str, *, confirm: bool = False) -> Any:
        """Take a drop in."""
        body = {"confirm_drop": confirm}
        answer = self.ask("POST", f"/drops/{drop}/commit", json=body)
        assert answer.status_code == 202, answer.text
        return self.look(drop)

    def take(self, **files: str | bytes) -> Any:
        """Drop, look and take in."""
        drop = self.drop(**files)
        seen = self.check(drop)
        assert seen["state"] == "checked", seen["problem"]
        return self.commit(drop)


@pytest.fixture
def office(db: Database, tmp_path: Path) -> CsvOffice:
    return CsvOffice(db, tmp_path / "office")


@pytest.fixture
def admin(app: Litestar, db: Database) -> Desk:
    return Desk(app, client_for(app, db, Role.ADMINISTRATOR))


def clerk_of(app: Litestar, db: Database, *codes: str) -> Desk:
    with db.read(MONDAY) as tx:
        known = {row.code: row.id for row in tx.session.query(SchoolRow)}
    schools = [known[code] for code in codes]
    return Desk(app, client_for(app, db, Role.CLERK, schools=schools))


def attendance(*rows: str) -> str:
    return "\n".join([HEADER, *rows, ""])


def district(office: CsvOffice, *, students: int = 2, school: str = "1") -> None:
    office.district([f"{school}{n:02}" for n in range(students)], school)
    office.take()


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
    assert len(office.facts()) == 200
    done = admin.commit(drop, confirm=True)
    assert (done["state"], done["report"]["schools"][0]["dropped_count"]) == ("done", 80)
    assert len(office.facts()) == 120


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("attendance", attendance(f"200,2,{DAY},U")),
        ("attendance", f"student_id,date,code\n200,{DAY},U\n"),
        ("students", "student_id,first_name,last_name\n200,Other,Name\n"),
        (
            "guardians",
            "guardian_id,student_id,first_name,last_name\ng1,200,Ana,Luna\n",
        ),
        (
            "enrollments",
            "student_id,school_id,school_year,grade,entry_date\n200,2,2025-26,10,2025-08-11\n",
        ),
        ("calendar", f"school_id,date,event\n2,{DAY},Holiday\n"),
        ("codes", "code,kind\nU,present\n"),
        ("staff", "login,name,role,school_ids\nboss,Boss,administrator,1\n"),
        ("schools", "school_id,name\n3,New School\n"),
    ],
)
def test_a_clerk_brings_in_nothing_of_other_schools(
    app: Litestar, db: Database, office: CsvOffice, name: str, content: str
) -> None:
    district(office, school="1")
    district(office, school="2")
    clerk = clerk_of(app, db, "1")

    drop = clerk.drop(**{name: content})
    seen = clerk.check(drop)

    assert (seen["state"], seen["problem"]["code"]) == ("refused", "not_your_schools")
    again = clerk.commit(drop)
    assert (again["state"], again["problem"]["code"]) == ("refused", "not_your_schools")
    assert office.facts() == []


def test_a_clerk_brings_in_his_own_school(app: Litestar, db: Database, office: CsvOffice) -> None:
    district(office, school="1")
    clerk = clerk_of(app, db, "1")

    done = clerk.take(
        students="student_id,first_name,last_name\n100,Ana,Baca\n900,New,Student\n",
        enrollments="student_id,school_id,school_year,grade,entry_date\n"
        "900,1,2025-26,10,2025-08-11\n",
        attendance=attendance(f"900,1,{DAY},U"),
    )

    assert (done["state"], done["problem"]) == ("done", None)
    assert office.facts() == [("900", str(DAY), "", "absent_unexcused")]


def test_a_line_that_could_not_be_taken_is_mended_and_taken(
    app: Litestar, db: Database, office: CsvOffice
) -> None:
    district(office, school="1")
    district(office, school="2")
    clerk, other = clerk_of(app, db, "1"), clerk_of(app, db, "2")
    done = clerk.take(attendance=attendance(f"100,1,{DAY},U", f"999,1,{DAY},U", "101,1,3000,U"))
    assert done["report"]["quarantined_count"] == 2

    waiting = clerk.ask("GET", "/quarantine").json()
    row = next(one for one in waiting["rows"] if one["fault"]["value"] == "999")
    cells = [{**cell, "value": "101"} if cell["value"] == "999" else cell for cell in row["cells"]]
    body = {"rows": [{"id": row["id"], "cells": cells}]}

    assert waiting["total"] == 2
    assert other.ask("GET", "/quarantine").json()["total"] == 0
    assert other.ask("POST", "/quarantine/mend", json=body).status_code == 404
    sent = clerk.ask("POST", "/quarantine/mend", json=body)
    assert sent.status_code == 202
    mended = clerk.look(sent.json()["id"])
    assert (mended["state"], mended["problem"]) == ("done", None)
    assert [fact[0] for fact in office.facts()] == ["100", "101"]

    (left,) = clerk.ask("GET", "/quarantine").json()["rows"]
    path = f"/quarantine/{left['id']}/dismiss"
    assert other.ask("POST", path, json={"because": "no"}).status_code == 404
    assert clerk.ask("POST", path, json={"because": ""}).status_code == 400
    assert clerk.ask("POST", path, json={"because": "A typing mistake"}).status_code == 204
    assert clerk.ask("GET", "/quarantine").json() == {"total": 0, "rows": []}
    assert clerk.ask("POST", "/quarantine/mend", json=body).status_code == 409
    runs = clerk.ask("GET", "/runs").json()["runs"]
    assert {run["quarantined_open"] for run in runs} == {0}
    assert len(other.ask("GET", "/runs").json()["runs"]) == 1


def test_lines_to_mend_come_as_a_table_that_no_spreadsheet_runs(
    admin: Desk, office: CsvOffice
) -> None:
    district(office)
    admin.take(attendance=attendance(f"100,1,{DAY},U", f"=1+1,1,{DAY},U"))

    answer = admin.ask("GET", "/quarantine.csv")

    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-disposition"].startswith("attachment")
    (line,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert line["student_id"] == "'=1+1"
    drop = admin.drop(anything=answer.content.replace(b"'=1+1", b"101"))
    assert admin.check(drop)["state"] == "checked"
    assert admin.commit(drop)["state"] == "done"
    assert [fact[0] for fact in office.facts()] == ["100", "101"]


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


def test_nobody_sees_what_another_has_dropped(
    app: Litestar, db: Database, admin: Desk, office: CsvOffice
) -> None:
    district(office)
    clerk = clerk_of(app, db, "1")
    drop = admin.drop(attendance=attendance(f"100,1,{DAY},U"))

    found = [
        clerk.ask("GET", f"/drops/{drop}"),
        clerk.ask("DELETE", f"/drops/{drop}"),
        clerk.ask("POST", f"/drops/{drop}/check"),
        clerk.ask("POST", f"/drops/{drop}/commit", json={}),
        clerk.send(drop, "more.csv", "x"),
    ]

    assert [answer.status_code for answer in found] == [404] * 5
    assert clerk.ask("GET", "/runs").json()["drop_id"] is None
    assert admin.ask("GET", "/runs").json()["drop_id"] == drop
    assert admin.ask("DELETE", f"/drops/{drop}").status_code == 204
    assert admin.ask("GET", f"/drops/{drop}").status_code == 404


def test_a_drop_holds_only_so_much(
    admin: Desk, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drops, "MOST_BYTES", 2_000_000)
    drop = admin.drop()

    assert admin.send(drop, "a.csv", b"x" * 1_500_000).json() == {
        "name": "a.csv",
        "size": 1_500_000,
    }
    refused = admin.send(drop, "b.csv", b"x" * 500_001)
    assert (refused.status_code, refused.json()["code"]) == (413, "drop_too_large")
    assert admin.send(drop, "a.csv", b"x" * 2_000_000).status_code == 201
    kept = settings.data_dir / "drops" / drop
    assert sorted(one.name for one in kept.rglob("*") if one.is_file()) == ["a.csv", "drop.json"]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("..%2F..%2Fetc%2Fpasswd", "passwd"),
        ("C%3A%5Cfiles%5Cday.csv", "day.csv"),
        (".hidden", "hidden"),
        ("a%00b%0A.csv", "a_b_.csv"),
    ],
)
def test_a_file_lies_nowhere_but_in_its_drop(
    admin: Desk, settings: Settings, sent: str, kept: str
) -> None:
    drop = admin.drop()

    assert admin.send(drop, sent, "x").json()["name"] == kept
    folder = settings.data_dir / "drops" / drop
    assert (folder / "files" / kept).read_text() == "x"
    assert folder.stat().st_mode & 0o077 == 0
    assert admin.send(drop, "..", "x").status_code == 400


def test_only_bytes_are_taken_as_a_file(admin: Desk) -> None:
    drop = admin.drop()

    answer = admin.ask(
        "POST",
        f"/drops/{drop}/files",
        content=b"x",
        headers={"content-type": "text/plain", "presente-file-name": "a.csv"},
    )

    assert (answer.status_code, answer.json()["code"]) == (415, "not_bytes")
    assert admin.ask("POST", f"/drops/{drop}/check").status_code == 400


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
