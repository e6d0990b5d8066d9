"""The demo district, served through a line that tests can disturb."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID

from tests.support.line import Line
from tests.support.running_server import RunningServer

SCHOOLS = ("901001", "901002")


class Demo:
    """A made-up district with one person per role, on a server of its own."""

    def __init__(self, template: Path, folder: Path, tokens: dict[str, str]) -> None:
        shutil.copytree(template, folder / "data")
        self.line = Line()
        self.url = self.line.url
        self.server = RunningServer(folder / "data", public_url=self.url)
        self.line.server_port = self.server.port
        self._tokens = tokens

    def start(self) -> None:
        """Serve."""
        self.server.start()

    def close(self) -> None:
        """Be gone."""
        self.server.kill()
        self.line.close()

    def link(self, role: str) -> str:
        """Return the link that signs in as the person of this role, as often as one likes."""
        return f"{self.url}/#/invite/{self._tokens[role]}"

    def invite(self, login: str, name: str, *, role: str = "advisor") -> str:
        """Invite a new person; return the link, good for once."""
        schools = [part for code in SCHOOLS for part in ("--school", code)]
        told = self.server.run(
            *("users", "invite", "--role", role, "--name", name, "--login", login), *schools
        )
        return str(told["url"])

    def ask(self, sql: str, *values: object) -> list[Any]:
        """Ask the database itself."""
        with closing(self._database()) as db:
            return db.execute(sql, values).fetchall()

    def change(self, sql: str, *values: object) -> None:
        """Change the database itself, as time would."""
        with closing(self._database()) as db, db:
            db.execute(sql, values)

    def _database(self) -> sqlite3.Connection:
        return sqlite3.connect(self.server.data_dir / "presente.db", timeout=10)

    def case_of(self, root: str) -> str:
        """Return the id of a student's case."""
        asked = (
            "select case_file.id from case_file join student on student.id = case_file.student_id"
            " where student.root = ?"
        )
        return str(UUID(self.ask(asked, root)[0][0]))


def make_template(folder: Path) -> dict[str, str]:
    """Make the demo district once, for copying; return the token of each role's link."""
    told = RunningServer(folder).run("demo")
    return {link["role"]: link["url"].rpartition("/")[2] for link in told["links"]}
