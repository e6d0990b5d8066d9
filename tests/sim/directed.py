"""Stories told on purpose: what chance finds rarely, and every story that once went wrong."""

from collections.abc import Callable, Mapping
from functools import partial

from tests.sim import moves
from tests.sim.counterexamples import COUNTEREXAMPLES
from tests.sim.logic.entry import Deed
from tests.sim.phone import Phone
from tests.sim.stories import Stage, Story, tell
from tests.sim.watching import hold
from tests.sim.world import World


def joined(world: World, stage: Stage, *names: str) -> list[Phone]:
    """Bring people's phones into a story."""
    return [world.bring(stage.phones[name]) for name in names]


def overlay_by_cursor(stage: Stage) -> None:
    """A cursor beyond an edit's receipt does not mean that its row came: it may have moved."""
    world = World(stage.office)
    try:
        (ana,) = joined(world, stage, "ana")
        family = world.office.families[0]
        row = moves.desk(world, "contact_point", str(family.point_id))
        assert row is not None
        world.do(ana, ana.edit("contact_point.edit", row, {"value": "505-555-0123"}))
        world.office.import_grades("12")  # these rows come before the edit's
        world.exchange(ana, limit=1)
        world.check()
        sent = ana.state.entries[0]
        hold(sent.receipt is not None, "I19", "the edit has no receipt")
        seq = sent.receipt["seq"] if sent.receipt else 0
        world.office.import_grades("11")  # and these after it
        world.office.import_number(family, "505-555-0177")  # and now the row is behind them all
        while _position(ana) < seq:
            world.exchange(ana, limit=1)
            world.check()
        shown = number_on(ana, str(family.point_id))
        hold(shown == "505-555-0123", "I17", f"the edit left the screen for {shown}")
        world.settle_down()
        shown = number_on(ana, str(family.point_id))
        hold(shown == "505-555-0177", "I17", f"the edit stays over {shown}")
    finally:
        world.close()


def cas_without_schema(stage: Stage) -> None:
    """Before and after an upgrade a phone holds nothing: a late answer must not fit for that."""
    world = World(stage.office)
    try:
        old = world.add_phone("ana")
        late = world.serve(world.send(old))
        assert late is not None
        old.upgrade()
        world.hear(late)
        hold(old.state.rows == {}, "I5", "rows of the old build are on the upgraded phone")
        world.settle_down()
    finally:
        world.close()


def sent_again_by_another_device(stage: Stage) -> None:
    """After a restore, a phone that had forked sends its work under new numbers: it acts once."""
    world = World(stage.office)
    try:
        (ana,) = joined(world, stage, "ana")
        family = world.office.families[0]
        moves.correct(world, ana, 0, {"value": "505-555-0123"})
        world.sync(ana)
        world.office.import_number(family, "505-555-0177")
        world.check()
        world.take_backup()
        ana.become(world.register(ana))
        world.restore()
        world.sync(ana)
        world.check()
        world.settle_down()
    finally:
        world.close()


def away_over_a_purge(stage: Stage) -> None:
    """Rows that left a student while a phone was away, and were purged since, leave the phone."""
    world = World(stage.office)
    try:
        (ana,) = joined(world, stage, "ana")
        one, other = world.office.families[:2]
        world.office.link_sibling(one, other)
        world.sync(ana)
        world.check()
        world.office.link_sibling(one, other)
        world.check()
        world.office.purge()
        world.sync(ana)
        world.check()
        world.settle_down()
    finally:
        world.close()


def asked_for_before_it_was_made(stage: Stage) -> None:
    """A server put back from before a phone joined hears of a call before it hears of its end."""
    world = World(stage.office)
    try:
        (dora,) = joined(world, stage, "dora")
        dora.become(world.register(dora))
        moves.ask_for_call(world, dora, 0)
        world.sync(dora)
        world.check()
        world.restore()
        moves.move_call(world, dora, 0, "task.complete")
        world.settle_down()
    finally:
        world.close()


def asked_for_by_an_earlier_device(stage: Stage) -> None:
    """After a restore, what a phone did as another device goes out before what it did since."""
    world = World(stage.office)
    try:
        (dora,) = joined(world, stage, "dora")
        other = world.register(dora)
        world.take_backup()
        moves.ask_for_call(world, dora, 0)
        world.sync(dora)
        dora.become(other)
        moves.move_call(world, dora, 0, "task.complete")
        world.sync(dora)
        world.check()
        world.restore()
        world.settle_down()
    finally:
        world.close()


def codes_of_two_phones(stage: Stage) -> None:
    """Two phones add a cause each: both stay."""
    world = World(stage.office)
    try:
        (ana,) = joined(world, stage, "ana")
        moves.visit(world, ana, 0, "voicemail_left")
        world.sync(ana)
        world.check()
        twin = world.clone(ana)
        moves.amend(world, ana, 0, {"causes": ["transport_no_bus"]})
        world.sync(ana)
        world.check()
        moves.amend(world, twin, 0, {"causes": ["health_illness"]})
        world.sync(twin)
        world.check()
        world.settle_down()
    finally:
        world.close()


def a_call_that_two_want(stage: Stage) -> None:
    """Who claims a held call is refused; the lease shows the student, until it runs out."""
    world = World(stage.office)
    try:
        cai, dora = joined(world, stage, "cai", "dora")
        moves.ask_for_call(world, dora, 4)  # nobody's student
        for phone in (dora, cai):
            world.sync(phone)
            world.check()
        for phone in (cai, dora):
            moves.move_call(world, phone, 0, "task.claim")
            world.sync(phone)
            world.check()
        root = world.office.families[4].root
        hold(root in cai.state.place.held, "I6", "the holder of a call does not see the student")
        world.office.advance(5)
        world.sync(cai)
        world.check()
        hold(root not in cai.state.place.held, "I6", "the lease ran out, and the student is there")
        moves.move_call(world, cai, 0, "task.complete")
        world.settle_down()
    finally:
        world.close()


def words_that_a_deed_has_no_use_for(stage: Stage) -> None:
    """Whatever somebody writes in a deed on a call is kept somewhere, or shown to him."""
    world = World(stage.office)
    try:
        (dora,) = joined(world, stage, "dora")
        moves.ask_for_call(world, dora, 0)
        world.sync(dora)
        world.check()
        key = moves.some_row(world, "task", 0)
        said = {"step": "written here", "due_on": "2026-03-09"}
        world.do(dora, Deed("task.cancel", "task", key, world.check_.pool(), 1, {}, said))
        world.sync(dora)
        world.check()
        world.settle_down()
    finally:
        world.close()


def a_guess_closes_nothing(stage: Stage) -> None:
    """Whoever lost a family does not find out by guessing what became of its number."""
    world = World(stage.office)
    try:
        ana, dora = joined(world, stage, "ana", "dora")
        family = world.office.families[0]
        point = str(family.point_id)
        row = moves.desk(world, "contact_point", point)
        assert row is not None
        moves.assign(world, dora, 0, "ben")
        world.sync(dora)
        world.check()
        world.office.import_number(family, "505-555-0177")
        world.check()
        was = row.data["value"]
        for new in ("505-555-0123", "505-555-0177", "505-555-0124"):
            moves.guess(world, ana, 0, was, new)
            world.sync(ana)
            world.check()
            was = new
        world.settle_down()
    finally:
        world.close()


def old_work_without_a_backup(stage: Stage) -> None:
    """What no backup holds stays on the phone, however old it is."""
    world = World(stage.office)
    try:
        (ana,) = joined(world, stage, "ana")
        moves.visit(world, ana, 0, "no_answer")
        world.sync(ana)
        world.office.advance(24 * 40)
        world.sync(ana)
        world.check()
        world.restore()
        world.settle_down()
    finally:
        world.close()


def dies_while_it_writes(stage: Stage) -> None:
    """A phone that dies while it takes an answer in has taken in all of it, or nothing."""
    world = World(stage.office)
    try:
        (ana,) = joined(world, stage, "ana")
        for dies_at in (1, 2):
            world.office.import_grades(str(dies_at))
            answer = world.serve(world.send(ana))
            assert answer is not None
            world.hear(answer, dies_at=dies_at)
            world.check()
        world.settle_down()
    finally:
        world.close()


def full_at_the_commit(stage: Stage) -> None:
    """When the disk is full at the commit nobody hears of a receipt, and the work comes again."""
    world = World(stage.office)
    try:
        (ana,) = joined(world, stage, "ana")
        moves.visit(world, ana, 0, "no_answer")
        answer = world.serve(world.send(ana), full_at=1)
        if answer is not None:
            world.hear(answer)
        world.check()
        hold(answer is None, "I3b", "a receipt went out though the disk was full")
        world.settle_down()
    finally:
        world.close()


def _position(phone: Phone) -> int:
    return int(phone.state.place.cursor.rpartition(".")[2])


def number_on(phone: Phone, key: str) -> object:
    """Return what the screen shows of a number."""
    shown = next(row for row in phone.seen("contact_point") if row.base.key == key)
    return shown.data["value"]


def _tell(story: Story, stage: Stage) -> None:
    tell(stage, story)


TOLD: Mapping[str, Callable[[Stage], None]] = {
    "an edit stays on the screen while its row moves ahead of a cut page": overlay_by_cursor,
    "a late answer for the old build is left aside after an upgrade": cas_without_schema,
    "a call that two want": a_call_that_two_want,
    "words that a deed has no use for": words_that_a_deed_has_no_use_for,
    "a guess closes nothing": a_guess_closes_nothing,
    "work that no backup holds is kept however old it is": old_work_without_a_backup,
    "a phone that dies while it writes": dies_while_it_writes,
    "a disk that is full at the commit": full_at_the_commit,
    "a call is asked for before it is made, by a phone the server never met": (
        asked_for_before_it_was_made
    ),
    "a call is asked for before it is made, by two devices of one phone": (
        asked_for_by_an_earlier_device
    ),
    "two phones add a cause each": codes_of_two_phones,
    "a phone that was away over a purge begins anew": away_over_a_purge,
    "work sent again by another device acts once": sent_again_by_another_device,
    **{name: partial(_tell, story) for name, story in COUNTEREXAMPLES.items()},
}
"""By what they say. Each raises what an invariant raises."""
