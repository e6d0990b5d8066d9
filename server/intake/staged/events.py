"""Attendance events in the staging file: millions of small rows of whole numbers.

Each distinct text (a number, a school, a code, a reason) is kept once and named by its place.
``take`` is the fast path of every import; ``settle`` puts the events into the order in which
schools are committed. What the numbers mean is decided elsewhere, once for each distinct text.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from sqlite3 import Connection
from typing import Any

import msgspec

from server.db.many import by_many, insert_many
from server.intake.records import DELETED, EventLine
from server.intake.staged.said import Days, Named, Said, Says, Texts
from server.intake.staged.twice import AT, EMPTY, Fallen, Sense, line_of, superfluous

_COLUMNS = "school, student, day, period, n, at, what, source_at"
_STAGED = "student, day, period, at, what, source_at"
_AMONG = "what in (select value from json_each(?))"


class Events:
    """All events of an import."""

    def __init__(self, sql: Connection) -> None:
        self._sql = sql
        self.students = Texts()
        self.schools = Texts()
        self.codes = Texts()
        self.periods = Texts()
        self.reasons = Texts()
        self._says = Says(self.periods, self.codes, self.reasons)
        self.said: list[Said] = self._says.said
        """Everything that events say, by place."""
        self.files: list[str] = []
        self.days = Days()
        self.pairs: set[tuple[int, int]] = set()
        """Every school with every day of which there is an event."""
        self.count = 0
        columns = "school, student, day, period, what, at, source_at"
        sql.execute(f"create table event_in (n integer primary key, {columns})")
        sql.execute(
            f"create table event ({_COLUMNS}, primary key (school, student, day, period, n)) "
            "without rowid"
        )
        sql.execute("create table bad (n integer primary key, fault)")
        sql.execute("create table held (student, day, by_class)")

    def attach(self, sql: Connection) -> None:
        """Go on in another process, with that one's connection."""
        self._sql = sql

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "_sql"}

    def take(self, file: str, lines: Iterable[EventLine]) -> None:
        """Put a file's events beside what is there already."""
        if file not in self.files:
            self.files.append(file)
        base = self.files.index(file) << AT
        rest: list[tuple[Any, ...]] = []
        rows = by_many(self._rows(base, lines), rest)
        self._sql.executemany(insert_many("event_in", "null, ?, ?, ?, ?, ?, ?, ?"), rows)
        self._sql.executemany("insert into event_in values (null, ?, ?, ?, ?, ?, ?, ?)", rest)
        [self.count] = self._sql.execute("select count(*) from event_in").fetchone()

    def hold(self, number: str, on_date: str, *, by_class: bool) -> None:
        """Remember a student-day of which something was not understood."""
        try:
            day = self.days[on_date]
        except ValueError:
            return  # which day it was meant for, nobody knows
        self._sql.execute(
            "insert into held values (?, ?, ?)", [self.students[number], day, by_class]
        )

    def settle(self) -> None:
        """Leave out what is bad and put the rest in order."""
        self._sql.execute(
            "insert into held select student, day, period <> 0 from event_in join bad using (n)"
        )
        [has_bad] = self._sql.execute("select exists (select 1 from bad)").fetchone()
        where = "where not exists (select 1 from bad where bad.n = event_in.n) " if has_bad else ""
        self._sql.execute(
            f"insert into event ({_COLUMNS}) select {_COLUMNS} from event_in {where}"
            "order by school, student, day, period, n"
        )
        self._sql.execute("drop table event_in")

    def settle_twice(self, sense: Sense) -> dict[str, Fallen]:
        """Leave one of the events that say the same; return by file what fell away.

        Where the source says when it changed an event, its last word holds; what it took back
        falls to what it put in its place. Two spellings of one meaning say the same; so do two
        records of a whole day or a class of which only one gives a reason: that one stays.
        """
        twice = self._sql.execute(
            "select school, student, day, period from event group by school, student, day, period "
            "having count(*) > 1"
        ).fetchall()
        fallen: dict[str, Fallen] = {}
        deleted = self.codes.get(DELETED, -1)
        for key in twice:
            found = self._sql.execute(
                "select n, at, what, source_at from event "
                "where school = ? and student = ? and day = ? and period = ? order by n",
                key,
            ).fetchall()
            rows = [(n, at, *self._told(what), source_at) for n, at, what, source_at in found]
            codes = {self._told(what).code for what in {row[2] for row in found}}
            senses = {code: sense(code, key[0], key[2]) for code in codes}
            for n, at, is_older in superfluous(rows, deleted, senses, by_class=bool(key[3])):
                fallen.setdefault(self.file_of(at), Fallen()).add(at, is_older=is_older)
                self._sql.execute(
                    "delete from event where school = ? and student = ? and day = ? "
                    "and period = ? and n = ?",
                    [*key, n],
                )
        return fallen

    def refuse_students(self, fault: str, places: Iterable[int]) -> None:
        """Take out the events of these students."""
        self._refuse_places(fault, "student", places)

    def refuse_schools(self, fault: str, places: Iterable[int]) -> None:
        """Take out the events of these schools."""
        self._refuse_places(fault, "school", places)

    def refuse_days(self, fault: str, pairs: Iterable[tuple[int, int]]) -> None:
        """Take out the events of these schools on these days."""
        self._sql.execute("create temp table off (school, day, primary key (school, day))")
        self._sql.executemany("insert into off values (?, ?)", pairs)
        self.refuse(fault, "(school, day) in (select school, day from off)")

    def refuse(self, fault: str, where: str, values: Sequence[object] = ()) -> None:
        """Take events out, each for the first fault that is found in it."""
        self._sql.execute(
            f"insert or ignore into bad select n, ? from event_in where {where}",
            [fault, *values],
        )

    def refused(self) -> Iterator[tuple[str, str, int, str, str, str, str]]:
        """Yield fault, file, line, student, school, date and code of what was taken out."""
        rows = self._sql.execute(
            "select fault, at, student, school, day, what from bad join event_in using (n) "
            "order by n"
        )
        for fault, at, student, school, day, what in rows:
            yield (
                fault,
                self.file_of(at),
                line_of(at),
                self.students.texts[student],
                self.schools.texts[school],
                date.fromordinal(day).isoformat(),
                self.codes.texts[self._told(what).code],
            )

    def uses(self, codes: Iterable[int]) -> list[tuple[int, int, int, int, int]]:
        """Return code, school, day, how often, and where first, of these codes."""
        rows = self._sql.execute(
            "select what, school, day, count(*), min(at) from event_in "
            "where not exists (select 1 from bad where bad.n = event_in.n) "
            f"and {_AMONG} group by 1, 2, 3",
            [self._saying(codes)],
        )
        return [(self._told(what).code, *more) for what, *more in rows]

    def replace_students(self, places: Mapping[int, int]) -> None:
        """Take these students for others: a file named them by another identifier."""
        self._replace("student", places)
        self._sql.executemany(
            "update held set student = ? where student = ?",
            [(new, old) for old, new in places.items()],
        )

    def replace_schools(self, places: Mapping[int, int]) -> None:
        """Take these schools for others."""
        self._replace("school", places)
        self.pairs = {(places.get(school, school), day) for school, day in self.pairs}

    def fill_schools(self, stays: Iterable[tuple[int, int, int, int, int, int]]) -> None:
        """Fill in the schools that are missing: where the student was on that day.

        ``stays``: student, school, first and last day, first and last day of the school year. A
        day on which he was nowhere falls to his last school of that year.
        """
        self._sql.execute(
            "create temp table stay (student, school, first, last, year_first, year_last)"
        )
        self._sql.executemany("insert into stay values (?, ?, ?, ?, ?, ?)", stays)
        self._sql.execute("create index temp.stay_of on stay (student, first)")
        last_of = (
            "(select school from temp.stay where stay.student = event_in.student "
            "and event_in.day between {} and {} order by first desc limit 1)"
        )
        self._sql.execute(
            f"update event_in set school = coalesce({last_of.format('first', 'last')}, "
            f"{last_of.format('year_first', 'year_last')}, 0) where school = 0"
        )
        self.pairs = set(self._sql.execute("select distinct school, day from event_in"))

    def students_without_school(self) -> list[int]:
        """Return the students of whom an event names no school."""
        if not any(school == EMPTY for school, _ in self.pairs):
            return []
        rows = self._sql.execute("select distinct student from event_in where school = 0")
        return [row[0] for row in rows]

    def first_of_schools(self) -> dict[int, int]:
        """Return where each school's first event stands."""
        return dict(self._sql.execute("select school, min(at) from event_in group by school"))

    def school_places(self) -> list[int]:
        """Return the schools of which there are events, by place."""
        return [row[0] for row in self._sql.execute("select distinct school from event")]

    def span(
        self, school: int, first: int, last: int, *, by_class: bool
    ) -> tuple[int, int, int, int | None] | None:
        """Return of a school's events between two days how many they are, the first and last day.

        Then when the source last changed one of them, where it tells.
        """
        if by_class and len(self.periods.texts) == 1:
            return None
        count, begin, end, newest = self._sql.execute(
            "select count(*), min(day), max(day), max(source_at) from event where school = ? "
            f"and day between ? and ? and period {'<>' if by_class else '='} 0",
            [school, first, last],
        ).fetchone()
        return (count, begin, end, newest) if count else None

    def distinct_days(self, school: int, first: int, last: int, *, by_class: bool) -> set[int]:
        """Return the days of a school's events between two days."""
        rows = self._sql.execute(
            "select distinct day from event where school = ? "
            f"and day between ? and ? and period {'<>' if by_class else '='} 0",
            [school, first, last],
        )
        return {row[0] for row in rows}

    def named(self, school: int, first: int, last: int) -> list[Named]:
        """Return the students of a school's events between two days."""
        rows = self._sql.execute(
            "select student, min(day), max(day) from event where school = ? "
            "and day between ? and ? group by student",
            [school, first, last],
        )
        return [Named(*row) for row in rows]

    def first_told(
        self, school: int, first: int, last: int, codes: Iterable[int], *, by_class: bool
    ) -> list[tuple[int, int]]:
        """Return of whom any of these codes is told in a school between two days, since when."""
        return list(
            self._sql.execute(
                "select student, min(day) from event where school = ? and day between ? and ? "
                f"and period {'<>' if by_class else '='} 0 and {_AMONG} group by student",
                [school, first, last, self._saying(codes)],
            )
        )

    def of_school(
        self, school: int, first: int, last: int, *, by_class: bool
    ) -> Iterator[tuple[Any, ...]]:
        """Yield a school's events (``Staged``) by student, day and class."""
        return self._sql.execute(
            f"select {_STAGED} from event where school = ? and day between ? and ? "
            f"and period {'<>' if by_class else '='} 0 "
            "order by school, student, day, period, n",
            [school, first, last],
        )

    def counts(
        self, school: int, first: int, last: int, *, by_class: bool
    ) -> list[tuple[int, int, int]]:
        """Return file, code and how many events, of a school between two days."""
        found: dict[tuple[int, int], int] = {}
        for file, what, count in self._sql.execute(
            f"select at >> {AT}, what, count(*) from event where school = ? "
            f"and day between ? and ? and period {'<>' if by_class else '='} 0 group by 1, 2",
            [school, first, last],
        ):
            key = file, self._told(what).code
            found[key] = found.get(key, 0) + count
        return [(file, code, count) for (file, code), count in found.items()]

    def held(self) -> set[tuple[int, int, bool]]:
        """Return student, day and kind (by class or not) of what was not understood."""
        rows = self._sql.execute("select distinct student, day, by_class from held")
        return {(student, day, bool(by_class)) for student, day, by_class in rows}

    def file_of(self, at: int) -> str:
        """Return the file of an event."""
        return self.files[at >> AT]

    def _told(self, what: int) -> Said:
        return self.said[what]

    def _saying(self, codes: Iterable[int]) -> str:
        """Return the places of all that is said with these codes, as ``_AMONG`` takes them."""
        wanted = set(codes)
        places = [place for place, said in enumerate(self.said) if said.code in wanted]
        return msgspec.json.encode(places).decode()

    def _refuse_places(self, fault: str, column: str, places: Iterable[int]) -> None:
        self._sql.execute(f"create temp table no_{column} (place integer primary key)")
        self._sql.executemany(
            f"insert into no_{column} values (?)",
            ((place,) for place in places),
        )
        self.refuse(fault, f"{column} in (select place from no_{column})")

    def _replace(self, column: str, places: Mapping[int, int]) -> None:
        self._sql.execute(f"create temp table swap_{column} (old integer primary key, new)")
        self._sql.executemany(f"insert into swap_{column} values (?, ?)", places.items())
        self._sql.execute(
            f"update event_in set {column} = "
            f"(select new from swap_{column} where old = {column}) "
            f"where {column} in (select old from swap_{column})"
        )

    def _rows(self, base: int, lines: Iterable[EventLine]) -> Iterator[tuple[Any, ...]]:
        students, schools, days, says = self.students, self.schools, self.days, self._says
        tell = self.pairs.add
        for line, number, school, on_date, period, code, units, minutes, reason, source_at in lines:
            place, day = schools[school], days[on_date]
            tell((place, day))
            yield (
                place,
                students[number],
                day,
                *says[period, code, units, minutes, reason],
                base + line,
                source_at,
            )


def year_bounds(school_year: str) -> tuple[int, int]:
    """Return the first and last day (as numbers) of a school year: July to June."""
    first = int(school_year[:4])
    return date(first, 7, 1).toordinal(), date(first + 1, 6, 30).toordinal()
