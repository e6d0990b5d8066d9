"""A browser at the import screen, and a small district for it."""

from dataclasses import dataclass
from typing import Any

from litestar import Litestar

from schemas.people import Role
from server.db.database import Database
from server.db.tables.people import SchoolRow
from tests.conftest import MONDAY
from tests.support.csv_office import DAYS, OWN, CsvOffice
from tests.support.people import Client, client_for

DAY = DAYS[-1]


SECRET = "Maria Baca"


@dataclass
class Desk:
    """A browser at the import screen."""

    app: Litestar
    client: Client

    def ask(self, method: str, path: str, **more: Any) -> Any:
        """Ask; whatever runs then is over when this returns."""
        answer = self.client.request(method, f"/api/imports{path}", **more)
        self.app.state["jobs"].wait()
        return answer

    def drop(self, **files: str | bytes) -> str:
        """Drop files (``students="..."`` is students.csv); return the drop."""
        made: str = self.ask("POST", "/drops").json()["id"]
        for name, content in files.items():
            self.send(made, f"{name}.csv", content)
        return made

    def send(self, drop: str, name: str, content: str | bytes) -> Any:
        """Send one file of a drop."""
        raw = content.encode() if isinstance(content, str) else content
        headers = {"content-type": "application/octet-stream", "presente-file-name": name}
        return self.ask("POST", f"/drops/{drop}/files", content=raw, headers=headers)

    def look(self, drop: str) -> Any:
        """Return how far a drop is."""
        return self.ask("GET", f"/drops/{drop}").json()

    def check(self, drop: str) -> Any:
        """Have a drop compared with what is known."""
        assert self.ask("POST", f"/drops/{drop}/check").status_code == 202
        return self.look(drop)

    def commit(self, drop: str, *, confirm: bool = False) -> Any:
        """Take a drop in."""
        body = {"confirm_drop": confirm}
        answer = self.ask("POST", f"/drops/{drop}/commit", json=body)
        assert answer.status_code == 202, answer.text
        return self.look(drop)

    def take(self, **files: str | bytes) -> Any:
        """Drop, look and take in."""
        drop = self.drop(**files)
        seen = self.check(drop)
        assert seen["state"] == "checked", seen["problem"]
        return self.commit(drop)


def clerk_of(app: Litestar, db: Database, *codes: str) -> Desk:
    with db.read(MONDAY) as tx:
        known = {row.code: row.id for row in tx.session.query(SchoolRow)}
    schools = [known[code] for code in codes]
    return Desk(app, client_for(app, db, Role.CLERK, schools=schools))


def attendance(*rows: str, header: str = OWN) -> str:
    return "\n".join([header, *rows, ""])


def district(office: CsvOffice, *, students: int = 2, school: str = "1") -> None:
    office.district([f"{school}{n:02}" for n in range(students)], school)
    office.take()
