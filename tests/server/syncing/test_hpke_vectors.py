"""What a phone has sealed, this server opens: the vectors that ``node --test`` reads, too."""

import base64
import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from server.syncing import sealing

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "hpke.json").read_text("utf-8"))
CASES = VECTORS["cases"]


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    scalar = base64.urlsafe_b64decode(VECTORS["private_scalar"] + "=")
    key = ec.derive_private_key(int.from_bytes(scalar), ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "sync-key.pem").write_bytes(pem)
    return tmp_path


def test_the_key_of_the_vectors_is_the_one_phones_are_told(secrets: Path) -> None:
    assert sealing.public_key(secrets) == VECTORS["server_key"]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_what_a_phone_has_sealed_opens(secrets: Path, case: dict[str, Any]) -> None:
    plain = sealing.open_sealed(
        secrets,
        device=UUID(case["device"]),
        mutation=UUID(case["id"]),
        enc=case["enc"],
        ct=case["ct"],
    )

    assert plain.decode("utf-8") == case["plain"]


def test_an_envelope_of_another_phone_does_not_open(secrets: Path) -> None:
    case = CASES[0]

    with pytest.raises(sealing.CannotOpen):
        sealing.open_sealed(
            secrets,
            device=UUID(case["id"]),
            mutation=UUID(case["id"]),
            enc=case["enc"],
            ct=case["ct"],
        )
