"""Writes ``schemas/generated``: the wire's JSON Schema and the vocabularies' tables.

Run by ``make wire``; a test fails when either file is stale.
"""

import inspect
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec

from schemas.vocabulary import (
    CAUSES,
    GRADES,
    OUTCOME_FACTS,
    OUTCOMES_BY_METHOD,
    FollowUpKind,
    Party,
    ReferralType,
)

MODULES = (
    "alerts",
    "attendance",
    "cases",
    "contacts",
    "desk",
    "identity",
    "intake",
    "people",
    "problems",
    "sync",
    "tasks",
)
HERE = Path(__file__).parent / "generated"


def wire_json() -> bytes:
    """Return every struct of the wire as the components of an OpenAPI 3.1 document."""
    structs = [
        thing
        for name in MODULES
        for thing in vars(import_module(f"schemas.{name}")).values()
        if isinstance(thing, type)
        and issubclass(thing, msgspec.Struct)
        and thing.__module__ == f"schemas.{name}"
    ]
    _, components = msgspec.json.schema_components(
        structs, ref_template="#/components/schemas/{name}"
    )
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Presente wire", "version": "1"},
        "paths": {},
        "components": {
            "schemas": {name: _cleaned(components[name]) for name in sorted(components)}
        },
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"


def _cleaned(schema: dict[str, Any]) -> dict[str, Any]:
    """Take the indent out of a docstring: Python does so itself from 3.13 on, and not before."""
    said = schema.get("description")
    return {**schema, "description": inspect.cleandoc(said)} if said else schema


def vocabulary_json() -> bytes:
    """Return which outcomes fit which method, what follows from each, and the causes by group."""
    document = {
        "outcomes_by_method": OUTCOMES_BY_METHOD,
        "outcome_facts": OUTCOME_FACTS,
        "causes": CAUSES,
        "parties": list(Party),
        "referral_types": list(ReferralType),
        "follow_up_kinds": list(FollowUpKind),
        "grades": GRADES,
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"


GENERATED = {"wire.json": wire_json, "vocabulary.json": vocabulary_json}


def main() -> int:
    """Write every generated file. Returns the exit code."""
    HERE.mkdir(exist_ok=True)
    for name, make in GENERATED.items():
        (HERE / name).write_bytes(make())
        sys.stdout.write(f"schemas/generated/{name} written\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
