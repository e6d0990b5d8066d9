"""``presente backup``, ``restore``, ``compact`` and ``epoch``."""

import argparse
from pathlib import Path

from msgspec import structs

from server.backup import compacting, restoring, service
from server.backup.rules import Manifest
from server.cli import Answer, Commands, Context, common
from server.db.opening import opened
from server.problems import Problem

PLAIN = (
    "It is NOT encrypted, and holds all that families said: set PRESENTE_BACKUP_KEY_FILE "
    "(docs/operate.md)."
)


_SEALED = "It is encrypted: without its key nobody can read it."


class NoFolder(Problem):
    """Nobody said where backups go."""

    code = "no_folder"


def register(commands: Commands) -> None:
    """Add ``backup``, ``restore``, ``compact`` and ``epoch``."""
    _add_backup(commands)
    _add_restore(commands)
    compacting_ = commands.add_parser(
        "compact",
        parents=[common()],
        help="forget what left phones long ago",
        description=(
            "Forget that rows left a family's page more than --days ago. History stays. A phone "
            "that was away for longer begins anew; its unsent work is not touched."
        ),
    )
    compacting_.add_argument("--days", type=_days, default=180, help="how long is long ago (180)")
    compacting_.set_defaults(run=compact)
    epoch = commands.add_parser(
        "epoch",
        help="begin a new life of the database",
        description="After this every phone sends again all that it still keeps.",
    )
    new = epoch.add_subparsers(metavar="ACTION", required=True).add_parser(
        "new", parents=[common()], help="for a database that went back, or was copied"
    )
    new.add_argument("--because", required=True, metavar="WHY", help="kept in the audit trail")
    new.set_defaults(run=new_epoch)


def backup(context: Context, arguments: argparse.Namespace) -> Answer:
    """Make a verified backup."""
    folder = arguments.to or context.settings.backup_dir
    if folder is None:
        raise NoFolder("Say where to: --to DIR, or set PRESENTE_BACKUP_DIR.")
    with opened(context, as_it_is=True) as database:
        made = service.make(
            database,
            folder,
            context.clock,
            keep=arguments.keep,
            sealing=service.sealing_of(context.settings),
        )
    megabytes = made.byte_count / 1_000_000
    return Answer(
        data=made,
        text=(
            f"{made.file} ({megabytes:.1f} MB, {sum(made.manifest.counts.values())} rows) was "
            "written, read back and checked. Phones may now let go of what it holds.\n"
            f"{_SEALED if made.is_encrypted else PLAIN}"
        ),
    )


def restore(context: Context, arguments: argparse.Namespace) -> Answer:
    """Check a backup; with ``--yes`` put it in place of the database."""
    settings = context.settings
    if arguments.key_file is not None:
        settings = structs.replace(settings, backup_key_file=arguments.key_file)
    if not arguments.yes:
        manifest = restoring.look(settings, arguments.file)
        return Answer(
            data={"restored": False, "manifest": manifest},
            text=f"{_told(manifest)}\nNothing was changed. Put it in place with --yes.",
        )
    done = restoring.restore(settings, arguments.file, context.clock, is_older_fine=arguments.older)
    kept = "\n  ".join(done.kept) or "(there was none)"
    return Answer(
        data={"restored": True, **{name: getattr(done, name) for name in done.__struct_fields__}},
        text=(
            f"{_told(done.manifest)}\nIt is in place, with the new epoch {done.epoch}. The "
            f"database that was here is kept:\n  {kept}\n"
            f"Start Presente: phones then send again all they keep. {done.sessions} sessions "
            f"ended, {done.revoked} phones were revoked again. Repeat what else was decided on "
            "people since (closed, invited), and what was imported."
        ),
    )


def compact(context: Context, arguments: argparse.Namespace) -> Answer:
    """Purge the feed."""
    with opened(context, as_it_is=True) as database:
        purged = compacting.compact(database, context.clock, days=arguments.days)
    return Answer(
        data={"purged": purged.rows, "floor": purged.floor},
        text=(
            f"{purged.rows} entries of the feed went. Phones that stand below {purged.floor} "
            "begin anew."
        ),
    )


def new_epoch(context: Context, arguments: argparse.Namespace) -> Answer:
    """Begin a new life."""
    epoch = restoring.new_life(context.settings, context.clock, because=arguments.because)
    return Answer(
        data={"epoch": epoch},
        text=f"The epoch is now {epoch}. Every phone will send again all that it still keeps.",
    )


def _add_backup(commands: Commands) -> None:
    parser = commands.add_parser(
        "backup",
        parents=[common()],
        help="make a verified backup of a live database",
        description=(
            "Copy the database while it is in use, check the copy, pack it and read it back. Only "
            "then do phones let go of work. The keys in secrets/ are not part of it."
        ),
    )
    parser.add_argument(
        "--to", type=Path, metavar="DIR", help="folder (default: PRESENTE_BACKUP_DIR)"
    )
    parser.add_argument(
        "--keep", type=int, default=0, metavar="N", help="then let all but the newest N go"
    )
    parser.set_defaults(run=backup)


def _add_restore(commands: Commands) -> None:
    parser = commands.add_parser(
        "restore",
        parents=[common()],
        help="check a backup, and put it in place of the database",
        description=(
            "Check a backup to its last byte and row; with --yes put it in place. The present "
            "database is kept beside it, never deleted. Stop the server first."
        ),
    )
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--yes", action="store_true", help="do it, do not only check")
    parser.add_argument(
        "--key-file",
        type=Path,
        metavar="FILE",
        help="the key it was encrypted with (default: PRESENTE_BACKUP_KEY_FILE)",
    )
    parser.add_argument(
        "--older", action="store_true", help="although a newer verified backup is known"
    )
    parser.set_defaults(run=restore)


def _told(manifest: Manifest) -> str:
    rows = sum(manifest.counts.values())
    return (
        f"The backup is whole: {rows} rows of {manifest.made_at:%Y-%m-%d %H:%M:%S} UTC, position "
        f"{manifest.head}, epoch {manifest.epoch}."
    )


def _days(text: str) -> int:
    days = int(text)
    if days < 1:
        raise argparse.ArgumentTypeError("at least 1 day")
    return days
