"""Loads an invented district: week by week, through the importer and the phones, on its clock."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path

from msgspec import Struct

from schemas.base import SchoolId
from schemas.identity import UserDraft
from schemas.people import Role
from server.attendance import store as attendance
from server.cases import service as cases
from server.db.database import Database
from server.demo.scale import writing
from server.demo.scale.calendars import ZONE
from server.demo.scale.model import Delivery, District
from server.demo.scale.phones import HANDED_IN, Phones, contacts_by_delivery
from server.identity import service as identity
from server.identity import store as people_of_programme
from server.intake import service as intake
from server.intake.reading import ReadAhead
from server.intake.service import Order
from server.people import store as people
from server.settings import Settings

Say = Callable[[str], None]


class Loaded(Struct, kw_only=True):
    """What was loaded."""

    imports: int = 0
    contacts: int = 0


def load(  # noqa: PLR0913  (what goes where, and who hears of it)
    db: Database,
    settings: Settings,
    district: District,
    folder: Path,
    *,
    ready: Callable[[int], ReadAhead | None],
    say: Say,
) -> Loaded:
    """Load the files that ``files.write`` writes, and hand in the contacts, as the story has it.

    ``ready`` returns once a delivery's files are all there, with what was read of them already.
    """
    story = _Story(db, settings, district, folder)
    contacts = contacts_by_delivery(district)
    for count, delivery in enumerate(district.deliveries, start=1):
        story.take_in(delivery, ready(delivery.number))
        if count == 1:
            story.hire(delivery.at)
        story.phones.send(contacts.get(delivery.number, ()), delivery.at + HANDED_IN)
        say(f"{delivery.through}: delivery {count} of {len(district.deliveries)}")
    story.loaded.contacts = story.phones.sent
    return story.loaded


class _Story:
    def __init__(self, db: Database, settings: Settings, district: District, folder: Path) -> None:
        self._db = db
        self._settings = settings
        self._district = district
        self._folder = folder
        self.loaded = Loaded()
        self.phones = Phones(db, settings, district)
        with db.write(district.deliveries[0].at) as tx:
            attendance.save_setting(tx, "name", district.name)
            attendance.save_setting(tx, "ladder", "aps-2014")
            attendance.save_setting(tx, "time_zone", cases.DEFAULT_ZONE)
            attendance.save_setting(tx, "is_demo", value=True)

    def take_in(self, delivery: Delivery, ahead: ReadAhead | None) -> None:
        """Import what the office sent that afternoon, rosters and its own word about schools."""
        order = Order(
            folder=writing.folder_of(self._folder, delivery),
            data_dir=self._settings.data_dir,
            ahead=ahead,
        )
        intake.import_folder(self._db, order, clock=partial(_stopped, delivery.at), say=_unheard)
        self.loaded.imports += 1

    def hire(self, at: datetime) -> None:
        """Make everybody a user who is none yet, and give the phones out."""
        with self._db.write(at) as tx:
            schools = {school.code: school.id for school in people.schools(tx)}
            for one in self._district.staff:
                if people_of_programme.find_login(tx, one.login) is not None:
                    continue
                codes = [self._district.schools[place].code for place in one.schools]
                draft = UserDraft(
                    name=one.name,
                    login=one.login,
                    role=Role(one.role),
                    school_ids=[SchoolId(schools[code]) for code in codes],
                )
                user, _ = identity.invite(tx, draft, by=None)
                people_of_programme.save_user(tx, user.id, {"state": "active"})
        self.phones.register(at)


def midnight(day: date) -> datetime:
    """Return the end of a day in the story."""
    return datetime.combine(day + timedelta(days=1), time(), ZONE).astimezone(UTC)


def _stopped(at: datetime) -> datetime:
    return at


def _unheard(_text: str) -> None: ...
