"""Who was reached, and into which bucket each student falls, and why."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from uuid import UUID

from msgspec import Struct

from server.db.database import Transaction
from server.snapshot import rules, store
from server.snapshot.hearing import Counted
from server.snapshot.settings import SnapshotSettings
from server.snapshot.store import StayLine, StudentLine, contacts
from server.snapshot.words import Said
from server.snapshot.years import Year, is_enrolled


class Sorted(Struct, frozen=True, kw_only=True):
    """Every student contacted or attempted, and where he falls."""

    contacts: dict[UUID, list[Counted]]
    buckets: dict[str, list[UUID]]
    reached: list[UUID]
    moved_within: list[UUID]
    issues: dict[str, list[UUID]]
    """Students in bucket ``data`` by reason; one may have several."""
    why: dict[UUID, list[Said]]


def sort(
    tx: Transaction,
    year: Year,
    schools: Collection[UUID],
    heard: Iterable[Counted],
    settings: SnapshotSettings,
) -> Sorted:
    """Put every student contacted or attempted into exactly one bucket."""
    contacts: dict[UUID, list[Counted]] = {}
    for one in heard:
        contacts.setdefault(one.line.student_id, []).append(one)
    success = {outcome.value for outcome in settings.success_outcomes}
    why: dict[UUID, list[Said]] = {}
    reached: list[UUID] = []
    moved: list[UUID] = []
    left: dict[UUID, Said] = {}
    for student_id, theirs in contacts.items():
        if any(one.line.outcome in success for one in theirs):
            reached.append(student_id)
        stays = _stays_within(year, schools, student_id)
        now = {
            one.school_id for one in stays if is_enrolled(one, _day_n(year, schools, one), settings)
        }
        if now and {one.school_id for one in theirs if one.school_id in schools} - now:
            moved.append(student_id)
        gone = _gone(stays, now, settings)
        if gone:
            left[student_id] = gone
    if settings.moved_within == "left":
        left |= dict.fromkeys(moved, Said("moved"))
    issues = Issues(tx, year, schools, settings).of(contacts)
    buckets = rules.partition(
        contacts,
        settings.precedence,
        {"never": contacts.keys() - set(reached), "left": left, "data": issues},
    )
    for student_id in buckets["never"]:
        why[student_id] = [Said("not_reached")]
    why |= {one: [left[one]] for one in buckets["left"]}
    why |= {one: [Said(issue) for issue in issues[one]] for one in buckets["data"]}
    return Sorted(
        contacts=contacts,
        buckets=buckets,
        reached=reached,
        moved_within=moved,
        issues={
            reason: [one for one in buckets["data"] if reason in issues[one]]
            for reason in settings.issues
        },
        why=why,
    )


def _stays_within(year: Year, schools: Collection[UUID], student_id: UUID) -> list[StayLine]:
    """Return a student's stays in these schools that had begun by day N."""
    return [
        one
        for one in year.stays.get(student_id, [])
        if one.school_id in schools
        and (one.entry_on is None or one.entry_on <= _day_n(year, schools, one))
    ]


def _day_n(year: Year, schools: Collection[UUID], stay: StayLine) -> date:
    """Return day N of a stay's school; without a calendar, when the others had reached it."""
    return year.terms[stay.school_id].day_n or year.reached_day_n(schools) or date.max


def _gone(
    stays: Iterable[StayLine], now: Collection[UUID], settings: SnapshotSettings
) -> Said | None:
    """Return why a student is no longer in any of the schools; None: he is, or never was."""
    ended = [one for one in stays if one.exit_on is not None]
    if now or not ended:
        return None
    last = max(ended, key=lambda one: (one.exit_on or date.min, one.place_id))
    if _folded(last.exit_reason) in {_folded(word) for word in settings.end_of_year_reasons}:
        return None
    return Said("left_on", (last.exit_on, last.exit_reason or "?"))


def _folded(word: str) -> str:
    return "".join(sign for sign in word.casefold() if sign.isalnum())


class Issues:
    """Why the attendance of a student cannot be counted."""

    def __init__(
        self,
        tx: Transaction,
        year: Year,
        schools: Collection[UUID],
        settings: SnapshotSettings,
    ) -> None:
        self._tx, self._year, self._schools, self._settings = tx, year, schools, settings

    def of(self, students: Iterable[UUID]) -> dict[UUID, list[str]]:
        """Return the issues of those who have any."""
        wanted = list(students)
        known = store.enrolled_ever(self._tx, wanted, self._year.were)
        doubles = self._doubles(wanted)
        named = self._named(wanted)
        found: dict[UUID, list[str]] = {}
        for one in wanted:
            stays = _stays_within(self._year, self._schools, one)
            terms = [self._year.terms[stay.school_id] for stay in stays]
            has = {
                "no_sis_match": one not in known,
                "no_enrollment": one in known and not stays,
                "no_calendar": any(not term.days for term in terms),
                "no_attendance": any(not term.is_told for term in terms)
                or (bool(stays) and one not in named),
                "duplicate_student": one in doubles,
                "enrolled_twice": self._is_twice(one),
            }
            theirs: list[str] = [reason for reason in self._settings.issues if has[reason]]
            if theirs:
                found[one] = theirs
        return found

    def _named(self, students: Collection[UUID]) -> set[UUID]:
        """Return whom any record names, where that is asked; else all."""
        if self._settings.attendance_missing == "untold":
            return set(students)
        found: set[UUID] = set()
        by_newest: dict[int | None, list[int]] = {}
        for one in students:
            for stay in self._year.stays.get(one, []):
                newest = self._year.terms[stay.school_id].newest
                by_newest.setdefault(newest, []).append(stay.place_id)
        for newest, places in by_newest.items():
            for place in store.named_in_facts(self._tx, places, newest=newest):
                found.add(self._year.student_of[place])
        return found

    def _doubles(self, students: Iterable[UUID]) -> set[UUID]:
        """Return who has the name and the birth date of another student of this year."""
        lines = store.students(self._tx, students)
        same: dict[tuple[str, date], list[StudentLine]] = {}
        for one in store.namesakes(self._tx, lines.values()):
            if one.birth_on is not None and (one.id in lines or one.id in self._year.stays):
                same.setdefault((one.name_key, one.birth_on), []).append(one)
        return {
            one.id for group in same.values() if len(group) > 1 for one in group if one.id in lines
        }

    def _is_twice(self, student_id: UUID) -> bool:
        """Tell whether two schools have the student on day N, and had for more than one day."""
        held = [
            one
            for one in self._year.stays.get(student_id, [])
            if one.is_from_file
            and is_enrolled(one, _day_n(self._year, self._schools, one), self._settings)
        ]
        return any(a.school_id != b.school_id and _overlap(a, b) for a in held for b in held)


def _overlap(a: StayLine, b: StayLine) -> bool:
    begin = max(a.entry_on or date.min, b.entry_on or date.min)
    end = min(a.exit_on or date.max, b.exit_on or date.max)
    return begin < end


def households(tx: Transaction, heard: Iterable[Counted]) -> list[list[Counted]]:
    """Return the contacts grouped into events: one author, method and moment, one household."""
    by_id = {one.line.id: one for one in heard}
    students = {one.line.student_id for one in by_id.values()}
    ties: Mapping[UUID, set[UUID]] = contacts.guardians(tx, students)
    groups = rules.events(
        (
            rules.Approach(
                id=key,
                student=one.line.student_id,
                moment=(one.line.by_user_id, one.line.method, one.line.occurred_at),
            )
            for key, one in by_id.items()
        ),
        ties,
    )
    return [[by_id[key] for key in group] for group in groups]
