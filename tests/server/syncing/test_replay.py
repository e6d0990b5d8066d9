"""What the server could not judge is kept, listed without a word of it, and done after the mend."""

import json
import shutil
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from schemas.sync import Mut
from server.cli import main
from server.db.tables.cases import ContactRow
from server.db.tables.syncing import MutationRow, ReplayRow
from server.ids import new_id
from server.syncing import replaying, service
from server.syncing.deeds import contact
from sync import upcast
from sync.upcast import Schemas
from tests.server.syncing.conftest import District
from tests.server.syncing.moves import OLD, assign, edit
from tests.server.syncing.test_sealed import sealed
from tests.support.district import Phone, a_visit


def replay(district: District, *ids: str) -> list[tuple[str, str]]:
    wanted = [UUID(one) for one in ids] or None
    done = replaying.replay(district.db, district.clock, district.settings.secrets_dir, wanted)
    return [(one.out, one.code) for one in done]


def parked_visit(phone: Phone, district: District, **more: Any) -> dict[str, Any]:
    """A visit by a word that this version does not know."""
    visit = phone.mut("contact.tell", new_id(), a_visit(district.family, **more))
    assert phone.sync([visit]).receipts[-1].out == "parked"
    return visit


@contextmanager
def without_secrets(district: District) -> Generator[None]:
    """The server's key is away, and other secrets that were made meanwhile go when it is back."""
    secrets = district.settings.secrets_dir
    away = secrets.with_name("away")
    shutil.move(secrets, away)
    yield
    shutil.rmtree(secrets, ignore_errors=True)
    shutil.move(away, secrets)


def unchanged(mut: Mut) -> Mut:
    return mut


@pytest.fixture
def mended(monkeypatch: pytest.MonkeyPatch) -> Mapping[str, Any]:
    """The next version, which knows the word."""
    deeds = {**service.DEEDS, "contact.tell": ("contact", contact.create)}
    monkeypatch.setattr(service, "DEEDS", deeds)
    return deeds


@pytest.fixture
def ana(any_district: District) -> Phone:
    phone = any_district.phone(any_district.advisor)
    phone.sync()
    return phone


def test_after_the_mend_a_parked_visit_is_recorded_as_its_authors_once(
    any_district: District, ana: Phone, request: pytest.FixtureRequest
) -> None:
    visit = parked_visit(ana, any_district, note="Grandmother opened.")
    request.getfixturevalue("mended")
    any_district.clock.advance(hours=2)

    assert replay(any_district) == [("applied", "")]
    assert replay(any_district) == []
    ana.sync()

    row = ana.row("contact", UUID(visit["key"]))
    told = ana.row("replayed", UUID(visit["id"]))
    assert (row["note"], row["by"]) == ("Grandmother opened.", str(any_district.advisor.id))
    assert (told["out"], told["op"]) == ("applied", "contact.tell")
    assert ana.sync([visit]).receipts[0].out == "parked"
    with any_district.db.read(any_district.clock()) as tx:
        assert len(tx.session.scalars(select(ContactRow)).all()) == 1


def test_the_time_of_a_replayed_visit_is_reckoned_from_when_it_came(
    any_district: District, ana: Phone, request: pytest.FixtureRequest
) -> None:
    visit = parked_visit(ana, any_district)
    request.getfixturevalue("mended")
    came = any_district.clock()
    any_district.clock.advance(days=9)

    replay(any_district)

    with any_district.db.read(came) as tx:
        kept = tx.session.get_one(ContactRow, UUID(visit["key"]))
        assert kept.est_at <= came
        assert kept.recorded_at == any_district.clock()


def test_what_still_cannot_be_judged_stays_parked_and_holds_up_nothing(
    any_district: District, ana: Phone, request: pytest.FixtureRequest
) -> None:
    odd = ana.mut("mood.create", new_id(), {"mood": "calm"})
    ana.sync([odd])
    parked_visit(ana, any_district, note="first")
    parked_visit(ana, any_district, note="second")
    request.getfixturevalue("mended")

    assert replay(any_district) == [("parked", "unknown_op"), ("applied", ""), ("applied", "")]
    with any_district.db.read(any_district.clock()) as tx:
        notes = tx.session.scalars(select(ContactRow.note).order_by(ContactRow.recorded_at))
        assert list(notes) == ["first", "second"]
        assert [one.id for one in replaying.listed(tx)] == [UUID(odd["id"])]


def test_a_replay_is_judged_by_what_its_author_may_see_now(
    any_district: District, ana: Phone, request: pytest.FixtureRequest
) -> None:
    visit = parked_visit(ana, any_district)
    assign(any_district, any_district.family.case_id, any_district.other)
    request.getfixturevalue("mended")

    assert replay(any_district) == [("applied", "")]

    with any_district.db.read(any_district.clock()) as tx:
        assert tx.session.get_one(ContactRow, UUID(visit["key"])).late_scope


def test_a_replay_may_meet_a_conflict_and_both_see_it(
    any_district: District, ana: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = edit(ana, any_district, OLD, "505-555-0111", v=9)
    assert ana.sync([late]).receipts[-1].code == "unknown_schema"
    dora = any_district.phone(any_district.coordinator)
    dora.sync([edit(dora, any_district, OLD, "505-555-0222")])
    nine = Schemas(current=9, oldest_read=1, up=dict.fromkeys(range(1, 9), unchanged))
    monkeypatch.setattr(upcast, "SHIPPED", nine)

    assert replay(any_district, late["id"]) == [("conflict", "")]
    ana.sync(schema=9)

    assert ana.all("conflict")[0]["fields"][0]["mine"] == "505-555-0111"
    assert ana.row("replayed", UUID(late["id"]))["conflict"] == ana.all("conflict")[0]["id"]


def test_what_is_refused_at_last_is_shown_with_its_words(
    any_district: District, ana: Phone, request: pytest.FixtureRequest
) -> None:
    visit = parked_visit(ana, any_district, student_id=str(new_id()), note="Nobody of ours")
    request.getfixturevalue("mended")

    assert replay(any_district) == [("refused", "unknown_student")]
    ana.sync()

    refusal = ana.row("refusal", UUID(visit["id"]))
    assert (refusal["code"], refusal["set"]["note"]) == ("unknown_student", "Nobody of ours")
    assert ana.row("replayed", UUID(visit["id"]))["out"] == "refused"


def test_what_comes_readable_after_a_damaged_seal_is_carried_out_once(
    any_district: District, ana: Phone
) -> None:
    visit = ana.mut("contact.create", new_id(), a_visit(any_district.family))
    damaged = sealed(any_district, ana, visit) | {"ct": "AAAA"}
    assert ana.sync(sealed=[damaged]).receipts[-1].code == "cannot_open"
    again = any_district.phone(any_district.advisor)
    visit["n"] = again.last_n = 1

    assert again.sync([visit]).receipts[0].out == "applied"
    assert again.sync([{**visit, "n": 2}]).receipts[-1].out == "applied"
    assert replay(any_district) == [("parked", "cannot_open")]

    with any_district.db.read(any_district.clock()) as tx:
        assert len(tx.session.scalars(select(ContactRow)).all()) == 1


def test_a_letter_opens_once_its_key_is_back(district: District) -> None:
    ana = district.phone(district.advisor)
    visit = ana.mut("contact.create", new_id(), a_visit(district.family))
    letter = sealed(district, ana, visit)
    with without_secrets(district):
        assert ana.sync(sealed=[letter]).receipts[-1].code == "cannot_open"

    assert replay(district) == [("applied", "")]
    ana.sync()
    assert ana.row("contact", UUID(visit["key"]))["note"] == "Left a note at the door."


def test_a_letter_that_opens_late_is_shown_where_its_id_was_used_for_something_else(
    district: District,
) -> None:
    """Nobody could read it when the other came and was carried out. Its words are not dropped."""
    ana = district.phone(district.advisor)
    visit = ana.mut("contact.create", new_id(), a_visit(district.family, note="Sealed first"))
    letter = sealed(district, ana, visit)
    with without_secrets(district):
        assert ana.sync(sealed=[letter]).receipts[-1].code == "cannot_open"
        other = ana.mut("contact.create", new_id(), a_visit(district.family, note="In clear"))
        assert ana.sync([other | {"id": visit["id"]}]).receipts[-1].out == "applied"
        assert replay(district) == [("parked", "cannot_open")]

    assert replay(district) == [("refused", "id_reused")]
    assert replay(district) == []
    ana.sync()

    assert [row["note"] for row in ana.all("contact")] == ["In clear"]
    assert [row["set"]["note"] for row in ana.all("refusal")] == ["Sealed first"]


def test_a_letter_that_opens_late_is_not_shown_twice_where_the_same_came_in_clear(
    district: District,
) -> None:
    ana = district.phone(district.advisor)
    visit = ana.mut("contact.create", new_id(), a_visit(district.family, note="Once"))
    letter = sealed(district, ana, visit)
    with without_secrets(district):
        assert ana.sync(sealed=[letter]).receipts[-1].code == "cannot_open"
        again = district.phone(district.advisor)
        assert again.sync([{**visit, "n": 1}]).receipts[0].out == "applied"

    assert replay(district) == [("applied", "")]
    ana.sync()

    assert [row["note"] for row in ana.all("contact")] == ["Once"]
    assert ana.all("refusal") == []


def test_one_id_for_other_content_is_refused_even_while_the_first_is_parked(
    any_district: District, ana: Phone
) -> None:
    visit = parked_visit(ana, any_district)
    other = ana.mut("contact.create", new_id(), a_visit(any_district.family, note="Another"))
    letter = sealed(any_district, ana, other | {"id": visit["id"]})

    receipt = ana.sync(sealed=[letter]).receipts[-1]

    assert (receipt.out, receipt.code) == ("refused", "id_reused")
    assert "Another" in [row["set"].get("note") for row in ana.all("refusal")]


def test_the_operator_sees_what_is_parked_without_a_name_or_a_word(
    district: District, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    ana = district.phone(district.advisor)
    visit = parked_visit(ana, district, note="Rosa Trujillo has moved.")
    assert ana.client.get("/health").json()["parked"] == 1
    assert "unknown_op" in caplog.text
    folder = ["--dir", str(district.settings.data_dir), "--json"]

    assert main(["sync", "parked", *folder]) == 0
    said = capsys.readouterr().out
    assert main(["sync", "replay", *folder, str(new_id())]) == 1
    capsys.readouterr()
    assert main(["sync", "replay", *folder]) == 0
    done = json.loads(capsys.readouterr().out)

    (listed,) = json.loads(said)
    assert (listed["id"], listed["op"], listed["code"]) == (
        visit["id"],
        "contact.tell",
        "unknown_op",
    )
    assert "Trujillo" not in said + caplog.text
    assert [one["out"] for one in done] == ["parked"]


def test_every_mutation_keeps_its_four_times(any_district: District, ana: Phone) -> None:
    visit = ana.mut("contact.create", new_id(), a_visit(any_district.family))
    ana.sync([visit])

    with any_district.db.read(any_district.clock()) as tx:
        row = tx.session.scalars(select(MutationRow)).one()
        assert tx.session.scalars(select(ReplayRow)).all() == []
    assert (row.claimed_at, row.received_at) == (visit["at"], any_district.clock())
    assert row.est_at is not None
    assert (any_district.clock() - row.est_at).total_seconds() == 1
    assert (row.skew_ms, row.sent) == (0, [visit["at"], "session", 2000])
