"""What an operator may set. Read once, refused at start when wrong."""

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

from server.problems import Problem


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Where the data is and how the server presents itself."""

    data_dir: Path
    database_url: str
    public_url: str = "http://localhost:8080"
    """Origin that people type: WebAuthn's relying party and links are made from it."""
    push_test_origin: str = ""
    """For tests only: one plain ``http://127.0.0.1:port`` that may be pushed to."""
    push_contact: str = "mailto:push@presente.example"
    """VAPID ``sub`` (RFC 8292): how a push service reaches the operator."""

    backup_dir: Path | None = None
    """Where ``presente serve`` puts a backup each hour; None: backups are nobody's task here."""
    backup_keep: int = 48
    """How many of them stay."""
    backup_key_file: Path | None = None
    """What backups are encrypted with; None: they are not."""

    @property
    def head_file(self) -> Path:
        """Where the highest position that phones were told is remembered, beside the database."""
        file = self.database_url.removeprefix("sqlite:///")
        if file == self.database_url:
            return self.data_dir / "presente.head"
        return Path(f"{file}.head")

    @property
    def secrets_dir(self) -> Path:
        """Where keys lie, readable by the server's user only. Not part of a database backup."""
        return self.data_dir / "secrets"


class BadSettings(Problem):
    """A setting does not make sense; the sentence names it and the mend."""

    code = "bad_settings"


def load(
    *, data_dir: Path, environment: Mapping[str, str] = os.environ, public_url: str = ""
) -> Settings:
    """Return the settings for this data folder, or raise ``BadSettings``."""
    url = environment.get("PRESENTE_DATABASE_URL") or f"sqlite:///{data_dir / 'presente.db'}"
    if url.startswith("postgresql://"):
        url = "postgresql+psycopg://" + url.removeprefix("postgresql://")
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise BadSettings(
            "PRESENTE_DATABASE_URL must begin with sqlite:/// or postgresql://; "
            f"it begins with {url.split(':', maxsplit=1)[0]!r}.",
            detail_es="PRESENTE_DATABASE_URL debe empezar por sqlite:/// o postgresql://; "
            f"empieza por {url.split(':', maxsplit=1)[0]!r}.",
        )
    public = public_url or environment.get("PRESENTE_PUBLIC_URL") or "http://localhost:8080"
    if not public.startswith(("http://", "https://")):
        raise BadSettings(
            "The public URL must begin with https:// (or http:// on this machine).",
            detail_es="La dirección pública debe empezar por https:// (o http:// en este equipo).",
        )
    backups = environment.get("PRESENTE_BACKUP_DIR", "")
    key = environment.get("PRESENTE_BACKUP_KEY_FILE", "")
    defaults = Settings(data_dir=data_dir, database_url=url)
    return Settings(
        data_dir=data_dir,
        database_url=url,
        public_url=public.rstrip("/"),
        push_test_origin=environment.get("PRESENTE_PUSH_TEST_ORIGIN", ""),
        backup_dir=Path(backups) if backups else None,
        backup_keep=_count(environment, "PRESENTE_BACKUP_KEEP", defaults.backup_keep),
        backup_key_file=Path(key) if key else None,
        push_contact=environment.get("PRESENTE_PUSH_CONTACT", defaults.push_contact),
    )


def _count(environment: Mapping[str, str], name: str, default: int) -> int:
    said = environment.get(name, "") or str(default)
    if not said.isdecimal() or int(said) < 1:
        raise BadSettings(
            f"{name} must be a number above 0; it is {said!r}.",
            detail_es=f"{name} debe ser un número mayor que 0; es {said!r}.",
        )
    return int(said)
