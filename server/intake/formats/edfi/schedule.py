"""How many classes a student's day has, from sections, class periods and bell schedules."""

from collections.abc import Iterator

from server.intake.formats.edfi.reading import PERIOD, SCHOOL, SCHOOL_REFERENCES, SECTION, Reading

_SECTION_REFERENCE = ("SectionReference",)
_Section = tuple[str, str, str]
"""School, session, section."""


class Schedule:
    """The master schedule, and who takes which of its sections."""

    def __init__(self) -> None:
        self._numbers: dict[_Section, int] = {}
        self._periods: dict[int, set[str]] = {}
        self._sessions: dict[int, str] = {}
        self._taken: dict[tuple[str, str], list[int]] = {}
        self._bells: dict[str, list[frozenset[str]]] = {}

    def section(self, reading: Reading) -> None:
        """Take a section with the class periods it meets in."""
        identifier = reading.need(*SECTION)
        offering = ("CourseOfferingReference", *SCHOOL_REFERENCES)
        school_code = reading.need_named(offering, SCHOOL)
        session = reading.named(offering, ("SessionName",))
        number = self._number(school_code, session, identifier)
        self._periods[number].update(_periods(reading))

    def bell(self, reading: Reading) -> None:
        """Take a bell schedule: the class periods that one day can have."""
        periods = frozenset(_periods(reading))
        if periods:
            self._bells.setdefault(reading.school(), []).append(periods)

    def takes(self, reading: Reading) -> None:
        """Take that a student is in a section."""
        identifier = reading.need_named(_SECTION_REFERENCE, SECTION)
        school_code = reading.need_named(_SECTION_REFERENCE, SCHOOL)
        session = reading.named(_SECTION_REFERENCE, ("SessionName",))
        number = self._number(school_code, session, identifier)
        own = reading.named(_SECTION_REFERENCE, PERIOD)
        if own:
            self._periods[number].add(own)
        self._taken.setdefault((reading.student(), school_code), []).append(number)

    def count(self, student: str, school_code: str) -> int | None:
        """Return a student's scheduled classes a day; None: the files do not say.

        Of several sessions and bell schedules (A and B days) the fullest day counts.
        """
        by_session: dict[str, set[str]] = {}
        for number in self._taken.get((student, school_code), ()):
            periods = by_session.setdefault(self._sessions[number], set())
            periods.update(self._periods[number])
        counts = [
            count
            for periods in by_session.values()
            for count in self._counts(school_code, periods)
            if count
        ]
        return max(counts, default=None)

    def _counts(self, school_code: str, periods: set[str]) -> Iterator[int]:
        meeting = [len(periods & bell) for bell in self._bells.get(school_code, ())]
        yield max(meeting, default=0) or len(periods)

    def _number(self, *key: *tuple[str, str, str]) -> int:
        number = self._numbers.setdefault(key, len(self._numbers))
        self._periods.setdefault(number, set())
        self._sessions[number] = key[1]
        return number


def _periods(reading: Reading) -> Iterator[str]:
    for name in ("ClassPeriodReference", "MeetingTime", "SectionIdentity"):
        for identity in reading.identities(name):
            if period := identity.get(PERIOD[0]):
                yield period
