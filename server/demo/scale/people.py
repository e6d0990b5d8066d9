"""Invents schools, families and students: every name is put together from lists."""

import unicodedata
from datetime import date
from pathlib import Path
from random import Random

import msgspec
from msgspec import Struct

from server.demo.scale.model import (
    ALTERNATIVE,
    LEVELS,
    TRADITIONAL,
    Guardian,
    Level,
    Pupil,
    School,
    Staff,
)
from server.demo.scale.shape import Shape

GRADES: dict[Level, tuple[str, ...]] = {
    "elementary": ("KG", "01", "02", "03", "04", "05"),
    "middle": ("06", "07", "08"),
    "high": ("09", "10", "11", "12"),
}
_KIND = {"elementary": "Elementary School", "middle": "Middle School", "high": "High School"}
_FIRST_CODE, _FIRST_NUMBER = 901001, 700101
_SIBLING = 0.22
_CALLED_SHORT, _RESTRICTED, _WITH_WORK, _WITH_MAIL = 0.03, 0.04, 0.2, 0.5
_TWO_PARTS, _APOSTROPHE = 0.12, 0.01
_LANGUAGES = {"English": 66, "Spanish": 29, "Navajo": 3, "Vietnamese": 2}
_RESTRICTIONS = (
    "Do not call the work number: calls are not allowed there.",
    "Court order on file: speak with the mother only, never with the father.",
    "Works nights. Call after 2 p.m.",
)


class Names(Struct, frozen=True, kw_only=True):
    """Where names are drawn from (data/PROVENANCE.md)."""

    given: list[str]
    family: list[str]
    streets: list[str]
    place: list[str]
    trait: list[str]


NAMES = msgspec.json.decode(
    (Path(__file__).parent.parent / "data" / "names.json").read_bytes(), type=Names, strict=True
)


def invent_schools(shape: Shape, chance: Random) -> list[School]:
    """Return the schools; one of three elementary schools keeps the alternative calendar.

    The last elementary and the last middle school send Ed-Fi XML; the last high school takes
    attendance by class.
    """
    names = [f"{place} {trait}" for place in NAMES.place for trait in NAMES.trait]
    chance.shuffle(names)
    schools: list[School] = []
    for level in LEVELS:
        for number in range(shape.schools[level]):
            place = len(schools)
            is_last = number == shape.schools[level] - 1
            sends_edfi = ("elementary",) if shape.scale == "small" else ("elementary", "middle")
            is_year_round = level == "elementary" and number % 3 == 0
            schools.append(
                School(
                    place=place,
                    code=str(_FIRST_CODE + place),
                    name=f"{names[place]} {_KIND[level]}",
                    level=level,
                    calendar=ALTERNATIVE if is_year_round else TRADITIONAL,
                    mode="period" if is_last and level == "high" else "daily",
                    is_edfi=is_last and level in sends_edfi,
                )
            )
    return schools


class Families:
    """Invents students with their guardians; siblings share them."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._homes: tuple[list[list[Guardian]], ...] = ([], [])
        """Of the schools that send tables, and of those that send Ed-Fi XML: no home is in both."""
        self._count = 0
        self._known: set[tuple[str, str, date]] = set()
        self.pupils: list[Pupil] = []

    def add(self, grade: str, first_year: int, *, is_edfi: bool) -> Pupil:
        """Invent one more student, who is in this grade in the year that begins then."""
        chance = self._chance
        homes = self._homes[is_edfi]
        if homes and chance.random() < _SIBLING:
            home = chance.choice(homes[-400:])
        else:
            home = self._home()
            homes.append(home)
        age = 5 + (0 if grade == "KG" else int(grade))
        while True:
            birth = date(first_year - age, 1 + chance.randrange(12), 1 + chance.randrange(28))
            first_name = chance.choice(NAMES.given)
            person = (_plain(first_name), _plain(home[0].last_name), birth)
            if person not in self._known:
                break
        self._known.add(person)
        preferred = first_name[:3] if chance.random() < _CALLED_SHORT else ""
        return self._admit(first_name, home, birth, preferred=preferred)

    def twin(self, pupil: Pupil) -> Pupil:
        """Enter a student once more under another number, as a careless office does."""
        return self._admit(pupil.first_name, pupil.guardians, pupil.birth, preferred="")

    def _admit(
        self, first_name: str, home: list[Guardian], birth: date, *, preferred: str
    ) -> Pupil:
        place = len(self.pupils)
        pupil = Pupil(
            place=place,
            number=_number(place),
            first_name=first_name,
            last_name=home[0].last_name,
            preferred_name=preferred,
            birth=birth,
            guardians=home,
            stays=[],
        )
        self.pupils.append(pupil)
        return pupil

    def _home(self) -> list[Guardian]:
        chance = self._chance
        family = _surname(chance)
        language = chance.choices(list(_LANGUAGES), list(_LANGUAGES.values()))[0]
        street = f"{chance.randrange(100, 9900)} {chance.choice(NAMES.streets)}"
        relations = chance.choice(
            (["Mother"], ["Mother", "Father"], ["Father"], ["Mother", "Grandparent"], ["Mother"])
        )
        is_restricted = chance.random() < _RESTRICTED
        restriction = chance.choice(_RESTRICTIONS) if is_restricted else ""
        home: list[Guardian] = []
        for relation in relations:
            is_named = ("father" in restriction) is (relation == "Father")
            home.append(
                Guardian(
                    id=f"8{self._count:06d}",
                    first_name=chance.choice(NAMES.given),
                    last_name=family if relation != "Grandparent" else _surname(chance),
                    relation=relation,
                    language=language,
                    mobile=_phone(chance),
                    work=_phone(chance) if chance.random() < _WITH_WORK else "",
                    email=f"family{self._count}@example.org"
                    if chance.random() < _WITH_MAIL
                    else "",
                    street=street,
                    restriction=restriction if is_named else "",
                )
            )
            self._count += 1
        return home


def invent_staff(shape: Shape, schools: list[School], chance: Random) -> list[Staff]:
    """Return the team, the six of the demo's links first, and one clerk for each school."""
    every = [school.place for school in schools]
    staff = [
        Staff(login="advisor", name="Marisol Trujeque", role="advisor", schools=every),
        Staff(login="socialworker", name="Desmond Achterberg", role="social_worker", schools=every),
        Staff(login="caller", name="Kai Lindqvist-Baca", role="caller", schools=every),
        Staff(login="coordinator", name="Ofelia Brannigan", role="coordinator", schools=every),
        Staff(login="clerk", name="Wendell Azócar", role="clerk", schools=every),
        Staff(login="administrator", name="Ingrid Mascareñas", role="administrator", schools=every),
    ]
    if shape.scale == "small":
        return staff
    for role, login, each in (
        ("social_worker", "socialworker", 3),
        ("advisor", "advisor", 4),
        ("caller", "caller", 6),
    ):
        for count, first in enumerate(range(0, len(every), each), start=2):
            name = f"{chance.choice(NAMES.given)} {_surname(chance)}"
            covered = every[first : first + each]
            staff.append(Staff(login=f"{login}{count}", name=name, role=role, schools=covered))
    for school in schools:
        name = f"{chance.choice(NAMES.given)} {_surname(chance)}"
        staff.append(
            Staff(login=f"clerk{school.code}", name=name, role="clerk", schools=[school.place])
        )
    return staff


def _plain(name: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFKD", name).casefold() if one.isalpha())


def _number(place: int) -> str:
    """Return a student's number; some begin with a nought, which spreadsheets eat."""
    return f"0{_FIRST_NUMBER + place}" if place % 50 == 0 else str(_FIRST_NUMBER + place)


def _surname(chance: Random) -> str:
    family = chance.choice(NAMES.family)
    draw = chance.random()
    if draw < _APOSTROPHE:
        return f"O'{family}"
    if draw < _TWO_PARTS:
        join = chance.choice((" ", "-"))
        return f"{family}{join}{chance.choice(NAMES.family)}"
    return family


def _phone(chance: Random) -> str:
    """555-0100 to 555-0199 are kept for fiction."""
    return f"({chance.choice(('505', '575'))}) 555-01{chance.randrange(100):02d}"
