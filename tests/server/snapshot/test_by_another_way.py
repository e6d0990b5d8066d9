"""Districts by chance: every figure is computed again, naively, from what was put in.

Nothing here uses the product's arithmetic: plain loops over the lists the district was made from.
"""

from datetime import date, datetime, timedelta
from fractions import Fraction
from random import Random
from typing import Any

import pytest

from schemas.people import Role
from server.db.database import Database
from tests.server.snapshot.paper import Paper
from tests.server.snapshot.world import BEFORE, NOW, World, noon, weekdays

DAYS, DAY, STUDENTS = 24, 15, 90
TEAM = ("advisor", "social_worker", "caller", "coordinator")
IN_PERSON = (
    *("phone_call", "home_visit", "school_meeting"),
    *("virtual_meeting", "student_conference", "community_visit"),
)
TOLD = ("spoke_guardian", "no_answer", "voicemail_left", "spoke_other_adult", "refused_to_talk")
LEVELS = ("elementary", "middle", "high", "high")


def a_district(db: Database, chance: Random) -> World:
    world = World(db)
    codes = [f"K{number}" for number in range(1, 6)]
    for place, code in enumerate(codes):
        mode = "period" if place == 3 else "daily"
        world.school(code, LEVELS[place % len(LEVELS)], mode=mode)
        late = timedelta(days=7 * (place % 2))
        world.calendar(code, NOW, weekdays(date(2014, 8, 25) + late, DAYS))
        world.calendar(code, BEFORE, weekdays(date(2013, 8, 26) + late, DAYS))
    for role in Role:
        world.person(role.value, role)
    for number in range(STUDENTS):
        _a_student(world, chance, f"{number:03d}", chance.choice(codes), codes)
    world.save()
    return world


def _a_student(world: World, chance: Random, key: str, code: str, codes: list[str]) -> None:
    world.student(key, guardian=f"home {chance.randrange(40)}")
    days = world.days[code, NOW]
    draw = int(key) / STUDENTS
    if draw < 0.1:
        other = chance.choice([one for one in codes if one != code])
        world.enrol(key, other, BEFORE)
    elif draw < 0.28:
        place = chance.randrange(4, 22)
        reason = chance.choice(("Transferred", "Withdrawn", "", "Graduated"))
        world.enrol(key, code, stays=[(days[0], days[place], reason)])
        if draw < 0.16:
            other = chance.choice([one for one in codes if one != code])
            world.enrol(key, other, stays=[(days[place] + timedelta(days=1), None, "")])
            _missed(
                world,
                chance,
                key,
                other,
                NOW,
                days=[d for d in world.days[other, NOW] if d > days[place]],
            )
        _missed(world, chance, key, code, NOW, days=days[: place + 1])
    elif draw < 0.33:
        place = chance.randrange(3, 8)
        again = days[place + 4]
        world.enrol(key, code, stays=[(days[0], days[place], "Withdrawn"), (again, None, "")])
        _missed(world, chance, key, code, NOW, days=days[:place])
    else:
        world.enrol(key, code)
        _missed(world, chance, key, code, NOW, days=days)
    if draw >= 0.33 and chance.random() < 0.8:
        world.enrol(key, code, BEFORE)
        _missed(world, chance, key, code, BEFORE, days=world.days[code, BEFORE])
    few = () if draw < 0.33 else (0, 0, 1, 1, 2, 3)
    for _ in range(chance.choice((*few, 5, 8, 12, 14))):
        _a_contact(world, chance, key, code)


def _missed(
    world: World, chance: Random, key: str, code: str, year: str, *, days: list[date]
) -> None:
    often = chance.choice((0.05, 0.2, 0.5, 0.9))
    for day in days:
        if chance.random() >= often:
            continue
        if code == "K4":
            for period in chance.sample("123456", chance.randrange(1, 7)):
                kind = chance.choice(("absent_unexcused", "absent_unexcused", "absent_excused"))
                world.fact(key, code, day, year=year, kind=kind, units=0, period=period)
            continue
        kind = chance.choice(("absent_unexcused", "absent_unexcused", "absent_excused", "tardy"))
        units = 0 if kind == "tardy" else chance.choice((840, 840, 840, 420))
        late = noon(day) + timedelta(days=chance.choice((3, 9, 30)))
        is_mended = kind == "absent_unexcused" and chance.random() < 0.2
        world.fact(
            key, code, day, year=year, kind=kind, units=units, closed=late if is_mended else None
        )
        if is_mended:
            world.fact(key, code, day, year=year, kind="absent_excused", units=units, opened=late)


def _a_contact(world: World, chance: Random, key: str, code: str) -> None:
    day = date(2014, 8, 20) + timedelta(days=chance.randrange(45))
    world.contact(
        key,
        day,
        by=chance.choice([role.value for role in Role]),
        method=chance.choice((*IN_PERSON, "robo_call", "letter_mail")),
        outcome=chance.choice(TOLD),
        school=code,
        voided=chance.random() < 0.05,
        hour=chance.choice((9, 12)),
    )


class Naive:
    """The figures again, one loop at a time."""

    def __init__(self, world: World, known: str) -> None:
        self.world, self.known = world, known
        self.level = {code: LEVELS[(int(code[1:]) - 1) % 4] for code in world.schools}

    def day_n(self, code: str, year: str) -> date:
        return self.world.days[code, year][DAY - 1]

    def is_known(self, fact: dict[str, Any]) -> bool:
        if self.known == "as_known_now":
            return fact["closed"] is None
        end = self.day_n(fact["school"], fact["year"])
        moment = datetime.fromisoformat(f"{end}T23:59:59.999999-06:00")
        return fact["opened"] <= moment and (fact["closed"] is None or fact["closed"] > moment)

    def was_there(self, fact: dict[str, Any]) -> bool:
        """A school's word counts of the days on which it had the student."""
        return any(
            stay["entry_on"] <= fact["on"] <= (stay["exit_on"] or date.max)
            for stay in self.world.stays
            if all(stay[key] == fact[key] for key in ("student", "school", "year"))
        )

    def missed(self, year: str, student: str, codes: list[str]) -> int:
        """Units of one student in some schools up to day N: by date the best of each school."""
        total = 0
        facts = [
            one
            for one in self.world.facts
            if one["year"] == year
            and one["student"] == student
            and one["school"] in codes
            and one["on"] <= self.day_n(one["school"], year)
            and self.was_there(one)
            and self.is_known(one)
        ]
        for day in {one["on"] for one in facts}:
            total += max(
                self.of_day(
                    [one for one in facts if one["on"] == day and one["school"] == code], code
                )
                for code in codes
            )
        return total

    def of_day(self, facts: list[dict[str, Any]], code: str) -> int:
        unexcused = [one for one in facts if one["kind"] == "absent_unexcused"]
        if code == "K4":
            if len(unexcused) < 2:
                return 0
            return 840 if len(unexcused) > 3 else 420
        if not unexcused:
            return 0
        return 840 if self.level[code] == "elementary" else unexcused[0]["units"]

    def counted(self) -> list[dict[str, Any]]:
        return [
            one
            for one in self.world.contacts
            if one["by"] in TEAM
            and one["method"] in IN_PERSON
            and not one["voided"]
            and self.world.days[one["school"], NOW][0]
            <= one["on"]
            <= self.day_n(one["school"], NOW)
        ]

    def stays(self, student: str, year: str) -> list[dict[str, Any]]:
        return [
            one
            for one in self.world.stays
            if one["student"] == student and one["year"] == year
            if one["entry_on"] <= self.day_n(one["school"], year)
        ]

    def is_there(self, stay: dict[str, Any]) -> bool:
        return stay["exit_on"] is None or stay["exit_on"] >= self.day_n(
            stay["school"], stay["year"]
        )

    def bucket(self, student: str, contacts: list[dict[str, Any]]) -> str:
        if not any(one["outcome"] in {"spoke_guardian", "refused_to_talk"} for one in contacts):
            return "never"
        stays = self.stays(student, NOW)
        if stays and not any(self.is_there(one) for one in stays):
            last = max(stays, key=lambda one: one["exit_on"])
            if last["exit_reason"] != "Graduated":
                return "left"
        return "analysed" if stays else "data"

    def figures(self) -> dict[str, Any]:
        codes = list(self.world.schools)
        contacts = self.counted()
        students = sorted({one["student"] for one in contacts})
        theirs = {key: [one for one in contacts if one["student"] == key] for key in students}
        buckets = {key: self.bucket(key, theirs[key]) for key in students}
        sizes = [len(one) for one in theirs.values()]
        analysed = [key for key in students if buckets[key] == "analysed"]
        habitual = [key for key in analysed if self.missed(NOW, key, codes) >= 10 * 840]
        totals = {
            year: sum(self.missed(year, key, codes) for key in self.world.students)
            for year in (NOW, BEFORE)
        }
        return {
            "contacts_or_attempts": len(contacts),
            "students_attempted": len(students),
            "band_1": sum(size == 1 for size in sizes),
            "band_2_5": sum(2 <= size <= 5 for size in sizes),
            "band_6_10": sum(6 <= size <= 10 for size in sizes),
            "band_over_10": sum(size > 10 for size in sizes),
            **{
                name: sum(one == name for one in buckets.values())
                for name in ("never", "left", "data", "analysed")
            },
            "habitual": len(habitual),
            "not_habitual": len(analysed) - len(habitual),
            "unexcused_total": str(Fraction(totals[NOW], 840)),
            "unexcused_total_before": str(Fraction(totals[BEFORE], 840)),
            "unexcused_fewer": str(Fraction(totals[BEFORE] - totals[NOW], 840)),
            **{
                f"mean_{level}{suffix}": str(self.mean(year, level))
                for level in ("elementary", "middle", "high")
                for year, suffix in ((NOW, ""), (BEFORE, "_before"))
            },
        }

    def mean(self, year: str, level: str) -> Fraction:
        codes = [code for code in self.world.schools if self.level[code] == level]
        units = sum(self.missed(year, key, codes) for key in self.world.students)
        members = {
            one["student"]
            for one in self.world.stays
            if one["year"] == year and one["school"] in codes
            if one["entry_on"] <= self.day_n(one["school"], year) and self.is_there(one)
        }
        return Fraction(units, 840 * len(members))


def exact(text: str) -> str:
    return str(Fraction(text))


@pytest.mark.parametrize("known", ["as_known_now", "as_recorded"])
@pytest.mark.parametrize("seed", range(1, 7))
def test_a_district_by_chance_comes_out_the_same_by_another_way(
    db: Database, seed: int, known: str
) -> None:
    world = a_district(db, Random(seed))
    paper = Paper(world)
    expected = Naive(world, known).figures()

    figures = paper.ask(day=DAY, known=known, contacts_known="now").figures

    found = {
        key: exact(figures[key].exact) if isinstance(expected[key], str) else figures[key].value
        for key in expected
    }
    assert found == expected
    assert expected["data"]
    assert expected["left"]
