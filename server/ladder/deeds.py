"""What was done about steps, decided and exempted: recorded by people, or derived from contacts."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Literal, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct

from server.db.database import Transaction
from server.ladder import catalog, fulfils
from server.ladder.fulfils import Contacted
from server.ladder.law import Action, Ladder
from server.ladder.rules.inputs import Climb, Decision, Done, Exemption
from server.ladder.store import deeds as store
from server.ladder.store.facts import PlaceFacts
from server.ladder.year import Asked, Year, end_of, zone_of

DECISION = "decision"
DECISIONS = ("approved", "declined", "delayed")


class Deeds(Struct, frozen=True, kw_only=True):
    """What is known to have been done about one student's steps."""

    done: Sequence[Done] = ()
    decisions: Sequence[Decision] = ()
    exemptions: Sequence[Exemption] = ()
    contacts: Sequence[Contacted] = ()


NOTHING = Deeds()


class _Gathered:
    def __init__(self) -> None:
        self.done: list[Done] = []
        self.decisions: list[Decision] = []
        self.exemptions: list[Exemption] = []
        self.contacts: list[Contacted] = []


def of_year(  # noqa: PLR0913  (what deeds hang on)
    tx: Transaction,
    ladder: Ladder,
    year: Year,
    students: Mapping[UUID, Sequence[PlaceFacts]],
    asked: Asked,
    *,
    is_all: bool,
) -> dict[UUID, Deeds]:
    """Return what was done about these students' steps, up to the day asked for and as known."""
    zone = zone_of(tx)
    known = about(tx, ladder, year.school_year, None if is_all else students)
    by_moment: dict[tuple[date, datetime | None], list[UUID]] = {}
    for student_id in known & students.keys():  # a family may be called of whom no school knows yet
        last = min(year.asked_until[students[student_id][-1].school_id], year.until)
        moment = end_of(last, zone) if asked.as_recorded else asked.known_at
        by_moment.setdefault((last, moment), []).append(student_id)
    found: dict[UUID, Deeds] = {}
    for (last, moment), theirs in by_moment.items():
        found.update(_of(tx, ladder, year, theirs, day=last, moment=moment))
    return found


def about(
    tx: Transaction, ladder: Ladder, school_year: str, students: Collection[UUID] | None
) -> set[UUID]:
    """Return about whom (None: of everybody) anything was ever done in a year, voided or not."""
    since, until = _bounds(school_year, zone_of(tx))
    found = store.students_with_deeds(
        tx,
        students,
        school_year=school_year,
        ladder=catalog.version_of(ladder),
        since=since,
        until=until,
    )
    return found if students is None else found.intersection(students)


def by_contacts(ladder: Ladder, known: Deeds, found: Climb, band: str) -> list[Done]:
    """Return what contacts did for the steps that are crossed, from the day of the crossing on."""
    done: list[Done] = []
    for state in found.states:
        step = ladder.step(state.step)
        if step is None or state.crossed_on is None:
            continue
        since = [one for one in known.contacts if one.on_date >= state.crossed_on]
        for action in step.actions:
            days = fulfils.done_on(action, since, band=band)
            done += [Done(step=step.key, action=action.kind, done_on=day) for day in days[:1]]
    for condition in conditions_of(ladder):
        days = fulfils.done_on(Action(kind=condition), known.contacts)
        done += [Done(step="", action=condition, done_on=day) for day in days[:1]]
    return done


def conditions_of(ladder: Ladder) -> list[str]:
    """Return what steps require that is neither a step nor a step's action."""
    needs = (need for step in ladder.steps for need in step.requires)
    return sorted({need for need in needs if ladder.step(need.partition(".")[0]) is None})


def _of(  # noqa: PLR0913  (what deeds hang on)
    tx: Transaction,
    ladder: Ladder,
    year: Year,
    students: Collection[UUID],
    *,
    day: date,
    moment: datetime | None,
) -> dict[UUID, Deeds]:
    zone = zone_of(tx)
    since, until = _bounds(year.school_year, zone)
    gathered: dict[UUID, _Gathered] = {}

    def of(student_id: UUID) -> _Gathered:
        return gathered.setdefault(student_id, _Gathered())

    for row in store.actions_of(
        tx,
        students,
        school_year=year.school_year,
        ladder=catalog.version_of(ladder),
        known_at=moment,
    ):
        if row.done_on > day:
            continue
        if row.action == DECISION:
            word = cast("Literal['approved', 'declined', 'delayed']", row.decision)
            decided = Decision(step=row.step, decision=word, on=row.done_on)
            of(row.student_id).decisions.append(decided)
        else:
            done = Done(step=row.step, action=row.action, done_on=row.done_on)
            of(row.student_id).done.append(done)
    for barred in store.exemptions_of(tx, students, known_at=moment):
        exemption = Exemption(kind=barred.kind, first=barred.from_on, last=barred.until_on)
        of(barred.student_id).exemptions.append(exemption)
    for one in store.approaches_of(tx, students, since=since, until=until, known_at=moment):
        on_date = one.est_at.astimezone(zone).date()
        if on_date <= day:
            of(one.student_id).contacts.append(
                Contacted(
                    on_date=on_date,
                    method=one.method,
                    outcome=one.outcome,
                    party=one.party,
                    by_role=one.by_role,
                    causes=tuple(one.causes),
                )
            )
    return {
        student_id: Deeds(
            done=one.done,
            decisions=one.decisions,
            exemptions=one.exemptions,
            contacts=one.contacts,
        )
        for student_id, one in gathered.items()
    }


def _bounds(school_year: str, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the first moment of a school year and that of the next: July to June."""
    first = int(school_year[:4])
    begin, end = (
        datetime.combine(date(one, 7, 1), time.min, zone).astimezone(UTC)
        for one in (first, first + 1)
    )
    return begin, end
