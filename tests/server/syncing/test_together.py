"""A push taken together means what its mutations mean one by one, on both databases."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError

from schemas.people import Role
from schemas.sync import Receipt, SyncReq
from server.db.database import Database, Transaction
from server.db.tables.identity import UserRow
from server.ids import new_id
from server.syncing import receiving, settling, taking
from server.syncing.batch.candidates import candidate
from server.syncing.rules import Person, Taken, Visit
from server.syncing.taking import Push
from tests.conftest import MONDAY
from tests.server.syncing.conftest import District
from tests.support.district import Family, a_device, a_family, a_visit

STORED = {
    "contact": "id",
    "published": "ent, key",
    "row_version": "ent, key, ver",
    "link": "ent, key, root",
    "feed": "seq",
    "mutation": "device_id, n",
    "conflict": "id",
    "case_file": "id",
    "device": "id",
    "sync_head": "one",
}
"""Every table that a push writes, and how its rows are ordered for comparing."""
MADE_HERE = {"mutation": {"id"}}
"""Ids that the server makes: they differ in every run."""

FIELDS: Mapping[str, list[Any]] = {
    "note": ["Left a note at the door.", "Nobody home", "Nadie abrió", "a\u0301", "", None],
    "met": ["Rosa", "her aunt", ""],
    "outcome": ["no_one_home_note_left", "spoke_guardian", "voicemail"],
    "follow_up_on": ["2026-03-09", None, "not a day"],
    "causes": [["transport"], {"+": ["illness"], "-": ["transport"]}, "x"],
    "case_id": [None],
    "occurred_at": ["2026-03-01T10:00:00-07:00", "0001-01-01T00:00:00+14:00"],
    "by": ["nobody"],
    "nonsense": [1],
}

changes = some.dictionaries(some.sampled_from(sorted(FIELDS)), some.integers(0, 5), max_size=3)
moves = some.tuples(
    some.sampled_from(["create"] * 5 + ["amend"] * 6 + ["edit", "resolve", "nonsense", "again"]),
    some.integers(0, 5),
    some.integers(0, 2),
    changes,
    changes,
)
pushes = some.lists(
    some.tuples(some.integers(0, 2), some.lists(moves, min_size=1, max_size=9)),
    min_size=1,
    max_size=5,
)


class Phone(NamedTuple):
    """Who pushes, and from which phone."""

    person: Person
    device: UUID


class Told(NamedTuple):
    """What became of a story: every answer, and every row afterwards."""

    answers: list[list[tuple[Receipt | None, str]]]
    rows: dict[str, list[dict[str, Any]]]


class Undo(Exception):
    """Ends a story that must leave nothing behind."""


class Stage:
    """A district, three people with phones, and the contacts that they will speak of."""

    def __init__(self, district: District) -> None:
        self.db = district.db
        people = [district.advisor, district.other, district.coordinator]
        self.phones = [
            Phone(_person(user, district.school_id), a_device(district.db, user)) for user in people
        ]
        second = a_family(district.db, district.school_id, assignee=district.other, name="Lía")
        third = a_family(district.db, district.school_id, name="Noé")
        self.families: list[Family] = [district.family, second, third]
        self.keys = [new_id() for _ in range(6)]

    def pushes(self, story: Any) -> list[tuple[Phone, list[bytes]]]:
        """Return the story as phones would send it."""
        counts = dict.fromkeys(self.phones, 0)
        sent: list[dict[str, Any]] = []
        found: list[tuple[Phone, list[bytes]]] = []
        for who, moves_made in story:
            phone: Phone = self.phones[int(who)]
            batch: list[bytes] = []
            for move in moves_made:
                counts[phone] += 1
                said = self._said(move, sent) | {"n": counts[phone]}
                sent.append(said)
                batch.append(msgspec.json.encode(said))
            found.append((phone, batch))
        return found

    def _said(self, move: Any, sent: Sequence[dict[str, Any]]) -> dict[str, Any]:
        kind: str = move[0]
        place: int = move[1]
        which: int = move[2]
        told: Mapping[str, int] = move[3]
        seen: Mapping[str, int] = move[4]
        if kind == "again" and sent:
            return sent[place % len(sent)]
        family = self.families[which]
        entity, key = "contact", self.keys[place]
        fields = values(told)
        if kind == "create":
            fields = a_visit(family, **fields)
        if kind == "edit":
            entity, key = "contact_point", family.point_id
            fields = {"value": f"505-555-01{place:02}"}
        return {
            "id": str(new_id()),
            "op": f"{entity}.{kind}",
            "ent": entity,
            "key": str(key),
            "root": "s",
            "set": fields,
            "was": {name: value for name, value in values(seen).items() if type(value) is not dict},
            "at": MONDAY.isoformat(),
            "mono": ["session", 1000],
        }


def _person(user: UserRow, school_id: UUID) -> Person:
    return Person(
        user_id=user.id, role=Role(user.role), root=user.root, school_ids=frozenset({school_id})
    )


def values(picked: Mapping[str, int]) -> dict[str, Any]:
    return {name: FIELDS[name][place % len(FIELDS[name])] for name, place in picked.items()}


def tell(db: Database, pushes: Sequence[tuple[Phone, list[bytes]]]) -> Told:
    """Let the story happen, look at everything, and undo it."""
    found: list[Told] = []
    with suppress(Undo), db.write(MONDAY) as tx:
        answers = [push(tx, phone, batch) for phone, batch in pushes]
        found.append(Told(answers, stored(tx)))
        raise Undo
    return found[0]


def tell_as_one(db: Database, pushes: Sequence[tuple[Phone, list[bytes]]]) -> Told:
    """Let the story happen as if all its phones had waited for the writer together.

    What breaks then is taken one by one, as ``Database.together`` does.
    """
    found: list[Told] = []
    with suppress(Undo), db.write(MONDAY) as tx:
        answers: list[list[tuple[Receipt | None, str]]] = []
        is_one = True
        while len(answers) < len(pushes):
            rest = pushes[len(answers) :]
            try:
                with tx.part() as part:
                    asked = [sent(phone, batch) for phone, batch in rest if is_one]
                    done = taking.take_whole(part, asked)
            except IntegrityError:
                is_one, done = False, []
            answers += [[(one.receipt, one.stop) for one in taken] for taken, _ in done]
            if not done:
                answers.append(push(tx, *rest[0]))
        found.append(Told(answers, stored(tx)))
        raise Undo
    return found[0]


def push(tx: Transaction, phone: Phone, batch: list[bytes]) -> list[tuple[Receipt | None, str]]:
    visit, waiting = sent(phone, batch)
    taken: list[Taken] = taking.take_all(tx.part, visit, waiting, is_shared=True)
    tx.forget()
    settling.settle(tx, visit, taking.receipts_of(taken), stop=taking.stop_of(taken))
    return [(one.receipt, one.stop) for one in taken]


def sent(phone: Phone, batch: list[bytes]) -> Push:
    """Return what a phone sends as the server reads it."""
    request = SyncReq(
        proto=1,
        build="test",
        schema=1,
        device=phone.device,  # type: ignore[arg-type]  # a device's id as the table has it
        sent=(MONDAY.isoformat(), "session", 2000),
        muts=[msgspec.Raw(one) for one in batch],
    )
    items = receiving.number(receiving.read_items(request), device=phone.device, first=1)
    waiting = [candidate(receiving.decoded(item), phone.person.user_id) for item in items]
    return Push(Visit(person=phone.person, request=request), waiting)


def stored(tx: Transaction) -> dict[str, list[dict[str, Any]]]:
    tx.forget()
    return {
        table: [
            {name: value for name, value in row.items() if name not in MADE_HERE.get(table, ())}
            for row in tx.session.execute(
                text(f"SELECT * FROM {table} ORDER BY {order}")  # noqa: S608  (names of this file)
            ).mappings()
        ]
        for table, order in STORED.items()
    }


def one_by_one(*_told: Any, **_more: Any) -> None:
    """Stands where the quick road is: it takes nothing."""


@pytest.fixture
def stage(any_district: District) -> Stage:
    return Stage(any_district)


@given(story=pushes)
@example(
    story=[
        (2, [("create", 5, 0, {"occurred_at": 0}, {}), ("amend", 5, 0, {"outcome": 0}, {})]),
    ]
)
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_whatever_phones_push_comes_out_as_if_taken_one_by_one(stage: Stage, story: Any) -> None:
    told = stage.pushes(story)

    together = tell(stage.db, told)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(taking, "_together", one_by_one)
        alone = tell(stage.db, told)

    assert together.answers == alone.answers
    assert together.rows == alone.rows
    assert tell_as_one(stage.db, told) == together


def test_phones_that_wait_together_are_planned_as_one(stage: Stage) -> None:
    visits: list[Any] = [
        (who, [("create", 2 * who + at, who, {}, {}) for at in range(2)]) for who in (0, 1)
    ]
    told = stage.pushes(visits)
    made = statements(stage.db, lambda: tell_as_one(stage.db, told))
    alone = statements(stage.db, lambda: tell(stage.db, told))

    assert sum("INSERT INTO contact" in one for one in made) == 1
    assert sum("INSERT INTO contact" in one for one in alone) == 2


def test_somebody_elses_phone_holds_nobody_up_who_waits_with_it(stage: Stage) -> None:
    told = stage.pushes([(who, [("create", who, who, {}, {})]) for who in (0, 1)])
    stranger = Phone(stage.phones[1].person, stage.phones[2].device)

    with stage.db.write(MONDAY) as tx, tx.part() as part:
        pushes = [sent(told[0][0], told[0][1]), sent(stranger, told[1][1])]
        first = taking.take_whole(part, pushes)
        second = taking.take_whole(part, pushes[1:])

    assert [receipt.out for one in first[0][0] if (receipt := one.receipt)] == ["applied"]
    assert (len(first), second) == (1, [])


def statements(db: Database, work: Callable[[], object]) -> list[str]:
    """Return what the database was asked while this worked."""
    made: list[str] = []
    listen: Callable[..., None] = lambda *about: made.append(about[2])  # noqa: E731  (an event's six arguments)
    event.listen(db.writer, "before_cursor_execute", listen)
    try:
        work()
    finally:
        event.remove(db.writer, "before_cursor_execute", listen)
    return made


def test_a_hundred_visits_are_written_with_a_few_statements(stage: Stage) -> None:
    visits: list[Any] = [("create", 0, 0, {}, {})] * 100
    stage.keys = [new_id()]
    (told,) = stage.pushes([(0, visits)])
    batch = [
        msgspec.json.encode(msgspec.json.decode(said) | {"key": str(new_id())}) for said in told[1]
    ]
    stories: list[Told] = []
    made = statements(stage.db, lambda: stories.append(tell(stage.db, [(told[0], batch)])))
    (found,) = stories

    assert {receipt.out for receipt, _ in found.answers[0] if receipt} == {"applied"}
    assert len(found.rows["contact"]) == 100
    assert len(made) < 45
