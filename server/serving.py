"""``presente serve``: prepares the data folder, says where to go, and serves until stopped."""

import argparse
import errno
import gc
import logging
import signal
import socket
import sys
from contextlib import suppress
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import segno
import uvicorn

from server.backup.service import sealing_of
from server.cli import Answer, Commands, Context, common
from server.command_words import wrong
from server.db.database import Database
from server.db.holding import working_on
from server.db.migrate import upgrade
from server.db.sidecar import sidecar_at
from server.db.standing import standing_of
from server.demo import service as demo
from server.languages import Language, Told
from server.problems import Problem
from server.settings import BadSettings, Settings, load
from server.web.access_log import AccessLog
from server.web.threads import size_threads

_NO_BACKUPS = Told(
    "No backups are set up: if this disk fails, the work on it is lost. Set PRESENTE_BACKUP_DIR to "
    "a folder on another disk (docs/operate.md).",
    "No hay respaldos configurados: si falla este disco, se pierde el trabajo que contiene. Ponga "
    "en PRESENTE_BACKUP_DIR una carpeta de otro disco (docs/operate.md).",
)
_PLAIN_BACKUPS = Told(
    "Backups are not encrypted, and hold all that families said. Set PRESENTE_BACKUP_KEY_FILE to "
    "a file with a key (docs/operate.md).",
    "Los respaldos no están cifrados, y contienen todo lo que dijeron las familias. Defina "
    "PRESENTE_BACKUP_KEY_FILE con un archivo que tenga una clave (docs/operate.md).",
)
_NOT_SET = Settings(data_dir=Path(), database_url="").public_url
_STOP = Told("Stop with Ctrl-C.", "Deténgalo con Ctrl-C.")
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
_BACKLOG = 2048
_ALLOCATIONS_BETWEEN = 10_000
"""Of objects that may hold others, before the collector looks at the youngest again."""
_STOP_WITHIN_SECONDS = 10


class PortBusy(Problem):
    """Somebody else listens there."""

    code = "port_busy"


class SignInLink(msgspec.Struct, frozen=True, kw_only=True):
    """One line of what is printed at the start."""

    role: str
    name: str
    url: str


def register(commands: Commands) -> None:
    """Add ``serve``."""
    parser = commands.add_parser(
        "serve",
        parents=[common()],
        help=Told("serve the app and its API", "sirve la aplicación y su API"),
        description=Told(
            "Serve until stopped (Ctrl-C or SIGTERM). Makes and migrates the database and the "
            "keys when needed. Phones need HTTPS: put a reverse proxy or a tunnel in front, and "
            "name its address with --public-url.",
            "Sirve hasta que se detenga (Ctrl-C o SIGTERM). Crea y migra la base de datos y las "
            "claves cuando hace falta. Los teléfonos necesitan HTTPS: ponga delante un proxy "
            "inverso o un túnel e indique su dirección con --public-url.",
        ),
    )
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        help=Told("address to listen on (127.0.0.1)", "dirección en la que escucha (127.0.0.1)"),
    )
    parser.add_argument(
        "--port",
        type=_port,
        default=8080,
        help=Told(
            "port to listen on (8080; 0: any)", "puerto en el que escucha (8080; 0: cualquiera)"
        ),
    )
    parser.add_argument(
        "--public-url",
        default="",
        metavar="URL",
        help=Told("origin that people open: https://...", "origen que abre la gente: https://..."),
    )
    parser.add_argument(
        "--demo",
        action="store_true",
        help=Told(
            "make a small made-up district if there is none",
            "crea un pequeño distrito inventado si no hay ninguno",
        ),
    )
    parser.set_defaults(run=serve)


def serve(context: Context, arguments: argparse.Namespace) -> Answer:
    """Serve until stopped."""
    listener = _listen(arguments.host, arguments.port)
    database: Database | None = None
    try:
        port = listener.getsockname()[1]
        settings = _settings(context.settings, public_url=arguments.public_url, port=port)
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        database = Database(settings.database_url)
        with working_on(database):
            _prepare(context, database, settings)
            links = _demo_links(context, database, settings) if arguments.demo else []
            _announce(settings, links, context.language, as_json=arguments.json)
            size_threads()
            app = _app().create_app(settings, database=database, clock=context.clock)
            _run(AccessLog(app), listener)
    finally:
        listener.close()
        if database is not None:
            database.close()
    return Answer(data=None, text=Told("Stopped.", "Detenido."))


def _prepare(context: Context, database: Database, settings: Settings) -> None:
    """Refuse a database that went back, before anything is done to it; bring it up to date."""
    sidecar_at(settings.head_file).check(partial(standing_of, database, context.clock()))
    upgrade(database)
    if settings.backup_dir is None:
        context.warn(_NO_BACKUPS)
    elif sealing_of(settings) is None:
        context.warn(_PLAIN_BACKUPS)


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port < 2**16:
        raise wrong("a port is a number from 0 to 65535", "un puerto es un número de 0 a 65535")
    return port


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise PortBusy(
                f"Port {port} is taken: is Presente running already? Choose another with --port.",
                detail_es=f"El puerto {port} está ocupado: ¿ya está en marcha Presente? Elija otro "
                "con --port.",
            ) from error
        raise PortBusy(
            f"Cannot listen on {host}:{port}: {error.strerror}.",
            code="cannot_listen",
            detail_es=f"No se puede escuchar en {host}:{port}: {error.strerror}.",
        ) from error
    return listener


def _settings(given: Settings, *, public_url: str, port: int) -> Settings:
    """Return the settings with the origin people will really use, or refuse it."""
    if public_url:
        public_url = load(data_dir=given.data_dir, public_url=public_url).public_url
    elif given.public_url == _NOT_SET:
        public_url = f"http://localhost:{port}"
    settings = msgspec.structs.replace(given, public_url=public_url or given.public_url)
    parts = urlsplit(settings.public_url)
    if parts.path or parts.query or parts.fragment or not parts.hostname:
        raise BadSettings(
            "The public URL is an origin only, such as https://presente.example.org.",
            detail_es="La dirección pública es solo un origen, como https://presente.example.org.",
        )
    if parts.scheme == "http" and parts.hostname not in _LOCAL:
        raise BadSettings(
            "Browsers allow the app, passkeys and push over https:// only (http:// just on this "
            "machine, as http://localhost).",
            detail_es="Los navegadores solo permiten la aplicación, las claves de acceso y los "
            "avisos por https:// (http:// solo en este equipo, como http://localhost).",
        )
    return settings


def _demo_links(context: Context, database: Database, settings: Settings) -> list[SignInLink]:
    """Make the demo district if there is none; return one link for each role."""
    return [
        SignInLink(role=link.role.value, name=link.name, url=link.url)
        for link in demo.ensure(database, settings, context.clock)
    ]


def _announce(
    settings: Settings, links: list[SignInLink], language: Language, *, as_json: bool
) -> None:
    """Say where to go, before anything else is said on stdout."""
    if as_json:
        found: dict[str, Any] = {"url": settings.public_url, "links": links}
        sys.stdout.write(msgspec.json.encode(found).decode() + "\n")
        sys.stdout.flush()
        return
    url = settings.public_url
    where = Told(f"Presente is at {url}", f"Presente está en {url}").in_language(language)
    sys.stdout.write(f"\n{where}\n")
    for link in links or [SignInLink(role="", name="", url=settings.public_url)]:
        if link.role:
            sys.stdout.write(f"\n{link.role} ({link.name}):\n  {link.url}\n")
        if settings.public_url.startswith("https://"):
            segno.make(link.url, error="m").terminal(sys.stdout, compact=True)
    sys.stdout.write(f"\n{_STOP.in_language(language)}\n")
    sys.stdout.flush()


def _run(app: AccessLog, listener: socket.socket) -> None:
    logging.basicConfig(
        level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(message)s"
    )
    # The line tells none of these; asking for them took a third of a line's time.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    _spare_the_collector()
    config = uvicorn.Config(
        app,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=_STOP_WITHIN_SECONDS,
    )
    # uvicorn raises the signal again after it has stopped: both end as Ctrl-C does, tidily.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listener])


def _spare_the_collector() -> None:
    """Let the collector leave alone what was loaded once and stays, and come less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS_BETWEEN)


def _app() -> Any:
    """Return what makes the app: read only to serve, since every command registers itself here."""
    return import_module("server.app")
