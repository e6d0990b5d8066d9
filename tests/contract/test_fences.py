"""Every fence is seen to bite: a copy of the tree gets a violation per rule, and each is found."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("schemas", "sync", "server")

pytestmark = pytest.mark.slow

# Contract by the beginning of its name: where the violation is planted, and what it says.
PYTHON_PLANTS = {
    "Three packages": ("schemas/planted.py", "import sync"),
    "sync and schemas know no HTTP": ("sync/planted.py", "import socket"),
    "Inside the server every feature": ("server/people/planted.py", "import server.desk"),
    "Inside a feature": ("server/people/store.py", "import server.people.routes"),
    "Rules are pure": ("server/people/rules.py", "import sqlite3"),
    "Only routes, web and app speak HTTP": ("server/people/service.py", "import litestar"),
    "Only stores, feed and db speak SQL": ("server/people/routes.py", "import sqlalchemy"),
    "Only server.push": ("server/people/planted.py", "import pywebpush"),
    "Only server.intake": ("server/people/planted.py", "import sqlite_utils"),
}

RUFF_PLANTS = {
    "TID251": "from datetime import UTC, datetime\n\nNOW = datetime.now(UTC)",
    "DTZ005": "from datetime import datetime\n\nNOW = datetime.now()",
    "TID252": "from . import planted",
    "T201": "print('a name')",
    "BLE001": "try:\n    NOW = 1\nexcept Exception:\n    NOW = 2",
}

PHONE_LAYERS = {
    "wire": ("outbox", "local", "screens", "ui", "text"),
    "outbox": ("local", "screens", "ui", "text"),
    "local": ("screens", "ui", "text"),
    "ui": ("wire", "outbox", "local", "screens", "text"),
    "text": ("wire", "outbox", "local", "screens", "ui"),
}

PHONE_PLANTS = {
    "@typescript-eslint/no-floating-promises": (
        "src/local/floating.ts",
        "async function keep(): Promise<void> {\n  await Promise.resolve()\n}\nkeep()\n",
    ),
    "no-restricted-globals": ("src/outbox/clock.ts", "export const now = Date.now()\n"),
    "import-x/no-cycle": (
        "src/local/round.ts",
        "import { b } from './about.ts'\nexport const a = (): number => b()\n",
    ),
    "no-console": ("src/local/loud.ts", "console.log('a name')\n"),
    "import-x/no-restricted-paths": (
        "src/ui/Row.svelte",
        "<script lang=\"ts\">\n  import { here } from '../local/planted.ts'\n</script>\n\n{here}\n",
    ),
    "svelte/no-at-html-tags": ("src/ui/Raw.svelte", "{@html '<b>a name</b>'}\n"),
}


def test_every_python_fence_bites(tmp_path: Path) -> None:
    _copy_of_the_packages(tmp_path)
    for path, statement in PYTHON_PLANTS.values():
        _plant(tmp_path / path, statement)
    for needed in ("server/desk/__init__.py", "server/people/routes.py"):
        _plant(tmp_path / needed, "")

    found = _contracts(tmp_path)

    for contract, (path, statement) in PYTHON_PLANTS.items():
        planted = f"{_module(path)} -> {statement.removeprefix('import ')}"
        assert planted in found[contract], contract


def test_a_feature_without_a_place_is_found(tmp_path: Path) -> None:
    _copy_of_the_packages(tmp_path)
    _plant(tmp_path / "server/unplaced/__init__.py", "")

    assert "- server.unplaced" in _contracts(tmp_path)["Inside the server every feature"]


def test_every_banned_call_is_found(tmp_path: Path) -> None:
    for rule, text in RUFF_PLANTS.items():
        (tmp_path / f"{rule.lower()}.py").write_text(f"{text}\n")

    ruff = [Path(sys.executable).with_name("ruff"), "check", "--no-cache", "--output-format=json"]
    said = _run([*ruff, f"--config={ROOT / 'pyproject.toml'}", "."], tmp_path)

    found = {(Path(fault["filename"]).stem.upper(), fault["code"]) for fault in json.loads(said)}
    assert {(rule, rule) for rule in RUFF_PLANTS} <= found


def test_every_phone_fence_bites(tmp_path: Path) -> None:
    pwa = _copy_of_the_phone(tmp_path)
    for folder, others in PHONE_LAYERS.items():
        for other in others:
            _write(pwa / f"src/{other}/planted.ts", "export const here = 1\n")
            imported = f"export {{ here }} from '../{other}/planted.ts'\n"
            _write(pwa / f"src/{folder}/to_{other}.ts", imported)
    for path, text in PHONE_PLANTS.values():
        _write(pwa / path, text)
    _write(
        pwa / "src/local/about.ts",
        "import { a } from './round.ts'\nexport const b = (): number => a()\n",
    )

    node = ROOT / ".venv" / "node" / "node"
    eslint = ROOT / "pwa" / "node_modules" / "eslint" / "bin" / "eslint.js"
    to_each = [
        f"src/{one}/to_{other}.ts" for one, others in PHONE_LAYERS.items() for other in others
    ]
    planted = [*to_each, *(path for path, _ in PHONE_PLANTS.values())]
    faults = json.loads(_run([node, eslint, "--format=json", *planted], pwa))
    rules = {_relative(fault, pwa): _rules_of(fault) for fault in faults}

    for path in to_each:
        assert "import-x/no-restricted-paths" in rules[path], path
    for rule, (path, _) in PHONE_PLANTS.items():
        assert rule in rules[path], path


def _copy_of_the_packages(place: Path) -> None:
    ignored = shutil.ignore_patterns("__pycache__", "static", "generated")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, place / package, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", place)


def _copy_of_the_phone(place: Path) -> Path:
    ignored = shutil.ignore_patterns("node_modules", "dist", "public")
    shutil.copytree(ROOT / "pwa", place / "pwa", ignore=ignored)
    (place / "pwa" / "node_modules").symlink_to(ROOT / "pwa" / "node_modules")
    return place / "pwa"


def _plant(path: Path, statement: str) -> None:
    """Append to a module, or make it together with its package."""
    before = path.read_text() if path.exists() else ""
    _write(path, f"{before}\n{statement}\n")
    package = path.parent / "__init__.py"
    package.touch()


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def _module(path: str) -> str:
    return path.removesuffix(".py").replace("/", ".")


def _contracts(place: Path) -> dict[str, str]:
    """What the linter says about each broken contract, by the beginning of the contract's name."""
    program = Path(sys.executable).with_name("lint-imports")
    said = _run([program, "--no-cache"], place).partition("Broken contracts")[2]
    parts = re.split(r"\n(?=[^\n]+\n-{5,}\n)", said)
    return {name: next((p for p in parts if p.startswith(name)), "") for name in PYTHON_PLANTS}


def _run(command: list[Any], place: Path) -> str:
    """Run a linter that must find something."""
    ran = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)
    assert ran.returncode == 1, ran.stdout + ran.stderr
    return ran.stdout


def _relative(fault: dict[str, Any], pwa: Path) -> str:
    return Path(fault["filePath"]).relative_to(pwa).as_posix()


def _rules_of(fault: dict[str, Any]) -> set[str | None]:
    return {message["ruleId"] for message in fault["messages"]}
