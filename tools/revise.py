"""Writes a migration: ``python -m tools.revise "add the plan table"``.

Compares the newest revision with ``server/db/tables`` on a throw-away SQLite file. With
``--initial`` the one first revision is written anew (only before the first release).
"""

import argparse
import re
import tempfile
from pathlib import Path

from server.clock import system_clock
from server.db import migrate
from server.db.database import Database

VERSIONS = migrate.MIGRATIONS / "versions"
INITIAL = "20261121_2200"


def main() -> int:
    """Write the revision. Returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("message", nargs="?", default="lay the tables")
    parser.add_argument("--initial", action="store_true")
    options = parser.parse_args()
    if options.initial:
        for file in VERSIONS.glob("*.py"):
            file.unlink()
    revision = INITIAL if options.initial else system_clock().strftime("%Y%m%d_%H%M")
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'revise.db'}")
        if not options.initial:
            migrate.upgrade(database)
        migrate.revise(database, options.message, revision_id=revision)
        database.close()
    for file in VERSIONS.glob(f"{revision}_*.py"):
        text = re.sub(r"\n +# ###.*", "", file.read_text(encoding="utf-8"))
        file.write_text(re.sub(r"\n\n\n(import)", r"\n\n\1", text), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
