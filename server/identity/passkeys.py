"""WebAuthn: challenges given out, answers verified. User verification is always asked for."""

import secrets
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from uuid import UUID

from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import options_to_json_dict
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from schemas.identity import PasskeyAnswer, PasskeyOptions
from server.db.database import Transaction
from server.db.tables.identity import CeremonyRow, PasskeyRow, UserRow
from server.identity import links, rules, sign_in, store
from server.identity.store import sessions
from server.ids import new_id
from server.problems import NotSignedIn, Problem
from server.settings import Settings
from server.web.signed import Signed

REGISTER = "register"
SIGN_IN = "sign_in"


class PasskeyRefused(Problem):
    """The browser's answer does not fit what it was asked, or came too late."""

    code = "passkey_refused"


class NewPasskey(NamedTuple):
    """A credential whose registration was verified."""

    credential_id: bytes
    public_key: bytes
    sign_count: int


class Assertion(NamedTuple):
    """An answer to a sign-in challenge, with what it is to be checked against."""

    ceremony: CeremonyRow | None
    passkey: PasskeyRow | None
    address_try: UUID


def begin_registration(
    tx: Transaction, *, token: str, signed: Signed | None, settings: Settings
) -> PasskeyOptions:
    """Return the options to make a passkey: by a link's token, or for whoever is signed in."""
    if token:
        link, user = links.open_link(tx, rules.hash_of(token))
        token_hash: bytes | None = link.token_hash
    elif signed is not None and (found := store.find_user(tx, signed.user_id)) is not None:
        user, token_hash = found, None
    else:
        raise NotSignedIn("Please sign in, or open your invitation again.")
    challenge = secrets.token_bytes(32)
    options = generate_registration_options(
        rp_id=_rp_id(settings),
        rp_name=store.district_name(tx) or "Presente",
        user_id=user.id.bytes,
        user_name=user.login,
        user_display_name=user.name,
        challenge=challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[]
        if token_hash
        else [
            PublicKeyCredentialDescriptor(id=known.credential_id)
            for known in sessions.passkeys_of(tx, user.id)
        ],
    )
    ceremony_id = _keep(tx, REGISTER, challenge, user_id=user.id, token_hash=token_hash)
    return PasskeyOptions(ceremony=ceremony_id, options=options_to_json_dict(options))


def verify_registration(
    answer: PasskeyAnswer, ceremony: CeremonyRow, settings: Settings
) -> NewPasskey:
    """Return the new credential, or raise ``PasskeyRefused``. Needs no transaction."""
    try:
        made = verify_registration_response(
            credential=answer.credential,
            expected_challenge=ceremony.challenge,
            expected_rp_id=_rp_id(settings),
            expected_origin=settings.public_url,
            require_user_verification=True,
        )
    except Exception as error:  # whatever a stranger's bytes do to the parsers
        raise PasskeyRefused("The passkey could not be verified.") from error
    return NewPasskey(made.credential_id, made.credential_public_key, made.sign_count)


def finish_registration(
    tx: Transaction,
    ceremony: CeremonyRow,
    made: NewPasskey,
    *,
    label: str,
    signed: Signed | None,
) -> UserRow:
    """Keep a verified passkey; by a link, also take the link up. Returns the person."""
    if ceremony.token_hash is not None:
        user = links.take_up(tx, ceremony.token_hash, password_hash=None)
    else:
        found = None if signed is None else store.find_user(tx, signed.user_id)
        if found is None or found.id != ceremony.user_id:
            raise NotSignedIn("Please sign in.")
        user = found
    if sessions.find_passkey(tx, made.credential_id) is not None:
        raise PasskeyRefused("This passkey is known already.")
    sessions.add_passkey(
        tx,
        PasskeyRow(
            credential_id=made.credential_id,
            user_id=user.id,
            public_key=made.public_key,
            sign_count=made.sign_count,
            label=label,
            created_at=tx.at,
            last_used_at=None,
        ),
    )
    store.audit(tx, "passkey.register", by=user.id, subject=user.id)
    return user


def begin_sign_in(tx: Transaction, settings: Settings) -> PasskeyOptions:
    """Return the options to sign in. They name nobody: the phone knows whose passkey it holds."""
    challenge = secrets.token_bytes(32)
    options = generate_authentication_options(
        rp_id=_rp_id(settings),
        challenge=challenge,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    ceremony_id = _keep(tx, SIGN_IN, challenge, user_id=None, token_hash=None)
    return PasskeyOptions(ceremony=ceremony_id, options=options_to_json_dict(options))


def take_assertion(tx: Transaction, answer: PasskeyAnswer, *, address: str) -> Assertion:
    """End the ceremony and count the try, before it is judged."""
    address_try = sign_in.count_address(tx, address)
    ceremony = sessions.take_ceremony(tx, answer.ceremony, SIGN_IN)
    credential_id = _credential_id(answer.credential)
    return Assertion(ceremony, sessions.find_passkey(tx, credential_id), address_try)


def verify_sign_in(answer: PasskeyAnswer, assertion: Assertion, settings: Settings) -> int:
    """Return the passkey's new counter, or raise ``WrongCredentials``. Needs no transaction."""
    ceremony, passkey, _ = assertion
    if ceremony is None or passkey is None:
        raise sign_in.WrongCredentials("This passkey does not open anything here.")
    try:
        verified = verify_authentication_response(
            credential=answer.credential,
            expected_challenge=ceremony.challenge,
            expected_rp_id=_rp_id(settings),
            expected_origin=settings.public_url,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except Exception as error:  # whatever a stranger's bytes do to the parsers
        raise sign_in.WrongCredentials("This passkey does not open anything here.") from error
    return verified.new_sign_count


def finish_sign_in(tx: Transaction, assertion: Assertion, sign_count: int) -> UserRow:
    """Return whose passkey was verified, or raise ``WrongCredentials`` if it was voided since."""
    known = assertion.passkey
    passkey = None if known is None else sessions.find_passkey(tx, known.credential_id)
    user = None if passkey is None else store.find_user(tx, passkey.user_id)
    if passkey is None or user is None or user.state != "active":
        raise sign_in.WrongCredentials("This passkey does not open anything here.")
    sessions.use_passkey(tx, passkey.credential_id, sign_count)
    sessions.forget_try(tx, assertion.address_try)
    return user


def take_registration(tx: Transaction, answer: PasskeyAnswer) -> CeremonyRow:
    """End a registration's ceremony: an answer is taken once, and within five minutes."""
    ceremony = sessions.take_ceremony(tx, answer.ceremony, REGISTER)
    if ceremony is None:
        raise PasskeyRefused("This took too long. Please begin again.", code="ceremony_over")
    return ceremony


def _keep(
    tx: Transaction, kind: str, challenge: bytes, *, user_id: UUID | None, token_hash: bytes | None
) -> UUID:
    ceremony_id = new_id()
    sessions.add_ceremony(
        tx,
        CeremonyRow(
            id=ceremony_id,
            kind=kind,
            challenge=challenge,
            user_id=user_id,
            token_hash=token_hash,
            expires_at=tx.at + rules.CEREMONY_LIFE,
        ),
    )
    return ceremony_id


def _credential_id(credential: dict[str, Any]) -> bytes:
    try:
        return base64url_to_bytes(str(credential.get("rawId", "")))
    except ValueError:
        return b""


def _rp_id(settings: Settings) -> str:
    return urlsplit(settings.public_url).hostname or "localhost"
