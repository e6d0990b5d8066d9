"""The product answers what the oracle counted, on districts loaded week by week."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select

from schemas.snapshot import SnapshotFigure
from server.db.database import Database
from server.db.tables.attendance import (
    AttendanceEventRow,
    CrossingRow,
    ImportRunRow,
    QuarantineRow,
    RecordingRow,
)
from server.db.tables.cases import ContactRow
from server.db.tables.people import EnrollmentRow, SchoolRow
from server.demo.scale import loading, service
from server.demo.scale.calendars import ZONE
from server.demo.scale.oracle import Oracle, Week
from server.demo.scale.phones import HANDED_IN
from server.demo.scale.service import AS_OF, Wanted
from server.intake import service as intake
from server.intake.service import Order
from server.problems import Problem
from server.settings import Settings, load
from server.snapshot import service as snapshots
from server.snapshot.service import Question

YEAR, YEAR_BEFORE = "2014-15", "2013-14"
END = loading.midnight(AS_OF)
STEPS = {
    "2": "robocall_2",
    "3": "school_call_3",
    "4": "school_call_4",
    "5": "early_intervention_5",
    "10": "habitual_10",
}


class Loaded(msgspec.Struct):
    """A district in the database, and what its oracle says."""

    db: Database
    settings: Settings
    folder: Path
    oracle: Oracle

    def figures(self, **asked: object) -> Mapping[str, SnapshotFigure]:
        """Return the snapshot's figures by key."""
        question = Question(school_year=YEAR, day=120, **asked)  # type: ignore[arg-type]  # told by name, as tests like it
        with self.db.read(END) as tx:
            return snapshots.snapshot(tx, snapshots.take(tx, question)).figures


@pytest.fixture(params=[1, 2, 3])
def loaded(db: Database, tmp_path: Path, request: pytest.FixtureRequest) -> Loaded:
    """A small district of some seed: OneRoster 1.1 without and with guardians, and 1.2."""
    settings = load(data_dir=tmp_path / "data", environment={})
    settings.data_dir.mkdir()
    wanted = Wanted(scale="small", seed=request.param, as_of=AS_OF, folder=tmp_path / "out")
    service.ensure(db, settings, wanted, say=lambda _: None)
    told = (wanted.folder / "oracle.json").read_bytes()
    return Loaded(db, settings, wanted.folder, msgspec.json.decode(told, type=Oracle))


def test_everything_that_the_oracle_counted_is_what_the_product_says(loaded: Loaded) -> None:
    check_snapshot(loaded)
    check_facts(loaded)
    check_ladder(loaded)
    check_contacts(loaded)
    check_faults(loaded)


def check_snapshot(loaded: Loaded) -> None:
    """Hold every figure against the oracle's: recorded on day N and known now sum up alike."""
    told = loaded.oracle.snapshot
    found = loaded.figures()
    assert found["contacts_or_attempts"].value == told.contacts_or_attempts
    assert found["students_attempted"].value == told.students_attempted
    names = ("band_1", "band_2_5", "band_6_10", "band_over_10")
    assert [found[name].value for name in names] == told.bands
    assert [found[name].percent for name in names] == told.bands_percent
    for name in ("never", "left", "data", "analysed", "reached", "not_habitual"):
        assert found[name].value == getattr(told, name), name
    assert found["not_habitual"].percent == told.not_habitual_percent
    totals = [found["unexcused_total_before"].value, found["unexcused_total"].value]
    assert totals == [units // 840 for units in told.unexcused_units]
    assert str(found["unexcused_fewer"].value) == told.fewer_days
    for level, (before, now) in told.means.items():
        for key, mean in ((f"mean_{level}_before", before), (f"mean_{level}", now)):
            assert (str(found[key].value), found[key].denominator) == (mean.mean, mean.students)
    assert found["district_habitual_rate"].value is None


def check_facts(loaded: Loaded) -> None:
    """Hold excused days and tardies against the oracle: each week, as recorded and as known."""
    query = (
        select(
            SchoolRow.code,
            EnrollmentRow.school_year,
            AttendanceEventRow.place_id,
            AttendanceEventRow.on_date,
            AttendanceEventRow.kind,
            AttendanceEventRow.units,
            AttendanceEventRow.opened_by,
            AttendanceEventRow.closed_by,
        )
        .join(EnrollmentRow, EnrollmentRow.id == AttendanceEventRow.place_id)
        .join(SchoolRow, SchoolRow.id == EnrollmentRow.school_id)
    )
    with loaded.db.read(END) as tx:
        at = {row.id: row.at for row in tx.session.scalars(select(RecordingRow))}
        facts = tx.session.execute(query).all()
    for school in loaded.oracle.schools:
        for year, weeks in school.weeks.items():
            own = [one for one in facts if (one.code, one.school_year) == (school.code, year)]
            for week in weeks:
                end = loading.midnight(week.through)
                then = [
                    one
                    for one in own
                    if at[one.opened_by] <= end
                    and (one.closed_by is None or at[one.closed_by] > end)
                ]
                now = [one for one in own if one.closed_by is None and one.on_date <= week.through]
                for rows, totals in ((then, week.recorded), (now, week.known)):
                    # A line that stands twice in a file counts once.
                    days = {(one.place_id, one.on_date, one.kind, one.units) for one in rows}
                    excused = sum(units for *_, kind, units in days if kind == "absent_excused")
                    tardies = sum(kind == "tardy" for *_, kind, _ in days)
                    told = (totals.excused_units, totals.tardies)
                    assert (excused, tardies) == told, (school.code, week.through)


def check_ladder(loaded: Loaded) -> None:
    """Hold the students at each step against the oracle, at the end of every week of the year."""
    with loaded.db.read(END) as tx:
        crossings = list(
            tx.session.scalars(select(CrossingRow).where(CrossingRow.school_year == YEAR))
        )
    by_week: list[Sequence[Week]] = list(
        zip(*(school.weeks[YEAR] for school in loaded.oracle.schools), strict=True)
    )
    for weeks in by_week:
        end = loading.midnight(weeks[0].through)
        for days, step in STEPS.items():
            at_step = {
                one.student_id
                for one in crossings
                if one.step == step and is_met(one.first_seen_at, one.no_longer_met_at, end)
            }
            told = sum(week.recorded.at_least[days] for week in weeks)
            assert len(at_step) == told, (days, weeks[0].through)


def is_met(seen_at: datetime, gone_at: datetime | None, at: datetime) -> bool:
    return seen_at <= at and (gone_at is None or gone_at > at)


def check_contacts(loaded: Loaded) -> None:
    """Every contact of the story is there, received with the first files after it, not today."""
    with loaded.db.read(END) as tx:
        rows = list(tx.session.scalars(select(ContactRow)))
    assert len(rows) == loaded.oracle.contacts
    weeks = [week for year in loaded.oracle.schools[0].weeks.values() for week in year]
    files = sorted(datetime.combine(week.through, time(16, 30), ZONE) for week in weeks)
    for row in rows:
        sent = next(at for at in files if at >= row.occurred_at)
        assert row.recorded_at == sent + HANDED_IN


def check_faults(loaded: Loaded) -> None:
    """Every planted line is in quarantine that should be; a file to be refused changes nothing."""
    with loaded.db.read(END) as tx:
        runs = {row.id: row.started_at for row in tx.session.scalars(select(ImportRunRow))}
        kept = {
            (row.file.rpartition("/")[2], row.line, runs[row.run_id].date())
            for row in tx.session.scalars(select(QuarantineRow))
        }
    for fault in loaded.oracle.faults:
        if fault.expect == "refused":
            order = Order(
                folder=loaded.folder / fault.file,
                data_dir=loaded.settings.data_dir,
                window="replace",
            )
            with pytest.raises(Problem):
                intake.import_folder(loaded.db, order, clock=lambda: END, say=lambda _: None)
            continue
        folder, _, file = fault.file.partition("/week/")
        sent_on = datetime.fromisoformat(folder.partition("-")[2]).date()
        is_kept = (file, fault.line, sent_on) in kept
        assert is_kept is (fault.expect == "quarantined"), fault


def test_a_demo_that_was_cut_off_says_what_to_do(db: Database, tmp_path: Path) -> None:
    settings = load(data_dir=tmp_path, environment={})
    wanted = Wanted(scale="small", seed=1, as_of=AS_OF, folder=tmp_path / "demo")

    def cut_off(_text: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        service.ensure(db, settings, wanted, say=cut_off)

    with pytest.raises(service.NotEmpty, match="cut off"):
        service.ensure(db, settings, wanted, say=print)
