"""Where tasks, cases and conflicts may stand, and which moves lead there: one table."""

import typing
from itertools import product

import pytest

from schemas.cases import CaseStatus
from schemas.sync import Conflict
from schemas.tasks import TaskStatus
from sync.policy import MACHINES, POLICY, Rule, moved

STATUSES = {
    "task": set(map(str, TaskStatus)),
    "case": set(map(str, CaseStatus)),
    "conflict": set(typing.get_args(typing.get_type_hints(Conflict)["status"])),
}
MOVES = [(ent, move) for ent, machine in MACHINES.items() for move in machine.moves]


def test_every_field_that_moves_belongs_to_a_machine_and_no_other_does() -> None:
    said = {
        ent: {field for field, rule in rules.items() if rule is Rule.MACHINE}
        for ent, rules in POLICY.items()
    }

    assert {ent: set(machine.fields) for ent, machine in MACHINES.items()} == {
        ent: fields for ent, fields in said.items() if fields
    }


@pytest.mark.parametrize(("ent", "move"), MOVES)
def test_moves_lead_from_and_to_places_that_there_are(ent: str, move: str) -> None:
    steps = MACHINES[ent].moves[move]

    assert steps
    assert {*steps, *steps.values(), MACHINES[ent].first} <= STATUSES[ent]


@pytest.mark.parametrize("ent", ["task", "conflict"])
def test_every_place_can_be_reached_from_the_first(ent: str) -> None:
    reached = {MACHINES[ent].first}
    for _ in STATUSES[ent]:
        moves = product(MACHINES[ent].moves, set(reached))
        reached |= {to for move, one in moves if (to := moved(ent, move, one)) is not None}

    assert reached == STATUSES[ent]


def test_a_call_that_was_made_or_cancelled_is_nobodys_to_take() -> None:
    for status, move in product(("done", "cancelled"), ("task.claim", "task.release")):
        assert moved("task", move, status) is None
    assert moved("task", "task.cancel", "done") is None


def test_work_that_was_done_is_a_legal_move_from_everywhere() -> None:
    assert {moved("task", "task.complete", one) for one in STATUSES["task"]} == {"done"}


def test_a_closed_case_is_moved_by_nothing_that_phones_do() -> None:
    assert {moved("case", move, "closed") for move in MACHINES["case"].moves} == {None}


def test_a_conflict_is_decided_once() -> None:
    assert moved("conflict", "conflict.resolve", "open") == "resolved"
    assert moved("conflict", "conflict.resolve", "resolved") is None


def test_a_case_that_goes_back_to_nobody_is_new_until_the_family_was_reached() -> None:
    assert moved("case", "case.take_back", "assigned") == "new"
    assert moved("case", "case.take_back", "in_contact") == "in_contact"
    assert moved("case", "case.reach", "new") == moved("case", "case.reach", "assigned")
