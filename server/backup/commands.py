"""``presente backup``, ``restore``, ``compact`` and ``epoch``."""

import argparse
from pathlib import Path

from msgspec import structs

from server.backup import compacting, restoring, service
from server.backup.rules import Manifest
from server.cli import Answer, Commands, Context, common
from server.command_words import wrong
from server.db.opening import opened
from server.languages import Told, joined
from server.problems import Problem

_PLAIN = Told(
    "It is NOT encrypted, and holds all that families said: set PRESENTE_BACKUP_KEY_FILE "
    "(docs/operate.md).",
    "NO está cifrado, y contiene todo lo que dijeron las familias: defina "
    "PRESENTE_BACKUP_KEY_FILE (docs/operate.md).",
)
_SEALED = Told(
    "It is encrypted: without its key nobody can read it.",
    "Está cifrado: sin su clave nadie puede leerlo.",
)


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
        help=Told(
            "forget what left phones long ago", "olvida lo que salió de los teléfonos hace mucho"
        ),
        description=Told(
            "Forget that rows left a family's page more than --days ago. History stays. A phone "
            "that was away for longer begins anew; its unsent work is not touched.",
            "Olvida que unas filas salieron de la página de una familia hace más de --days días. "
            "La historia se queda. Un teléfono ausente por más tiempo empieza de nuevo; lo que no "
            "ha enviado no se toca.",
        ),
    )
    compacting_.add_argument(
        "--days",
        type=_days,
        default=180,
        help=Told("how long is long ago (180)", "cuánto es hace mucho (180)"),
    )
    compacting_.set_defaults(run=compact)
    epoch = commands.add_parser(
        "epoch",
        help=Told("begin a new life of the database", "empieza una nueva vida de la base de datos"),
        description=Told(
            "After this every phone sends again all that it still keeps.",
            "Después, cada teléfono envía otra vez todo lo que aún guarda.",
        ),
    )
    new = epoch.add_subparsers(metavar="ACTION", required=True).add_parser(
        "new",
        parents=[common()],
        help=Told(
            "for a database that went back, or was copied",
            "para una base de datos que volvió atrás o se copió",
        ),
    )
    new.add_argument(
        "--because",
        required=True,
        metavar="WHY",
        help=Told("kept in the audit trail", "queda en la auditoría"),
    )
    new.set_defaults(run=new_epoch)


def backup(context: Context, arguments: argparse.Namespace) -> Answer:
    """Make a verified backup."""
    folder = arguments.to or context.settings.backup_dir
    if folder is None:
        raise NoFolder(
            "Say where to: --to DIR, or set PRESENTE_BACKUP_DIR.",
            detail_es="Diga adónde: --to CARPETA, o defina PRESENTE_BACKUP_DIR.",
        )
    with opened(context, as_it_is=True) as database:
        made = service.make(
            database,
            folder,
            context.clock,
            keep=arguments.keep,
            sealing=service.sealing_of(context.settings),
        )
    megabytes, rows = made.byte_count / 1_000_000, sum(made.manifest.counts.values())
    written = Told(
        f"{made.file} ({megabytes:.1f} MB, {rows} rows) was written, read back and checked. "
        "Phones may now let go of what it holds.",
        f"{made.file} ({megabytes:.1f} MB, {rows} filas) se escribió, se leyó de vuelta y se "
        "comprobó. Los teléfonos ya pueden soltar lo que contiene.",
    )
    return Answer(data=made, text=joined([written, _SEALED if made.is_encrypted else _PLAIN]))


def restore(context: Context, arguments: argparse.Namespace) -> Answer:
    """Check a backup; with ``--yes`` put it in place of the database."""
    settings = context.settings
    if arguments.key_file is not None:
        settings = structs.replace(settings, backup_key_file=arguments.key_file)
    if not arguments.yes:
        manifest = restoring.look(settings, arguments.file)
        return Answer(
            data={"restored": False, "manifest": manifest},
            text=joined([_told(manifest), _ONLY_CHECKED]),
        )
    done = restoring.restore(settings, arguments.file, context.clock, is_older_fine=arguments.older)
    return Answer(
        data={"restored": True, **{name: getattr(done, name) for name in done.__struct_fields__}},
        text=joined([_told(done.manifest), _restored(done)]),
    )


def compact(context: Context, arguments: argparse.Namespace) -> Answer:
    """Purge the feed."""
    with opened(context, as_it_is=True) as database:
        purged = compacting.compact(database, context.clock, days=arguments.days)
    return Answer(
        data={"purged": purged.rows, "floor": purged.floor},
        text=Told(
            f"{purged.rows} entries of the feed went. Phones that stand below {purged.floor} "
            "begin anew.",
            f"Se fueron {purged.rows} entradas. Los teléfonos que están por debajo de "
            f"{purged.floor} empiezan de nuevo.",
        ),
    )


def new_epoch(context: Context, arguments: argparse.Namespace) -> Answer:
    """Begin a new life."""
    epoch = restoring.new_life(context.settings, context.clock, because=arguments.because)
    return Answer(
        data={"epoch": epoch},
        text=Told(
            f"The epoch is now {epoch}. Every phone will send again all that it still keeps.",
            f"La época es ahora {epoch}. Cada teléfono enviará otra vez todo lo que aún guarda.",
        ),
    )


def _add_backup(commands: Commands) -> None:
    parser = commands.add_parser(
        "backup",
        parents=[common()],
        help=Told(
            "make a verified backup of a live database",
            "hace un respaldo comprobado de una base de datos en uso",
        ),
        description=Told(
            "Copy the database while it is in use, check the copy, pack it and read it back. Only "
            "then do phones let go of work. The keys in secrets/ are not part of it.",
            "Copia la base de datos mientras se usa, comprueba la copia, la empaqueta y la lee de "
            "vuelta. Solo entonces los teléfonos sueltan trabajo. Las claves de secrets/ no van "
            "incluidas.",
        ),
    )
    parser.add_argument(
        "--to",
        type=Path,
        metavar="DIR",
        help=Told(
            "folder (default: PRESENTE_BACKUP_DIR)",
            "carpeta (si no se dice: PRESENTE_BACKUP_DIR)",
        ),
    )
    parser.add_argument(
        "--keep",
        type=int,
        default=0,
        metavar="N",
        help=Told("then let all but the newest N go", "después borra todos menos los N más nuevos"),
    )
    parser.set_defaults(run=backup)


def _add_restore(commands: Commands) -> None:
    parser = commands.add_parser(
        "restore",
        parents=[common()],
        help=Told(
            "check a backup, and put it in place of the database",
            "comprueba un respaldo y lo pone en lugar de la base de datos",
        ),
        description=Told(
            "Check a backup to its last byte and row; with --yes put it in place. The present "
            "database is kept beside it, never deleted. Stop the server first.",
            "Comprueba un respaldo hasta el último byte y la última fila; con --yes lo pone en su "
            "lugar. La base de datos actual se guarda al lado, nunca se borra. Detenga antes el "
            "servidor.",
        ),
    )
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument(
        "--key-file",
        type=Path,
        metavar="FILE",
        help=Told(
            "the key it was encrypted with (default: PRESENTE_BACKUP_KEY_FILE)",
            "la clave con que se cifró (si no se dice: PRESENTE_BACKUP_KEY_FILE)",
        ),
    )
    parser.add_argument(
        "--yes",
        action="store_true",
        help=Told("do it, do not only check", "hacerlo, no solo comprobar"),
    )
    parser.add_argument(
        "--older",
        action="store_true",
        help=Told(
            "although a newer verified backup is known",
            "aunque se conozca un respaldo comprobado más nuevo",
        ),
    )
    parser.set_defaults(run=restore)


_ONLY_CHECKED = Told(
    "Nothing was changed. Put it in place with --yes.",
    "No se cambió nada. Póngalo en su lugar con --yes.",
)


def _told(manifest: Manifest) -> Told:
    rows, made_at = sum(manifest.counts.values()), f"{manifest.made_at:%Y-%m-%d %H:%M:%S} UTC"
    return Told(
        f"The backup is whole: {rows} rows of {made_at}, position {manifest.head}, epoch "
        f"{manifest.epoch}.",
        f"El respaldo está completo: {rows} filas del {made_at}, posición {manifest.head}, época "
        f"{manifest.epoch}.",
    )


def _restored(done: restoring.Restored) -> Told:
    kept = "\n  ".join(done.kept)
    return Told(
        f"It is in place, with the new epoch {done.epoch}. The database that was here is kept:\n"
        f"  {kept or '(there was none)'}\n"
        f"Start Presente: phones then send again all they keep. {done.sessions} sessions ended, "
        f"{done.revoked} phones were revoked again. Repeat what else was decided on people since "
        "(closed, invited), and what was imported.",
        f"Está en su lugar, con la nueva época {done.epoch}. La base de datos que había aquí se "
        f"guarda:\n  {kept or '(no había ninguna)'}\n"
        f"Inicie Presente: los teléfonos envían entonces otra vez todo lo que guardan. Se cerraron "
        f"{done.sessions} sesiones y se revocaron de nuevo {done.revoked} teléfonos. Repita lo que "
        "se decidió después sobre personas (cierres, invitaciones) y lo que se importó.",
    )


def _days(text: str) -> int:
    days = int(text)
    if days < 1:
        raise wrong("at least 1 day", "al menos 1 día")
    return days
