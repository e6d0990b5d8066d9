"""The district that is counted on paper. Day N is 12; each school has 16 school days.

Schools: E1 (elementary), M1 (middle), H1 and H2 (high; H2 begins a week later). This year:

| student | where | unexcused days to day 12 | contacts that count | falls into |
|---|---|---|---|---|
| S01 | H1 | 3 | 1, spoke to guardian | analysed, not habitual |
| S02 | H1 | 11 (1 of them excused after day N: 10 now) | 2, spoke once | analysed, habitual |
| S03 | M1 | 2 1/2 | 5, spoke once | analysed, not habitual |
| S04 | E1 | 1 (sister of S05) | 6 | analysed, not habitual |
| S05 | E1 | 0 | 1: the same visit as S04's first | analysed, not habitual |
| S06 | H1 | 4 | 11, spoke never | never |
| S07 | H1 until day 5, then elsewhere | 2 | 2, spoke | left |
| S08 | H1 until day 6, H2 from day 7 | 2 + 1 | 1 at H1, spoke | analysed, moved within |
| S09 | never enrolled this year; last year M1 | - | 1 at M1, spoke | data: no_enrollment |
| S10 | H1, and once more as S11 | 5 | 1, spoke | data: duplicate_student |
| S12 | M1, left on day 3, never reached | 1 | 1 | never (comes before left) |
| S13 | H1, graduated on day 8 | 1 | 1, spoke | analysed, not habitual |
| S14 | H2 | 7 | none | - |

Not counted: S14's robo-call, a clerk's call, a letter, a voided visit, a call after day 12, one of
last year. Contacts: 1+2+5+6+1+11+2+1+1+1+1+1 = 33 of 12 students; bands: 1: 7 (S01, S05, S08, S09,
S10, S12, S13); 2-5: 3 (S02, S03, S07); 6-10: 1 (S04); more: 1 (S06).
"""

from datetime import date
from typing import Any, NamedTuple

from schemas.people import Role
from schemas.snapshot import Snapshot, SnapshotRows
from server.db.database import Database
from server.snapshot import service
from server.snapshot.service import Question
from tests.server.snapshot.world import BEFORE, NOW, READ_AT, World, noon, weekdays

DAY = 12


class Paper(NamedTuple):
    """The district, and how to ask it."""

    world: World

    def ask(self, scope: Any = None, **more: Any) -> Snapshot:
        with self.world.db.read(READ_AT) as tx:
            return service.snapshot(tx, service.take(tx, question(**more), scope))

    def rows(self, figure: str, scope: Any = None, **more: Any) -> SnapshotRows:
        with self.world.db.read(READ_AT) as tx:
            return service.rows_of(tx, service.take(tx, question(**more), scope), figure)

    def values(self, **more: Any) -> dict[str, Any]:
        return {key: one.value for key, one in self.ask(**more).figures.items()}


def question(**more: Any) -> Question:
    fields: dict[str, Any] = {
        key: more.pop(key)
        for key in ("school_year", "day", "known_at", "schools", "is_public")
        if key in more
    }
    asked: dict[str, Any] = {"school_year": NOW, "day": DAY} | fields
    return Question(**asked, told=more)


def on_paper(db: Database) -> Paper:
    world = World(db)
    for code, level in (
        ("E1", "Elementary School"),
        ("M1", "middle"),
        ("H1", "High School"),
        ("H2", "high"),
    ):
        world.school(code, level)
        late = 7 if code == "H2" else 0
        for year, first in ((NOW, date(2014, 9, 1)), (BEFORE, date(2013, 9, 2))):
            begin = first.replace(day=first.day + late)
            world.calendar(code, year, weekdays(begin, 16))
    world.person("advisor", Role.ADVISOR)
    world.person("student", Role.CALLER)
    world.person("clerk", Role.CLERK)
    _students(world)
    _absences(world)
    _last_year(world)
    _contacts(world)
    world.save()
    return Paper(world)


def _students(world: World) -> None:
    born = date(2000, 5, 4)
    for number in range(1, 16):
        key = f"S{number:02d}"
        if key in {"S10", "S11"}:
            world.student(key, name="Twin", born=born)
        else:
            world.student(key, guardian="Rosa" if key in {"S04", "S05"} else "")
    h1, m1 = world.days["H1", NOW], world.days["M1", NOW]
    for key in ("S01", "S02", "S06", "S10", "S11"):
        world.enrol(key, "H1")
    for key in ("S04", "S05"):
        world.enrol(key, "E1")
    world.enrol("S03", "M1")
    world.enrol("S07", "H1", stays=[(h1[0], h1[4], "Transferred")])
    world.enrol("S08", "H1", stays=[(h1[0], h1[5], "Transferred")])
    world.enrol("S08", "H2", stays=[(h1[6], None, "")])
    world.enrol("S12", "M1", stays=[(m1[0], m1[2], "Withdrawn")])
    world.enrol("S13", "H1", stays=[(h1[0], h1[7], "Graduated")])
    world.enrol("S14", "H2", stays=[(world.days["H2", NOW][0], None, "")])


def _absences(world: World) -> None:
    h1, h2 = world.days["H1", NOW], world.days["H2", NOW]
    m1, e1 = world.days["M1", NOW], world.days["E1", NOW]
    world.absent("S01", "H1", *h1[:3], h1[12])  # the last is after day 12
    excused_at = noon(h1[14])
    world.absent("S02", "H1", *h1[1:11])
    world.fact("S02", "H1", h1[11], closed=excused_at)
    world.fact("S02", "H1", h1[11], kind="absent_excused", opened=excused_at)
    world.absent("S03", "M1", *m1[:2])
    world.fact("S03", "M1", m1[2], units=420)
    world.fact("S03", "M1", m1[3], kind="absent_excused")
    world.absent("S04", "E1", e1[0])
    world.fact("S05", "E1", e1[0], kind="tardy", units=0)
    world.absent("S06", "H1", *h1[:4])
    world.absent("S07", "H1", *h1[:2])
    world.absent("S08", "H1", *h1[:2])
    world.absent("S08", "H2", h2[5])
    world.absent("S10", "H1", *h1[:5])
    world.absent("S12", "M1", m1[1])
    world.absent("S13", "H1", h1[1])
    world.absent("S14", "H2", *h2[:7])


def _last_year(world: World) -> None:
    h1, m1 = world.days["H1", BEFORE], world.days["M1", BEFORE]
    for key, code in (("S01", "H1"), ("S02", "H1"), ("S09", "M1"), ("S15", "H1"), ("S04", "E1")):
        world.enrol(key, code, BEFORE)
    world.absent("S01", "H1", *h1[:10], year=BEFORE)
    world.absent("S02", "H1", *h1[:12], year=BEFORE)
    world.absent("S15", "H1", *h1[:9], h1[14], year=BEFORE)  # the last is after day 12
    world.absent("S09", "M1", *m1[:4], year=BEFORE)


def _contacts(world: World) -> None:
    h1, m1, e1 = world.days["H1", NOW], world.days["M1", NOW], world.days["E1", NOW]
    spoke: dict[str, Any] = {"outcome": "spoke_guardian"}
    world.contact("S01", h1[3], **spoke)
    world.contact("S02", h1[2], by="student")
    world.contact("S02", h1[11], method="home_visit", **spoke)
    for place in range(4):
        world.contact("S03", m1[place])
    world.contact("S03", m1[5], method="school_meeting", outcome="meeting_held")
    for key in ("S04", "S05"):
        world.contact(key, e1[2], method="home_visit", **spoke)
    for place in range(3, 8):
        world.contact("S04", e1[place])
    for place in range(11):
        world.contact("S06", h1[place], outcome="voicemail_left")
    world.contact("S07", h1[2])
    world.contact("S07", h1[3], outcome="spoke_student")
    world.contact("S08", h1[4], **spoke)
    world.contact("S09", m1[4], school="M1", **spoke)
    world.contact("S10", h1[6], **spoke)
    world.contact("S12", m1[1])
    world.contact("S13", h1[2], **spoke)
    _uncounted(world)


def _uncounted(world: World) -> None:
    h1, h2 = world.days["H1", NOW], world.days["H2", NOW]
    world.contact("S14", h2[3], method="robo_call", outcome="delivered_no_reply")
    world.contact("S14", h2[4], by="clerk", outcome="spoke_guardian")
    world.contact("S01", h1[5], method="letter_mail", outcome="mail_sent")
    world.contact("S14", h2[5], method="home_visit", outcome="spoke_guardian", voided=True)
    world.contact("S01", h1[12], outcome="spoke_guardian")
    world.contact("S01", world.days["H1", BEFORE][4], outcome="spoke_guardian")
    # Written as a clerk then, an advisor today: the role of then holds.
    world.contact("S14", h2[6], role="clerk", outcome="spoke_guardian")
