"""What a clerk may bring in and see."""

import pytest
from litestar import Litestar

from server.db.database import Database
from tests.support.csv_office import CsvOffice
from tests.support.import_desk import DAY, Desk, attendance, clerk_of, district


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
