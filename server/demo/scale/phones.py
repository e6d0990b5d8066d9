"""The phones of the invented team: they hand in contacts as real ones do.

Each person has a registered device. Mutations are numbered without a gap, sent a hundred at a
time through the code behind ``/sync/v1``, and received at the story's time.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple
from uuid import UUID

import msgspec
from msgspec import Raw, Struct

from schemas.base import DeviceId, MutationId
from schemas.identity import RegisterDevice
from schemas.people import Role
from schemas.sync import MAX_MUTATIONS, PROTO, SCHEMA, Mut, SyncReq
from server.db.database import Database
from server.db.parts import parts
from server.demo.scale.model import Contact, District
from server.identity import phones
from server.identity import store as identity
from server.identity.phones import DevicePublicKeys
from server.ids import new_id
from server.intake import store as intake
from server.problems import Problem
from server.settings import Settings
from server.syncing import exchanging
from server.web.signed import Signed

_BUILD = "demo"


class NotTaken(Problem):
    """The server did not apply a contact of the story: a fault of ours."""

    code = "demo_contact_refused"


class _Student(NamedTuple):
    id: UUID
    root: str


class _Phone(Struct, kw_only=True):
    """One person's device and how many mutations it has numbered."""

    id: UUID
    signed: Signed
    count: int = 0


class Phones:
    """All devices of the team."""

    def __init__(self, db: Database, settings: Settings, district: District) -> None:
        self._db = db
        self._settings = settings
        self._district = district
        self._phones: dict[int, _Phone] = {}
        self._students: dict[int, _Student] = {}
        self.sent = 0

    def register(self, at: datetime) -> None:
        """Register a device for everybody who logs a contact."""
        for place in sorted({one.staff for one in self._district.contacts}):
            login = self._district.staff[place].login
            with self._db.write(at) as tx:
                user = identity.find_login(tx, login)
                if user is None:
                    raise NotTaken(f"The story's {login} is not among the users.")
                signed = Signed(
                    user_id=user.id,
                    role=Role(user.role),
                    root=user.root,
                    school_ids=frozenset(identity.school_ids_of(tx, user.id)),
                )
                made = phones.register(
                    tx,
                    RegisterDevice(label="Phone", build=_BUILD),
                    by=signed,
                    keys=DevicePublicKeys(sealing="", push=""),
                )
            self._phones[place] = _Phone(id=made.id, signed=signed)

    def send(self, contacts: Sequence[Contact], at: datetime) -> None:
        """Hand in contacts, each person's from his own phone, received at this moment."""
        self._look_up({one.pupil for one in contacts}, at)
        by_staff: dict[int, list[Contact]] = {}
        for one in contacts:
            by_staff.setdefault(one.staff, []).append(one)
        for place in sorted(by_staff):
            for batch in parts(by_staff[place], MAX_MUTATIONS):
                self._exchange(self._phones[place], batch, at)

    def _exchange(self, phone: _Phone, batch: Sequence[Contact], at: datetime) -> None:
        asked = SyncReq(
            proto=PROTO,
            build=_BUILD,
            schema=SCHEMA,
            device=DeviceId(phone.id),
            sent=(at.isoformat(), "", 0),
            muts=[self._mutation(one, n) for n, one in enumerate(batch, start=phone.count + 1)],
            acked_n=phone.count,
            pull=False,
        )
        answer = exchanging.exchange(
            self._db, partial(_stopped, at), phone.signed, asked, self._settings
        )
        phone.count += len(batch)
        self.sent += len(batch)
        failed = [one for one in answer.receipts if one.out != "applied"]
        if failed or answer.stop or answer.durable_n != phone.count:
            told = failed[0] if failed else answer.stop
            raise NotTaken(f"A contact of the story was not taken: {told}")

    def _mutation(self, one: Contact, number: int) -> Raw:
        student = self._students[one.pupil]
        said = Mut(
            n=number,
            id=MutationId(new_id()),
            op="contact.create",
            ent="contact",
            key=new_id(),
            root=student.root,
            set={
                "student_id": str(student.id),
                "method": one.method,
                "outcome": one.outcome,
                "party": one.party,
                "note": one.note,
                "occurred_at": one.at.isoformat(),
            },
            at=one.at.isoformat(),
        )
        return Raw(msgspec.json.encode(said))

    def _look_up(self, pupils: set[int], at: datetime) -> None:
        wanted = {self._district.pupils[place].number: place for place in pupils}
        wanted = {number: place for number, place in wanted.items() if place not in self._students}
        with self._db.read(at) as tx:
            found = intake.students_by_number(tx, wanted)
        for number, place in wanted.items():
            if number not in found:
                raise NotTaken(f"The story's student {number} is not known.")
            self._students[place] = _Student(found[number].id, found[number].root)


def contacts_by_delivery(district: District) -> Mapping[int, Sequence[Contact]]:
    """Return by delivery the contacts that phones hand in with it: those until that afternoon."""
    found: dict[int, list[Contact]] = {}
    ends = iter(district.deliveries)
    end = next(ends, None)
    for one in district.contacts:
        while end is not None and end.at < one.at:
            end = next(ends, None)
        if end is not None:
            found.setdefault(end.number, []).append(one)
    return found


def _stopped(at: datetime) -> datetime:
    return at


HANDED_IN = timedelta(minutes=30)
"""How long after the office's files the phones send the week's contacts."""
