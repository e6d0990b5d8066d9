"""Every field has a rule, and nobody is asked to edit what he cannot see."""

import re
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from schemas import attendance, cases, contacts, people, sync, tasks
from schemas.attendance import Standing, Submission
from schemas.base import Row
from schemas.cases import Case
from schemas.contacts import Contact
from schemas.people import (
    Address,
    ContactPoint,
    Guardian,
    Guardianship,
    Role,
    School,
    StaffMember,
    Student,
)
from schemas.sync import Conflict, Lens, Refusal, Replayed
from schemas.tasks import Task
from sync.lens import LENS_BY_ROLE, Unseen, hides_nothing, project
from sync.policy import EDITS, POLICY, Rule, rule_of

ENTITIES: dict[str, type[msgspec.Struct]] = {
    "contact": Contact,
    "contact_point": ContactPoint,
    "case": Case,
    "conflict": Conflict,
    "student": Student,
    "standing": Standing,
    "guardian": Guardian,
    "guardianship": Guardianship,
    "address": Address,
    "refusal": Refusal,
    "replayed": Replayed,
    "task": Task,
    "school": School,
    "submission": Submission,
    "staff": StaffMember,
}
ME = str(uuid4())
SOMEBODY = str(uuid4())


@pytest.mark.parametrize("ent", ENTITIES)
def test_every_field_of_every_synced_row_has_a_rule(ent: str) -> None:
    assert set(POLICY[ent]) == set(ENTITIES[ent].__struct_fields__)


def test_no_other_row_has_rules() -> None:
    assert POLICY.keys() == ENTITIES.keys()


def test_no_row_that_phones_are_sent_is_missing_here() -> None:
    told = {
        found.group(1): one
        for module in (attendance, cases, contacts, people, sync, tasks)
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, Row)
        if (found := re.match(r"Row ``(\w+)``", one.__doc__ or ""))
    }

    assert told == ENTITIES


def test_no_rule_lets_the_last_writer_win() -> None:
    assert set(Rule) == {
        Rule.SCALAR,
        Rule.TEXT,
        Rule.SET,
        Rule.MACHINE,
        Rule.FACT,
        Rule.DERIVED,
    }
    assert rule_of("contact", "mood") is None
    assert rule_of("mood", "id") is None


@pytest.mark.parametrize("op", EDITS)
def test_only_mergeable_fields_can_be_edited(op: str) -> None:
    ent = op.partition(".")[0]
    assert EDITS[op]
    assert {POLICY[ent][field] for field in EDITS[op]} <= {Rule.SCALAR, Rule.TEXT, Rule.SET}


def row(ent: str, /, **change: Any) -> dict[str, Any]:
    """A row in which every field holds something that nobody would blank."""
    data: dict[str, Any] = dict.fromkeys(ENTITIES[ent].__struct_fields__, "something")
    return data | {"kind": "mobile", "by": ME, "ent": "contact_point", "why": "fields"} | change


@pytest.mark.parametrize("role", [Role.ADVISOR, Role.SOCIAL_WORKER, Role.CALLER, Role.COORDINATOR])
@pytest.mark.parametrize("op", ["contact.amend", "contact_point.edit"])
def test_no_lens_hides_a_field_that_its_role_may_edit(role: Role, op: str) -> None:
    ent = op.partition(".")[0]
    whole = row(ent)

    seen = project(ent, whole, LENS_BY_ROLE[role], viewer=ME)

    assert isinstance(seen, dict)
    assert {field: seen[field] for field in EDITS[op]} == {
        field: whole[field] for field in EDITS[op]
    }


@pytest.mark.parametrize(
    ("ent", "change", "seen"),
    [
        ("standing", {}, Unseen.NEVER),
        ("address", {}, Unseen.NEVER),
        ("refusal", {}, Unseen.NEVER),
        ("contact", {"by": SOMEBODY}, Unseen.NEVER),
        ("conflict", {"ent": "contact"}, Unseen.NEVER),
        ("contact_point", {"kind": "email"}, Unseen.GONE),
        *(
            (
                "conflict",
                {"ent": "contact_point", "fields": [{"field": "value", **said}]},
                Unseen.GONE,
            )
            for said in (
                {"was": "rosa@example.org", "theirs": "505 555 0100"},
                {"theirs": "rosa@example.org"},
                {"mine": "rosa@example.org"},
                {"chosen": "rosa@example.org"},
                {"trail": ["rosa@example.org"], "mine": ""},
            )
        ),
    ],
)
def test_a_caller_is_not_shown_what_is_not_his_business(
    ent: str, change: dict[str, Any], seen: Unseen
) -> None:
    assert project(ent, row(ent, **change), Lens.CALLER, viewer=ME) is seen


def test_a_caller_sees_a_case_without_its_step() -> None:
    whole = row("case", opened_on="2026-02-27", crossed_on="2026-02-25", step="habitual_10")

    seen = project("case", whole, Lens.CALLER, viewer=ME)

    assert isinstance(seen, dict)
    assert (seen["step"], seen["crossed_on"], seen["due_on"]) == ("", "2026-02-27", "something")
    assert seen.keys() == whole.keys()


@pytest.mark.parametrize("why", ["proposal", "fields"])
def test_only_who_reaches_the_family_is_told_the_value_in_force(why: str) -> None:
    fields = [{"field": "value", "mine": "1", "mine_by": ME, "theirs": "2", "theirs_by": SOMEBODY}]
    proposal = row("conflict", why=why, fields=fields)

    own = project("conflict", proposal, Lens.SELF, viewer=ME)
    owner = project("conflict", proposal, Lens.ADVISOR, viewer=SOMEBODY)
    holder = project("conflict", proposal, Lens.SELF, viewer=ME, reaches=True)

    assert isinstance(own, dict)
    assert own["fields"][0]["theirs"] is None
    assert own["fields"][0]["mine"] == "1"
    assert owner == holder == proposal


OWN_WORDS: list[tuple[str, str, tuple[Any, ...]]] = [
    ("mine", ME, ("0", "1", ["3"], None, "4")),
    ("theirs", ME, ("0", "1", ["3"], None, None)),
    ("custom", ME, ("0", "1", ["3"], None, None)),
    ("mine", SOMEBODY, (None, None, [], "2", None)),
    ("theirs", SOMEBODY, (None, None, [], "2", "4")),
]
"""What was chosen, who held the other value, and what is told of ``was``, ``mine``, ``trail``,
``theirs`` and ``chosen``."""


@pytest.mark.parametrize(
    ("choice", "mine_by", "told"),
    OWN_WORDS,
    ids=[f"{choice} by {'me' if by == ME else 'somebody'}" for choice, by, _ in OWN_WORDS],
)
def test_of_a_family_that_is_somebody_elses_an_author_is_told_his_own_words_only(
    choice: str, mine_by: str, told: tuple[Any, ...]
) -> None:
    field = {"field": "value", "was": "0", "mine": "1", "trail": ["3"], "theirs": "2"}
    theirs_by = SOMEBODY if mine_by == ME else ME
    field |= {"mine_by": mine_by, "theirs_by": theirs_by, "choice": choice, "chosen": "4"}

    own = project("conflict", row("conflict", fields=[field]), Lens.SELF, viewer=ME)

    assert isinstance(own, dict)
    names = ("was", "mine", "trail", "theirs", "chosen")
    assert tuple(own["fields"][0][name] for name in names) == told


@pytest.mark.parametrize("ent", sorted(ENTITIES.keys() - {"task"}))
def test_a_pool_shows_tasks_and_nothing_of_a_family(ent: str) -> None:
    task = row("task")

    assert project(ent, row(ent), Lens.POOL, viewer=ME) is Unseen.NEVER
    assert project("task", task, Lens.POOL, viewer=ME) == {**task, "step": ""}


def test_a_lens_nobody_knows_shows_nothing() -> None:
    assert project("student", row("student"), "x-ray", viewer=ME) is Unseen.NEVER


@pytest.mark.parametrize("lens", [Lens.ADVISOR, Lens.COORDINATOR, Lens.ALL])
def test_who_works_with_the_family_sees_it_in_full(lens: Lens) -> None:
    assert project("standing", row("standing"), lens, viewer=ME) == row("standing")


@pytest.mark.parametrize("lens", Lens)
@pytest.mark.parametrize("ent", ENTITIES)
def test_what_is_passed_on_unread_is_what_the_lens_would_show(ent: str, lens: Lens) -> None:
    secret = {"by": SOMEBODY, "kind": "mobile", "ent": "contact", "number": "7", "step": "x"}
    row = secret | {"opened_on": "2026-01-01", "fields": [{"field": "note", "theirs": "x"}]}

    if hides_nothing(ent, lens):
        assert project(ent, row, lens, viewer=ME) == row
