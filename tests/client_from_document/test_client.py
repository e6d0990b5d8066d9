"""A client that knows only the document syncs with the real server over HTTP."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from schemas.people import Role
from server.db.database import Database
from server.db.migrate import upgrade
from tests.client_from_document import client as written
from tests.client_from_document.client import Client
from tests.support.district import Family, a_family
from tests.support.people import a_person, a_school
from tests.support.running_server import RunningServer

Issue = Callable[[str], Client]


class District:
    """A server in a process of its own, and a family that Ana has."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        data = folder / "data"
        data.mkdir()
        database = Database(f"sqlite:///{data / 'presente.db'}")
        upgrade(database)
        school = a_school(database)
        ana = a_person(database, Role.ADVISOR, schools=[school], name="Ana", login="ana")
        self.family: Family = a_family(database, school, assignee=ana)
        database.close()
        self.server = RunningServer(data)
        self.server.start()

    def client(self) -> Client:
        """Return a client of Ana's, by a device of its own."""
        return Client(f"http://127.0.0.1:{self.server.port}", self._issued(), self._issued)

    def _issued(self) -> Any:
        return self.server.run("devices", "issue", "ana", "--label", "script")

    def number(self, client: Client) -> Any:
        """Return the family's number as a client shows it."""
        return client.shown("contact_point", str(self.family.point_id))


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Iterator[District]:
    made = District(tmp_path_factory.mktemp("district"))
    yield made
    made.server.stop()


def outs(client: Client) -> list[str]:
    return [receipt["out"] for receipt in client.receipts.values()]


def visit(client: Client, district: District, note: str) -> str:
    family = district.family
    fields = {
        "student_id": str(family.student_id),
        "method": "home_visit",
        "outcome": "no_one_home_note_left",
        "note": note,
    }
    return client.write("contact.create", written.uuid7(), fields, root=family.root)


def test_the_client_knows_nothing_of_our_code() -> None:
    tree = ast.parse(Path(str(written.__file__)).read_text())
    named = {
        (node.module if isinstance(node, ast.ImportFrom) else node.names[0].name) or ""
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }

    assert not {name.partition(".")[0] for name in named} & {"schemas", "sync", "server", "tests"}


def test_what_it_writes_arrives_and_comes_back_to_another_device(district: District) -> None:
    ana, other = district.client(), district.client()
    ana.sync()
    id_ = visit(ana, district, "Left a note at the door.")

    ana.sync()
    answers = other.sync(limit=1)

    assert ana.receipts[id_]["out"] == "applied"
    assert len(answers) > 2, "no page was cut"
    notes = {row["data"]["note"] for at, row in other.rows.items() if at[1] == "contact"}
    assert "Left a note at the door." in notes
    assert other.held == ana.held


def test_two_devices_that_disagree_get_a_conflict_and_decide_it(district: District) -> None:
    one, other = district.client(), district.client()
    one.sync()
    other.sync()
    key = str(district.family.point_id)
    one.write("contact_point.edit", key, {"value": "505-555-0111"}, row=district.number(one))
    other.write("contact_point.edit", key, {"value": "505-555-0122"}, row=district.number(other))

    one.sync()
    other.sync()

    assert outs(other) == ["conflict"]
    (conflict,) = {
        at[2]: row for at, row in other.rows.items() if at[1] == "conflict"
    }.values()  # one conflict, in several roots
    choices = {"value": {"choice": "mine", "value": None}}
    other.write("conflict.resolve", conflict["key"], {"choices": choices}, row=conflict)
    other.sync()
    one.sync()

    assert district.number(one)["data"]["value"] == "505-555-0122"


def test_it_sends_from_the_number_that_the_server_wants(district: District) -> None:
    client = district.client()
    client.next_n = 5  # as if it remembered what the server lost, and no longer had it
    visit(client, district, "after a gap")

    answers = client.sync()

    assert answers[0]["stop"] == "gap"
    assert outs(client) == ["applied"]


def test_a_copied_profile_goes_on_as_another_device(district: District) -> None:
    client, twin = district.client(), district.client()
    client.sync()
    twin.device, twin.token = client.device, client.token
    first, second = visit(client, district, "one"), visit(twin, district, "two")

    client.sync()
    answers = twin.sync()

    assert answers[0]["stop"] == "fork"
    assert client.receipts[first]["out"] == twin.receipts[second]["out"] == "applied"


def test_after_a_restore_it_sends_again_what_the_backup_lacks(district: District) -> None:
    server = district.server
    client = district.client()
    client.sync()
    kept = server.run("backup", "--to", str(district.folder / "backups"))
    id_ = visit(client, district, "only on the phone")
    client.sync()
    assert id_ in client.receipts
    before = client.epoch

    server.stop()
    server.run("restore", kept["file"], "--yes")
    server.start()
    client.sync()

    assert client.epoch != before
    assert client.receipts[id_]["out"] == "applied"
    fresh = district.client()
    fresh.sync()
    notes = [row["data"]["note"] for at, row in fresh.rows.items() if at[1] == "contact"]
    assert notes.count("only on the phone") == 1
