"""What a roster tells again unchanged leaves a trace: it holds the enrolment up too."""

from itertools import permutations
from random import Random

import pytest
from sqlalchemy import delete, update

from server.db.tables.attendance import ImportRunRow, ImportToldRow
from server.intake.mending import undo
from server.intake.store import told
from tests.support.clerk import Clerk
from tests.support.csv_office import DAYS

_ENROLLED = "student_id,school_id,school_year,grade,entry_date\n"
_FAMILIES = "guardian_id,student_id,first_name,last_name\nG1,200,Luz,Pe\u00f1a\n"


def a_roster(clerk: Clerk, *numbers: str, name: str = "Ana") -> str:
    """Send the school's whole roster, with a name that makes the file another one."""
    clerk.office.district(numbers)
    clerk.office.files["students.csv"] = "student_id,first_name,last_name\n" + "".join(
        f"{number},{name},Pe\u00f1a\n" for number in numbers
    )
    return clerk.take()


def test_who_stands_unchanged_in_a_later_roster_stays_when_an_earlier_one_goes(
    clerk: Clerk,
) -> None:
    first = a_roster(clerk, "100", "101", "200")
    a_roster(clerk, "100", "200", name="Anna")
    before = clerk.enrolled()

    done = clerk.take_back(first)

    assert clerk.enrolled() == before
    assert not done.later_count
    assert "newest of them once more" not in undo.text_of(done)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_an_enrolment_goes_with_the_last_roster_that_told_it(
    clerk: Clerk, order: tuple[int, ...]
) -> None:
    runs = [a_roster(clerk, "200", name=name) for name in ("Ana", "Anna", "Anne")]

    for place in order[:-1]:
        clerk.take_back(runs[place])
        assert "200" in clerk.enrolled()
    clerk.take_back(runs[order[-1]])

    assert sorted(clerk.enrolled()) == ["100", "101"]


def test_who_is_not_in_the_later_roster_goes_with_the_earlier(clerk: Clerk) -> None:
    first = a_roster(clerk, "100", "200", "201")
    a_roster(clerk, "100", "201", name="Anna")

    clerk.take_back(first)

    assert sorted(clerk.enrolled()) == ["100", "101", "201"]


def test_a_student_the_source_deleted_is_not_told_again(clerk: Clerk) -> None:
    first = a_roster(clerk, "200")
    clerk.office.files["enrollments.csv"] = _ENROLLED + "100,1,2025-26,09,2025-08-11\n"
    clerk.take(f"100,1,{DAYS[9]},U", window="merge")

    clerk.take_back(first)

    assert "200" not in clerk.enrolled()


def test_of_imports_by_an_older_version_it_is_said_that_nobody_knows(clerk: Clerk) -> None:
    first = a_roster(clerk, "200")
    a_roster(clerk, "200", name="Anna")
    with clerk.office.db.write(clerk.now) as tx:
        tx.run(update(ImportRunRow).values(remembers_told=False))
        tx.run(delete(ImportToldRow))

    done = clerk.take_back(first)

    assert "Later imports that hold: 1" in undo.text_of(done)
    assert "Importaciones posteriores que siguen en pie: 1" in undo.text_of(done, "es")


def test_of_a_family_that_a_later_file_told_too_it_is_said_to_import_that_again(
    clerk: Clerk,
) -> None:
    runs: list[str] = []
    for name in ("Ana", "Anna"):
        clerk.office.files["guardians.csv"] = _FAMILIES
        runs.append(a_roster(clerk, "200", name=name))

    done = clerk.take_back(runs[0])

    assert "200" in clerk.enrolled()
    assert done.removed["guardian"] == 1
    assert done.later_count == 1
    assert "import the newest of them once more" in undo.text_of(done)
    clerk.office.files["guardians.csv"] = _FAMILIES
    a_roster(clerk, "200", name="Anne")
    assert clerk.office.rows("select first_name from guardian") == [("Luz",)]


def test_a_roster_of_a_school_is_kept_in_a_few_bytes() -> None:
    whole = list(range(70_001, 70_701))
    odd = Random(1).sample(range(10**6), 700)

    assert list(told.unpack(told.pack(odd))) == sorted(odd)
    assert list(told.unpack(told.pack(whole))) == whole
    assert len(told.pack(whole)) < 50
    assert told.pack([]) == b""
