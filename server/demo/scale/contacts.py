"""Plans every call, visit and letter: those that the snapshot counts, and those that it must not.

How often each student is approached is drawn inside the bands of the shape, then set right by the
students of the highest band, so that the sum is exact.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from random import Random

from server.demo.scale.calendars import ZONE
from server.demo.scale.model import Contact, District, Figures, Pupil
from server.demo.scale.shape import Shape

_BANDS = ((1, 1), (2, 5), (6, 10), (11, 45))
_TEAM = ("advisor", "social_worker", "caller")
_WORDS: Mapping[str, Mapping[bool, Sequence[tuple[str, str]]]] = {
    "phone_call": {
        True: (
            ("spoke_guardian", "guardian"),
            ("spoke_guardian", "guardian"),
            ("spoke_guardian_and_student", "guardian"),
            ("spoke_student", "student"),
        ),
        False: (
            ("no_answer", "none"),
            ("voicemail_left", "none"),
            ("mailbox_full", "none"),
            ("busy", "none"),
            ("number_disconnected", "none"),
            ("wrong_number", "none"),
            ("spoke_other_adult", "other_adult_in_household"),
        ),
    },
    "home_visit": {
        True: (("spoke_guardian", "guardian"), ("spoke_guardian_and_student", "guardian")),
        False: (
            ("no_one_home_note_left", "none"),
            ("no_one_home_no_note", "none"),
            ("someone_home_no_answer", "none"),
            ("family_not_at_address", "none"),
        ),
    },
    "school_meeting": {
        True: (("meeting_held", "guardian"),),
        False: (("meeting_no_show", "none"),),
    },
    "letter_mail": dict.fromkeys((True, False), (("mail_sent", "none"),)),
    "student_conference": {
        True: (("spoke_student", "student"),),
        False: (("meeting_no_show", "none"),),
    },
}
_METHODS = ("phone_call", "home_visit", "school_meeting", "student_conference")
_OFTEN = (62, 24, 8, 6)
_NOTES = ("", "", "", "Mamá está de acuerdo; will call back.", "Bus route changed in October.")
_REACHES = 0.45
_OPEN = 10
"""Above it a band has no end that anybody would reach often."""
_LATER, _LATER_ANYBODY, _LAST_YEAR, _LETTER, _OFFICE, _DECOYS = 0, 1, 2, 3, 7, 10
"""Of ten contacts that must not count: letters go to one, robo-calls before the office's calls."""
_LATE_LAST_YEAR = 0.3


def plan(district: District, shape: Shape, chance: Random) -> None:
    """Fill in the contacts, sorted by time, and what the snapshot must say of them."""
    planner = _Planner(district, chance)
    for place, count in zip(district.groups, _counts(shape, chance), strict=True):
        planner.approach(district.pupils[place], count)
    planner.leave_out(shape.noise)
    district.contacts = sorted(planner.contacts, key=lambda one: (one.at, one.pupil, one.staff))
    district.figures = Figures(
        school_year=district.years[-1].label,
        day_number=district.day_number,
        contacts=shape.contacts,
        students=shape.students,
        bands=shape.bands,
        never=shape.never,
        left=shape.left,
        data=shape.data,
        analysed=shape.students - shape.never - shape.left - shape.data,
        low=shape.low,
    )


def _counts(shape: Shape, chance: Random) -> list[int]:
    counts: list[int] = []
    for size, (low, high) in zip(shape.bands, _BANDS, strict=True):
        common = (low, low, min(low + 1, high), min(low + 1, high), min(low + 2, high), high)
        counts += [chance.choice(common[:5] if high > _OPEN else common) for _ in range(size)]
    first_of_most = sum(shape.bands[:-1])
    lacking = shape.contacts - sum(counts)
    while lacking:
        step = 1 if lacking > 0 else -1
        place = chance.randrange(first_of_most if lacking > 0 else shape.bands[0], len(counts))
        low, high = next(band for band in _BANDS if band[0] <= counts[place] <= band[1])
        if low <= counts[place] + step <= high:
            counts[place] += step
            lacking -= step
    chance.shuffle(counts)
    return counts


class _Planner:
    """Puts contacts on days on which the student was in school somewhere."""

    def __init__(self, district: District, chance: Random) -> None:
        self._district = district
        self._chance = chance
        self._year = len(district.years) - 1
        self._team = self._covering(_TEAM)
        self._visitors = self._covering(_TEAM[:2])
        self._clerks = self._covering(("clerk",))
        self._last = district.deliveries[-1].through
        self.contacts: list[Contact] = []

    def approach(self, pupil: Pupil, count: int) -> None:
        """Approach a student so often up to day N; reach him unless he is never reached."""
        is_reached = self._district.groups[pupil.place] != "never"
        days = self._days(pupil, self._year, is_after=False)
        days = days[len(days) // 6 :]
        surely = self._chance.randrange(count)
        for number in range(count):
            succeeds = is_reached and (number == surely or self._chance.random() < _REACHES)
            school, day = days[int(self._chance.random() * len(days))]
            method = self._chance.choices(_METHODS, _OFTEN)[0]
            self._add(pupil, (school, day), method, counts=True, succeeds=succeeds)

    def leave_out(self, count: int) -> None:
        """Add what must not count: after day N, last year, letters, robo-calls, office calls."""
        chance, pupils = self._chance, self._district.pupils
        for _ in range(count):
            pupil = pupils[chance.randrange(len(pupils))]
            kind = chance.randrange(_DECOYS)
            known = chance.choice(list(self._district.groups))
            if kind == _LATER:
                self._at(pupils[known], self._year, is_after=True, method="")
            elif kind == _LATER_ANYBODY:
                self._at(pupil, self._year, is_after=True, method="")
            elif kind == _LAST_YEAR:
                self._at(
                    pupil, self._year - 1, is_after=chance.random() < _LATE_LAST_YEAR, method=""
                )
            elif kind == _LETTER:
                self._at(pupils[known], self._year, is_after=False, method="letter_mail")
            elif kind < _OFFICE:
                self._at(pupil, self._year, is_after=False, method="robo_call")
            else:
                self._at(pupil, self._year, is_after=False, method="office_call")

    def _at(self, pupil: Pupil, year: int, *, is_after: bool, method: str) -> None:
        days = self._days(pupil, year, is_after=is_after) if year >= 0 else []
        if not days:
            return
        school, day = self._chance.choice(days)
        succeeds = self._chance.random() < _REACHES
        if method in {"", "letter_mail"}:
            chosen = method or self._chance.choices(_METHODS, _OFTEN)[0]
            self._add(pupil, (school, day), chosen, counts=False, succeeds=succeeds)
            return
        staff = self._chance.choice(self._clerks[school])
        if method == "robo_call":
            told = (method, self._chance.choice(("delivered_no_reply", "voicemail_left")), "none")
        else:
            outcome, party = self._chance.choice(_WORDS["phone_call"][succeeds])
            told = ("phone_call", outcome, party)
        at = self._time(day)
        self.contacts.append(Contact(pupil.place, school, at, staff, *told, "", counts=False))

    def _add(
        self, pupil: Pupil, where: tuple[int, date], method: str, *, counts: bool, succeeds: bool
    ) -> None:
        school, day = where
        outcome, party = self._chance.choice(_WORDS[method][succeeds])
        able = self._team if method == "phone_call" else self._visitors
        staff = self._chance.choice(able[school])
        note = self._chance.choice(_NOTES)
        told = (method, outcome, party, note)
        self.contacts.append(
            Contact(pupil.place, school, self._time(day), staff, *told, counts=counts)
        )

    def _days(self, pupil: Pupil, year: int, *, is_after: bool) -> list[tuple[int, date]]:
        found: list[tuple[int, date]] = []
        for stay in pupil.stays:
            if stay.year != year or stay.is_double:
                continue
            school = self._district.schools[stay.school]
            day_n = self._district.years[year].day_n[school.calendar]
            end = min(stay.exit or self._last, self._last)
            found += [
                (stay.school, day)
                for day in self._district.calendar_of(stay.school, year).school_days
                if stay.entry <= day <= end and (day > day_n) is is_after
            ]
        return found

    def _time(self, day: date) -> datetime:
        """Before three in the afternoon: the office sends its files later."""
        minute = self._chance.randrange(8 * 60, 15 * 60)
        return datetime.combine(day, time(minute // 60, minute % 60), ZONE).astimezone(UTC)

    def _covering(self, roles: Sequence[str]) -> list[list[int]]:
        return [
            [
                place
                for place, one in enumerate(self._district.staff)
                if one.role in roles and school.place in one.schools
            ]
            for school in self._district.schools
        ]
