"""What people do on their phones, as deeds: on what they see, or past it."""

from collections.abc import Mapping
from typing import Any

from tests.conftest import MONDAY
from tests.sim.builds import LATER_EDIT, LATER_WORD
from tests.sim.logic.entry import BaseRow, Deed, Json, name_of
from tests.sim.logic.overlay import Shown
from tests.sim.phone import Phone
from tests.sim.world import World
from tests.support.district import Family


def family(world: World, which: int) -> Family:
    """Return one of the families."""
    return world.office.families[which % len(world.office.families)]


def _pick(rows: list[Shown], which: int) -> Shown | None:
    return rows[which % len(rows)] if rows else None


def visit(world: World, phone: Phone, which: int, outcome: str) -> str:
    """Log a contact with a student who is on the phone."""
    student = _pick(phone.seen("student"), which)
    if student is None:
        return ""
    method = "phone_call" if outcome != "spoke_guardian" else "home_visit"
    key = str(world.office.ids.uuid7())
    said = {
        "student_id": student.base.key,
        "method": method,
        "outcome": outcome,
        "note": f"note {len(world.made)}",
        "occurred_at": MONDAY.isoformat(),
    }
    return world.do(phone, phone.create("contact.create", key, student.base.root, said))


def tell(world: World, phone: Phone, which: int) -> str:
    """Log a contact by the word of a later build, which this server does not know yet."""
    student = _pick(phone.seen("student"), which)
    if student is None:
        return ""
    said = {
        "student_id": student.base.key,
        "method": "phone_call",
        "outcome": "voicemail_left",
        "note": f"told {len(world.made)}",
        "occurred_at": MONDAY.isoformat(),
    }
    key = str(world.office.ids.uuid7())
    return world.do(phone, Deed(LATER_WORD, "contact", key, student.base.root, 0, {}, said))


def retell(world: World, phone: Phone, which: int, changes: Json) -> str:
    """Change a contact that is on the screen by a word of a later build."""
    row = _pick(phone.seen("contact"), which)
    return "" if row is None else world.do(phone, phone.edit(LATER_EDIT, row, changes))


def amend(world: World, phone: Phone, which: int, changes: Json) -> str:
    """Change a contact that is on the screen."""
    row = _pick(phone.seen("contact"), which)
    return "" if row is None else world.do(phone, phone.edit("contact.amend", row, changes))


def amend_at_desk(world: World, phone: Phone, which: int, changes: Json) -> str:
    """Change a contact that a coordinator sees at a desk, or that its author wrote elsewhere."""
    row = desk(world, "contact", some_contact(world, which))
    if row is None or not (world.directs(phone) or row.data["by"] == phone.me):
        return ""
    return world.do(phone, phone.edit("contact.amend", row, changes))


def correct(world: World, phone: Phone, which: int, changes: Json) -> str:
    """Change a number that is on the screen."""
    row = _pick(phone.seen("contact_point"), which)
    return "" if row is None else world.do(phone, phone.edit("contact_point.edit", row, changes))


def add_number(world: World, phone: Phone, which: int, value: str) -> str:
    """Add a number of a guardian who is on the screen."""
    row = _pick(phone.seen("guardian"), which)
    if row is None:
        return ""
    key = str(world.office.ids.uuid7())
    said = {"guardian_id": row.base.key, "kind": "mobile", "value": value}
    return world.do(phone, phone.create("contact_point.create", key, row.base.root, said))


def desk(world: World, ent: str, key: str) -> Shown | None:
    """Return a row as a desk shows it now."""
    present = world.check_.ledger.present(f"{ent}:{key}")
    if present is None or present.data is None:
        return None
    return Shown(BaseRow("s", ent, key, present.ver, present.data), present.data)


def assign(world: World, phone: Phone, which: int, who: str) -> str:
    """Give a case to somebody, as seen at a desk."""
    row = desk(world, "case", str(family(world, which).case_id))
    if row is None:
        return ""
    new = str(world.office.people[who].id) if who else None
    return world.do(phone, phone.edit("case.assign", row, {"assignee_id": new}))


def decide(world: World, phone: Phone, which: int, choice: str) -> str:
    """Decide a conflict: one on the phone, or any open one for who sees the desk."""
    rows = [row for row in phone.seen("conflict") if row.data["status"] == "open"]
    if not rows and world.directs(phone):
        rows = _open_conflicts(world)
    row = _pick(rows, which)
    if row is None:
        return ""
    choices = {
        field["field"]: {"choice": choice, "value": _third(field) if choice == "custom" else None}
        for field in row.data["fields"]
        if not field["choice"]
    }
    deed = Deed(
        "conflict.resolve", "conflict", row.base.key, row.base.root, row.base.ver, {},
        {"choices": choices},
    )  # fmt: skip
    return world.do(phone, deed)


def _open_conflicts(world: World) -> list[Shown]:
    found = [
        desk(world, "conflict", name.partition(":")[2])
        for name in sorted(world.check_.ledger.history)
        if name.startswith("conflict:")
    ]
    return [row for row in found if row is not None and row.data["status"] == "open"]


def _third(field: Json) -> Any:
    return "505-555-0199" if field["field"] == "value" else field["mine"]


def late_edit(world: World, phone: Phone, which: int, value: str) -> str:
    """Edit a number that once was on the phone, and need not be any more."""
    row = desk(world, "contact_point", str(family(world, which).point_id))
    return (
        ""
        if row is None
        else world.do(phone, phone.edit("contact_point.edit", row, {"value": value}))
    )


def guess(world: World, phone: Phone, which: int, was: str, value: str) -> str:
    """Edit a number as if one had seen this value: perhaps it is one's own held one."""
    if was == value:
        return ""
    one = family(world, which)
    said = {"value": was}, {"value": value}
    deed = Deed("contact_point.edit", "contact_point", str(one.point_id), one.root, 1, *said)
    return world.do(phone, deed)


def ask_for_call(world: World, phone: Phone, which: int) -> str:
    """Ask for a call to a family."""
    pool = world.check_.pool()
    said = {"student_id": str(family(world, which).student_id), "due_on": "2026-03-06"}
    key = str(world.office.ids.uuid7())
    return world.do(phone, Deed("task.create", "task", key, pool, 0, {}, said))


def move_call(world: World, phone: Phone, which: int, op: str) -> str:
    """Take a call of the list, give it back, say that it was made or need not be."""
    tasks = [name for name in sorted(world.check_.ledger.history) if name.startswith("task:")]
    shown = [name_of("task", row.base.key) for row in phone.seen("task")] or tasks
    if not shown:
        return ""
    key = shown[which % len(shown)].partition(":")[2]
    return world.do(phone, Deed(op, "task", key, world.check_.pool(), 1))


def use_again(world: World, phone: Phone, which: int) -> None:
    """Say something else under the id of what this person said before."""
    own = sorted(id_ for id_ in world.made if world.check_.is_own(phone, id_))
    if own:
        id_ = own[which % len(own)]
        said = {"note": f"another word {len(world.made)}"}
        key = world.made[id_].key
        world.reuse_id(phone, id_, Deed("contact.amend", "contact", key, "s", 0, {}, said))


def some_contact(world: World, which: int) -> str:
    """Return a contact that the server has, or nothing."""
    return some_row(world, "contact", which)


def some_row(world: World, ent: str, which: int) -> str:
    """Return a row of a kind that the server has, or nothing."""
    names = [name for name in sorted(world.check_.ledger.history) if name.startswith(f"{ent}:")]
    return names[which % len(names)].partition(":")[2] if names else ""


def odd(world: World, phone: Phone, kind: str) -> str:
    """Do what a build of another time, or a fault of ours, would do."""
    key = str(world.office.ids.uuid7())
    op, said = ODD[kind]
    target = str(family(world, 0).point_id) if op == "contact_point.edit" else key
    return world.do(phone, Deed(op, op.partition(".")[0], target, "s", 0, {}, dict(said)))


ODD: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "unknown op": ("plan.edit", {"goal": "Every day"}),
    "unknown field": ("contact_point.edit", {"whatsapp": True}),
    "not editable": ("contact_point.edit", {"guardian_id": "x"}),
    "nul": ("contact_point.edit", {"value": "505\0"}),
    "bad value": ("contact_point.edit", {"position": "first"}),
    "unknown row": ("contact.amend", {"note": "of nothing"}),
    "unknown student": (
        "contact.create",
        {"student_id": "00000000-0000-7000-8000-00000000dead", "method": "phone_call",
         "outcome": "no_answer"},
    ),
    "nothing said": ("contact.create", {}),
}  # fmt: skip
