"""Lines that could not be taken, mended on the screen."""

import csv
import io

from litestar import Litestar

from server.db.database import Database
from server.db.tables.attendance import QuarantineRow
from tests.conftest import MONDAY
from tests.support.csv_office import CsvOffice
from tests.support.import_desk import DAY, Desk, attendance, clerk_of, district


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


def test_what_is_wrong_with_a_line_is_said_in_both_languages(
    admin: Desk, office: CsvOffice
) -> None:
    district(office)
    admin.take(attendance=attendance(f"100,1,{DAY},U", f"999,1,{DAY},U"))

    (row,) = admin.ask("GET", "/quarantine").json()["rows"]
    spanish = admin.ask("GET", "/quarantine.csv?lang=es").content.decode("utf-8-sig")
    english = admin.ask("GET", "/quarantine.csv").content.decode("utf-8-sig")

    fault = row["fault"]
    assert (fault["code"], fault["reason"]) == ("student_unknown", "No student has this number.")
    assert fault["reason_es"] == "Ningún estudiante tiene este número."
    assert fault["mend_es"].startswith("Exporte también los estudiantes")
    assert fault["reason_es"] in spanish
    assert fault["mend_es"] in spanish
    assert fault["reason"] in english
    assert admin.ask("GET", "/quarantine.csv?lang=xx").status_code == 400


def test_a_line_that_an_older_version_kept_shows_the_words_it_has(
    db: Database, admin: Desk, office: CsvOffice
) -> None:
    district(office)
    admin.take(attendance=attendance(f"100,1,{DAY},U", f"999,1,{DAY},U"))
    with db.write(MONDAY) as tx:
        row = tx.session.query(QuarantineRow).one()
        row.code, row.parts, row.reason = "", {}, "Nobody has this number."

    (shown,) = admin.ask("GET", "/quarantine").json()["rows"]
    spanish = admin.ask("GET", "/quarantine.csv?lang=es").content.decode("utf-8-sig")

    assert (shown["fault"]["reason"], shown["fault"]["reason_es"]) == (
        "Nobody has this number.",
        "",
    )
    assert "Nobody has this number." in spanish
