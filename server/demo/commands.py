"""``presente demo``: makes the demo district and shows its sign-in links."""

import argparse
from pathlib import Path

from server import cli
from server.db import migrate
from server.db.database import Database
from server.demo import service
from server.demo.scale import service as scaled
from server.demo.scale.service import SCALES, Wanted
from server.languages import Told, joined


def register(commands: "cli.Commands") -> None:
    """Add ``presente demo``."""
    parser = commands.add_parser(
        "demo",
        parents=[cli.common()],
        help=Told(
            "make a made-up district to try everything with",
            "crea un distrito inventado para probarlo todo",
        ),
        description=Told(
            "Makes a made-up district in an empty data folder, and prints one sign-in link per "
            "role. Run again, it only makes fresh links. Never touches a real district. With "
            "--scale it writes the files that such a district sends, week by week, and loads them "
            "as they came: small (3 schools), programme (23 schools with the published figures of "
            "the seed programme) or district (93,001 students).",
            "Crea un distrito inventado en una carpeta de datos vacía e imprime un enlace de "
            "entrada por función. Repetido, solo crea enlaces nuevos. Nunca toca un distrito real. "
            "Con --scale escribe los archivos que enviaría un distrito así, semana a semana, y los "
            "carga como llegaron: small (3 escuelas), programme (23 escuelas con las cifras "
            "publicadas del programa de partida) o district (93,001 estudiantes).",
        ),
    )
    _add_options(parser)
    parser.set_defaults(run=_demo)


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--scale",
        choices=SCALES,
        help=Told("how large a district to invent", "de qué tamaño es el distrito inventado"),
    )
    parser.add_argument(
        "--seed",
        type=int,
        default=1,
        help=Told(
            "the same number, the same district (1)", "el mismo número, el mismo distrito (1)"
        ),
    )
    parser.add_argument(
        "--as-of",
        type=cli.a_day,
        default=scaled.AS_OF,
        metavar="DATE",
        help=Told(
            f"the story's last day ({scaled.AS_OF}); its year is the newest past day 120",
            f"el último día de la historia ({scaled.AS_OF}); su año es el más reciente que pasó "
            "del día 120",
        ),
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help=Told(
            "where to write the files (data folder/demo)",
            "dónde escribir los archivos (carpeta de datos/demo)",
        ),
    )
    parser.add_argument(
        "--files-only",
        action="store_true",
        help=Told(
            "write the files and oracle.json, load nothing",
            "escribe los archivos y oracle.json, no carga nada",
        ),
    )


def _demo(context: cli.Context, arguments: argparse.Namespace) -> cli.Answer:
    settings = context.settings
    wanted = None
    if arguments.scale:
        wanted = Wanted(
            scale=arguments.scale,
            seed=arguments.seed,
            as_of=arguments.as_of,
            folder=arguments.out or settings.data_dir / "demo",
        )
        if arguments.files_only:
            written = scaled.write(wanted)
            return cli.Answer(data=written, text=_summary(written))
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database_url)
    try:
        migrate.upgrade(database)
        if wanted is None:
            links, said = service.ensure(database, settings, context.clock), None
        else:
            said = scaled.ensure(database, settings, wanted, say=context.warn)
            links = service.links(database, settings, context.clock)
    finally:
        database.close()
    lines = [f"{link.role.value:<16}{link.name:<22}{link.url}" for link in links]
    if said is not None:
        lines += ["", _summary(said)]
    return cli.Answer(data={"links": links, "district": said}, text=joined(lines))


def _summary(said: scaled.Summary) -> Told:
    loaded, cargado = "", ""
    if said.imports:
        loaded, cargado = f"; {said.imports} imports", f"; {said.imports} importaciones"
    return Told(
        f"{said.district}: {said.schools} schools, {said.students} students, {said.events} "
        f"attendance events, {said.contacts} contacts{loaded}.\n"
        f"Files and oracle.json: {said.folder}",
        f"{said.district}: {said.schools} escuelas, {said.students} estudiantes, {said.events} "
        f"eventos de asistencia, {said.contacts} contactos{cargado}.\n"
        f"Archivos y oracle.json: {said.folder}",
    )
