"""A client that knows only the document syncs with the real server over HTTP."""

import ast
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from schemas.people import Role
from server.db.database import Database
from server.db.migrate import upgrade
from server.ids import new_id
from tests.client_from_document import client as written
from tests.client_from_document.client import Client, Json, NotNow
from tests.support.district import Family, a_family
from tests.support.people import a_person, a_school
from tests.support.running_server import RunningServer


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
        a_person(database, Role.COORDINATOR, schools=[school], name="Cora", login="cora")
        self.family: Family = a_family(database, school, assignee=ana)
        database.close()
        self.server = RunningServer(data)
        self.server.start()

    def client(self, login: str = "ana") -> Client:
        """Return a client of a person's, by a device of its own."""

        def issue() -> Any:
            return self.server.run("devices", "issue", login, "--label", "script")

        return Client(f"http://127.0.0.1:{self.server.port}", issue, wall)

    def number(self, client: Client) -> Any:
        """Return the family's number as a client shows it."""
        return client.shown("contact_point", str(self.family.point_id))


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Iterator[District]:
    made = District(tmp_path_factory.mktemp("district"))
    yield made
    made.server.stop()


@contextmanager
def somebody(status: int, body: bytes) -> Generator[str]:
    """Answer everything so, on a port of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (its name there)
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def outs(client: Client) -> list[str]:
    return [receipt["out"] for receipt in client.receipts.values()]


def wall() -> str:
    return datetime.now(UTC).isoformat()  # noqa: TID251  (a client's own clock)


def visit(client: Client, district: District, note: str) -> str:
    family = district.family
    fields = {
        "student_id": str(family.student_id),
        "method": "home_visit",
        "outcome": "no_one_home_note_left",
        "note": note,
    }
    return client.write("contact.create", fresh(client, "contact", family.root), fields)


def fresh(client: Client, ent: str, root: str = "") -> Json:
    """Return a row that is not there yet."""
    return client.shown(ent, str(new_id())) | {"root": root}


def rows_of(client: Client, ent: str) -> list[Json]:
    return [row for at, row in client.rows.items() if at[1] == ent]


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
    notes = {row["data"]["note"] for row in rows_of(other, "contact")}
    assert "Left a note at the door." in notes
    assert other.held == ana.held


def test_two_devices_that_disagree_get_a_conflict_and_decide_it(district: District) -> None:
    one, other = district.client(), district.client()
    one.sync()
    other.sync()
    one.write("contact_point.edit", district.number(one), {"value": "505-555-0111"})
    other.write("contact_point.edit", district.number(other), {"value": "505-555-0122"})

    one.sync()
    other.sync()

    assert outs(other) == ["conflict"]
    (key,) = {row["key"] for row in rows_of(other, "conflict")}  # one conflict, in several roots
    choices = {"value": {"choice": "mine", "value": None}}
    other.write("conflict.resolve", other.shown("conflict", key), {"choices": choices})
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
    anew = district.client()
    anew.sync()
    notes = [row["data"]["note"] for row in rows_of(anew, "contact")]
    assert notes.count("only on the phone") == 1


def test_a_client_that_the_backup_does_not_know_joins_anew_with_all_it_keeps(
    district: District,
) -> None:
    server = district.server
    kept = server.run("backup", "--to", str(district.folder / "before-it-joined"))
    client = district.client()
    client.sync()
    id_ = visit(client, district, "written by who joined later")
    client.sync()

    server.stop()
    server.run("restore", kept["file"], "--yes")
    server.start()
    with pytest.raises(NotNow, match="401"):
        client.sync()
    client.join()
    client.sync()

    assert client.receipts[id_]["out"] == "applied"


def test_a_call_is_claimed_and_completed_under_its_token(district: District) -> None:
    cora = district.client("cora")
    cora.sync()
    student = str(district.family.student_id)
    cora.write("task.create", task := fresh(cora, "task"), {"student_id": student})
    cora.sync()
    cora.write("task.claim", cora.shown("task", task["key"]), {})
    cora.sync()

    claimed = cora.shown("task", task["key"])
    id_ = cora.write("task.complete", claimed, {}, fence=claimed["data"]["token"])
    cora.sync()

    assert outs(cora) == ["applied"] * 3
    assert "code" not in cora.receipts[id_], "nobody else had made the call"
    assert cora.shown("task", task["key"])["data"]["status"] == "done"


def test_other_work_under_a_known_id_is_refused_and_the_first_stays(district: District) -> None:
    client = district.client()
    client.sync()
    first, second = visit(client, district, "the first"), visit(client, district, "the second")
    client.queue[1]["id"] = first

    client.sync()

    assert second not in client.receipts
    (refusal,) = [row for row in rows_of(client, "refusal") if row["data"]["code"] == "id_reused"]
    assert refusal["data"]["set"]["note"] == "the second"


def test_what_is_too_long_for_one_request_goes_in_by_halves(district: District) -> None:
    client = district.client()
    client.sync()
    ids = {visit(client, district, f"{n} {'x' * 15_000}") for n in range(100)}

    client.sync()

    assert ids <= set(client.receipts)
    assert not client.unsent()


def test_what_no_request_can_carry_is_set_aside_and_the_work_behind_it_goes_in(
    district: District,
) -> None:
    client = district.client()
    client.sync()
    before = visit(client, district, "before it")
    too_long = visit(client, district, "x" * 1_100_000)
    behind = {visit(client, district, f"behind it {n}") for n in range(3)}

    client.sync()

    assert {before, *behind} == set(client.receipts)
    assert not client.unsent()
    (aside,) = client.aside
    assert (aside["id"], len(aside["set"]["note"])) == (too_long, 1_100_000)


def test_what_was_parked_and_then_dismissed_is_told(district: District) -> None:
    client = district.client()
    client.sync()
    nowhere = fresh(client, "contact") | {"key": "not an id"}
    wrong = client.write("contact.amend", nowhere, {"note": "whose?"})
    after = visit(client, district, "behind it")
    client.sync()
    assert client.receipts[wrong]["out"] == "parked"
    assert client.receipts[after]["out"] == "applied"

    district.server.run("sync", "dismiss", wrong, "--because", "not a note")
    client.sync()

    word = client.receipts[wrong]
    assert (word["out"], word["code"], word["text"]) == ("refused", "dismissed", "not a note")


def test_a_row_that_went_wrong_is_healed_and_the_outbox_stays(district: District) -> None:
    client = district.client()
    client.sync()
    was = dict(client.rows)
    at = next(at for at in was if at[1] == "contact_point")
    client.rows[at] = client.rows[at] | {"data": {"value": "damaged"}}
    visit(client, district, "not sent yet")

    client.verify()
    assert at not in client.rows
    assert len(client.unsent()) == 1
    client.sync()

    assert client.rows[at] == was[at]
    held = dict(client.held)
    client.verify()
    assert client.held == held, "what is right is left alone"


@pytest.mark.parametrize(
    ("status", "body"),
    [(503, b'{"code": "busy"}'), (200, b"<p>Welcome to the Wi-Fi"), (200, b'{"ok": true}')],
    ids=["a busy server", "a captive portal", "somebody else's answer"],
)
def test_no_answer_of_the_protocol_changes_anything(
    district: District, status: int, body: bytes
) -> None:
    client = district.client()
    client.sync()
    visit(client, district, "kept")
    before = (list(client.queue), dict(client.rows), client.cursor, dict(client.receipts))

    with somebody(status, body) as url:
        right, client.url = client.url, url
        with pytest.raises(NotNow):
            client.sync()
        client.url = right

    assert before == (client.queue, client.rows, client.cursor, client.receipts)
    client.sync()
    assert not client.unsent()
