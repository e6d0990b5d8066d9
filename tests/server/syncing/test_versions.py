"""Builds of other ages: what they write is understood for ever, what they read is theirs."""

from typing import Any
from uuid import UUID

import msgspec
import pytest

from schemas.sync import MIN_BUILD, SCHEMA, Mut
from server.ids import new_id
from sync import upcast
from sync.upcast import Schemas, UnknownSchema
from tests.server.syncing.conftest import District
from tests.server.syncing.moves import OLD, edit
from tests.support.district import Phone, a_visit


def renamed(mut: Mut) -> Mut:
    """As the trial builds had it: ``contact.log`` with ``notes`` and ``channel``."""
    names = {"notes": "note", "channel": "method"}
    said = {names.get(name, name): value for name, value in mut.set.items()}
    saw = {names.get(name, name): value for name, value in mut.was.items()}
    op = "contact.create" if mut.op == "contact.log" else mut.op
    return msgspec.structs.replace(mut, op=op, set=said, was=saw)


def older(ent: str, data: dict[str, Any]) -> dict[str, Any] | None:
    """Rows as the trial builds knew them: no standing, and ``notes`` for ``note``."""
    if ent == "guardianship":
        return None
    names = {"note": "notes", "method": "channel"} if ent == "contact" else {}
    return {names.get(name, name): value for name, value in data.items()}


TRIAL = Schemas(current=SCHEMA, oldest_read=0, up={0: renamed}, down={1: older})


@pytest.fixture
def ana(any_district: District) -> Phone:
    return any_district.phone(any_district.advisor)


@pytest.fixture
def trial(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that shipped a schema 0 before this one."""
    monkeypatch.setattr(upcast, "SHIPPED", TRIAL)


@pytest.mark.usefixtures("trial")
def test_an_older_builds_mutation_is_carried_out_in_todays_words(
    any_district: District, ana: Phone
) -> None:
    said = a_visit(any_district.family, notes="Nobody home", channel="home_visit")
    del said["note"], said["method"]
    visit = ana.mut("contact.log", new_id(), said, v=0)
    amend = ana.mut(
        "contact.amend",
        UUID(visit["key"]),
        {"notes": "Grandmother"},
        was={"notes": "Nobody home"},
        v=0,
    )

    answer = ana.sync([visit, amend])

    assert [receipt.out for receipt in answer.receipts] == ["applied", "applied"]
    row = ana.row("contact", UUID(visit["key"]))
    assert (row["note"], row["method"]) == ("Grandmother", "home_visit")
    assert ana.sync([visit]).receipts[0] == answer.receipts[0]


@pytest.mark.usefixtures("trial")
def test_an_older_build_reads_rows_as_it_knows_them(any_district: District, ana: Phone) -> None:
    visit = ana.mut("contact.create", new_id(), a_visit(any_district.family))

    ana.sync([visit], schema=0)

    row = ana.row("contact", UUID(visit["key"]))
    assert (row["notes"], "note" in row) == ("Left a note at the door.", False)
    assert ana.all("guardianship") == []
    assert ana.row("student", any_district.family.student_id)["first_name"] == "Mateo"


@pytest.mark.usefixtures("trial")
def test_after_an_update_the_rows_come_in_the_new_words(any_district: District, ana: Phone) -> None:
    visit = ana.mut("contact.create", new_id(), a_visit(any_district.family))
    ana.sync([visit], schema=0)

    ana.cursor, ana.held, ana.rows = "", {}, {}
    ana.sync()

    assert ana.row("contact", UUID(visit["key"]))["note"] == "Left a note at the door."
    assert len(ana.all("guardianship")) == 1


def test_i16_an_older_build_cannot_wipe_a_field_that_it_does_not_know(
    any_district: District, ana: Phone
) -> None:
    visit = ana.mut(
        "contact.create", new_id(), a_visit(any_district.family, causes=["transport_no_bus"])
    )
    amend = ana.mut("contact.amend", UUID(visit["key"]), {"met": "Rosa"}, base=1)

    ana.sync([visit, amend])

    row = ana.row("contact", UUID(visit["key"]))
    assert (row["met"], row["causes"], row["note"]) == (
        "Rosa",
        ["transport_no_bus"],
        "Left a note at the door.",
    )


def test_a_build_too_old_to_read_still_writes_and_is_told_to_update(
    any_district: District, ana: Phone
) -> None:
    ana.sync()

    answer = ana.post([edit(ana, any_district, OLD, "505-555-0111")], schema=0)

    assert answer.receipts[-1].out == "applied"
    assert (answer.pull, answer.min_build) == (None, MIN_BUILD)
    assert ana.post().min_build == ""


@pytest.mark.parametrize("v", [-1, 0, 2, 2**40])
def test_a_schema_nobody_here_heard_of_is_parked_and_kept(
    any_district: District, ana: Phone, v: int
) -> None:
    odd = ana.mut("contact.create", new_id(), a_visit(any_district.family), v=v)
    plain = ana.mut("contact.create", new_id(), a_visit(any_district.family))

    answer = ana.sync([odd, plain])

    assert [(one.out, one.code) for one in answer.receipts] == [
        ("parked", "unknown_schema"),
        ("applied", ""),
    ]


def test_steps_are_taken_one_after_the_other_and_none_is_skipped() -> None:
    def step(mut: Mut) -> Mut:
        return msgspec.structs.replace(mut, op=f"{mut.op}{mut.v}")

    mut = Mut(n=1, id=new_id(), op="a", ent="", key=new_id(), root="s", v=1)  # type: ignore[arg-type]  # NewTypes of UUID

    up = Schemas(current=4, oldest_read=1, up={1: step, 2: step, 3: step}).upcast(mut)

    assert (up.op, up.v, mut.v) == ("a123", 4, 1)
    with pytest.raises(UnknownSchema):
        Schemas(current=4, oldest_read=1, up={1: step, 3: step}).upcast(mut)


def test_a_phone_newer_than_the_server_gets_rows_as_they_are(
    any_district: District, ana: Phone
) -> None:
    ana.sync(schema=SCHEMA + 1)

    assert ana.row("student", any_district.family.student_id)["first_name"] == "Mateo"
