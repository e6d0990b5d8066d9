"""What nobody can ever read may be given up on: with a reason, and without losing a byte."""

import json
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from server.cli import main
from server.db.tables.identity import AuditRow
from server.db.tables.syncing import MutationRow
from server.ids import new_id
from server.problems import Conflicting, NotFound
from server.syncing import replaying
from tests.server.syncing.conftest import District
from tests.server.syncing.test_sealed import sealed
from tests.support.district import Phone, a_visit

WHY = "The key was lost with the old server. She was asked to write it again."


@pytest.fixture
def ana(any_district: District) -> Phone:
    phone = any_district.phone(any_district.advisor)
    phone.sync()
    return phone


def damaged_visit(phone: Phone, district: District) -> dict[str, Any]:
    visit = phone.mut("contact.create", new_id(), a_visit(district.family))
    letter = sealed(district, phone, visit) | {"ct": "AAAA"}
    assert phone.sync(sealed=[letter]).receipts[-1].code == "cannot_open"
    return visit


def dismiss(district: District, mutation_id: str, because: str = WHY) -> None:
    with district.db.write(district.clock()) as tx:
        replaying.dismiss(tx, UUID(mutation_id), because=because, by=district.coordinator.id)


def listed(district: District) -> list[tuple[str, bool]]:
    with district.db.read(district.clock()) as tx:
        return [(str(one.id), one.may_dismiss) for one in replaying.listed(tx)]


def test_a_letter_nobody_can_open_is_given_up_on_and_its_author_reads_why(
    any_district: District, ana: Phone
) -> None:
    visit = damaged_visit(ana, any_district)
    assert listed(any_district) == [(visit["id"], True)]

    dismiss(any_district, visit["id"])
    ana.sync()

    told = ana.row("replayed", UUID(visit["id"]))
    assert (told["out"], told["code"], told["text"]) == ("refused", "dismissed", WHY)
    assert listed(any_district) == []
    with any_district.db.read(any_district.clock()) as tx:
        kept = tx.session.scalars(
            select(MutationRow).where(MutationRow.mid == UUID(visit["id"]))
        ).one()
        trail = tx.session.scalars(
            select(AuditRow).where(AuditRow.action == "mutation.dismiss")
        ).one()
    assert b"AAAA" in kept.body
    assert kept.out == "parked"
    assert trail.by_user_id == any_district.coordinator.id
    assert trail.detail == {"code": "cannot_open", "because": WHY}


def test_what_a_mend_may_make_readable_is_not_given_up_on(
    any_district: District, ana: Phone
) -> None:
    odd = ana.mut("mood.create", new_id(), {"mood": "calm"})
    ana.sync([odd])

    with pytest.raises(Conflicting) as refused:
        dismiss(any_district, odd["id"])

    assert refused.value.code == "still_readable"
    assert listed(any_district) == [(odd["id"], False)]


def test_a_letter_is_given_up_on_also_where_something_readable_came_under_its_id(
    any_district: District, ana: Phone
) -> None:
    """Nobody can say that it was the same; what was recorded stays recorded."""
    visit = damaged_visit(ana, any_district)
    again = any_district.phone(any_district.advisor)
    again.last_n = 1
    assert again.sync([{**visit, "n": 1}]).receipts[0].out == "applied"

    dismiss(any_district, visit["id"])
    ana.sync()

    told = ana.row("replayed", UUID(visit["id"]))
    assert (told["out"], told["code"]) == ("refused", "dismissed")
    assert ana.row("contact", UUID(visit["key"]))["note"] == visit["set"]["note"]
    assert listed(any_district) == []


def test_giving_up_twice_is_told(any_district: District, ana: Phone) -> None:
    visit = damaged_visit(ana, any_district)
    dismiss(any_district, visit["id"])

    with pytest.raises(NotFound):
        dismiss(any_district, visit["id"])


def test_an_operator_gives_up_from_the_command_line(
    district: District, capsys: pytest.CaptureFixture[str]
) -> None:
    ana = district.phone(district.advisor)
    visit = damaged_visit(ana, district)
    folder = ("--dir", str(district.settings.data_dir))

    assert main(["sync", "dismiss", visit["id"], "--because", WHY, *folder]) == 0
    capsys.readouterr()

    assert main(["sync", "parked", "--json", *folder]) == 0
    assert json.loads(capsys.readouterr().out) == []
