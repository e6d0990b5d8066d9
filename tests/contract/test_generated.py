"""What is generated from the schemas is as fresh as they are: run ``make wire`` when it is not."""

import os
import subprocess
from pathlib import Path

import pytest

from schemas.generate import GENERATED, HERE

ROOT = Path(__file__).resolve().parent.parent.parent
PWA = ROOT / "pwa"
TYPES = PWA / "src" / "wire" / "types.gen.ts"


@pytest.mark.parametrize("name", GENERATED)
def test_what_the_schemas_say_is_what_is_committed(name: str) -> None:
    assert (HERE / name).read_bytes() == GENERATED[name]()


def test_the_phones_types_say_what_the_schemas_say(tmp_path: Path) -> None:
    fresh = tmp_path / "types.gen.ts"
    path = f"{ROOT / '.venv' / 'node'}{os.pathsep}{os.environ['PATH']}"
    subprocess.run(
        [
            PWA / "node_modules" / ".bin" / "openapi-typescript",
            HERE / "wire.json",
            *("--immutable", "--root-types", "--root-types-no-schema-prefix"),
            *("-o", fresh),
        ],
        cwd=PWA,
        env={**os.environ, "PATH": path},
        check=True,
        capture_output=True,
    )

    assert TYPES.read_text() == fresh.read_text()
