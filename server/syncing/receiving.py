"""Takes requests apart. Only the envelope can be refused; of a mutation, everything is kept."""

import gzip
import hashlib
import json
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID, uuid5

import msgspec

from schemas.base import MutationId
from schemas.sync import MAX_BODY_BYTES, MAX_MUTATIONS, PROTO, Mut, SealedMut, SyncReq, VerifyReq
from server.problems import Invalid, Problem
from server.syncing.rules import CONFLICT_NAMESPACE, Item, Parked, Refused
from server.syncing.sealing import CannotOpen, open_sealed
from sync import upcast
from sync.normal import fault_of, normal
from sync.numbers import numbers_by_position
from sync.skew import Told
from sync.split import is_deeper, split

MAX_UNPACKED = 8 * MAX_BODY_BYTES
_REQUESTS = msgspec.json.Decoder(SyncReq, strict=True)
_VERIFICATIONS = msgspec.json.Decoder(VerifyReq, strict=True)
_MUTATIONS = msgspec.json.Decoder(Mut, strict=True)
_SEALED = msgspec.json.Decoder(SealedMut, strict=True)
_NUMBERS_END = 2**31
"""The first number that a column cannot hold."""
_DEEPEST = 50
"""Lists and objects within one another at most: whoever looks inside (a digest, a phone) can."""
_NESTED = frozenset({list, dict})
_TEXTS_ALONE = {str}
_FAULTS = {
    "nul": "It holds a NUL character, which no database can keep. Write it again without it.",
    "surrogate": "It holds half of a character (a broken emoji). Write it again without it.",
}


class TooLarge(Problem):
    """The phone halves the batch and tries again; nothing was changed."""

    status = 413
    code = "too_long"


class Readable(NamedTuple):
    """An item whose number and id are known only as far as it tells them."""

    raw: bytes
    n: int | None
    id: UUID | None
    mut: Mut | None = None
    """What it says, when all of it can be read."""


def unpack(body: bytes, encoding: str) -> bytes:
    """Return a body as it was before the phone packed it."""
    if len(body) > MAX_BODY_BYTES:
        raise TooLarge("The message is longer than 1 MiB.")
    coding = encoding.strip().lower()  # RFC 9110, 8.4.1: in whichever letters
    if coding in {"", "identity"}:
        return body
    if coding not in {"gzip", "x-gzip"}:
        raise Problem("Send the message as it is, or packed with gzip.", code="bad_encoding")
    try:
        with gzip.open(BytesIO(body)) as packed:
            plain = packed.read(MAX_UNPACKED + 1)
    except (OSError, EOFError, zlib.error):
        raise Invalid("The message is not valid gzip.", code="bad_gzip") from None
    if len(plain) > MAX_UNPACKED:
        raise TooLarge("The message is longer than 8 MiB when unpacked.")
    return plain


def envelope(body: bytes) -> SyncReq:
    """Return the request; its mutations stay raw, whatever they hold. Raises ``Invalid``."""
    try:
        request = _REQUESTS.decode(body)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        request = _mended(body, error)
    if request.proto != PROTO:
        raise Invalid(f"This server speaks version {PROTO} of the exchange.", code="bad_proto")
    if len(request.muts) + len(request.sealed) > MAX_MUTATIONS:
        raise TooLarge(f"Send at most {MAX_MUTATIONS} mutations at once.")
    if request.muts and request.sealed:
        raise Invalid("Send either muts or sealed, not both.", code="bad_envelope")
    return request


def verification(body: bytes) -> VerifyReq:
    """Return what a phone says it holds. Raises ``Invalid``."""
    try:
        asked = _VERIFICATIONS.decode(body)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise _misfit(error) from None
    if asked.proto != PROTO:
        raise Invalid(f"This server speaks version {PROTO} of the exchange.", code="bad_proto")
    return asked


def read_items(request: SyncReq) -> list[Readable]:
    """Return the mutations with their numbers and ids, as far as they can be read."""
    plain = [_whole(bytes(raw)) for raw in request.muts]
    return [*plain, *(_readable(bytes(raw)) for raw in request.sealed)]


def derived_id(device: UUID, raw: bytes) -> UUID:
    """Return the id of a mutation whose own cannot be read."""
    return uuid5(CONFLICT_NAMESPACE, f"{device}/{hashlib.sha256(raw).hexdigest()}")


def number(
    items: list[Readable], *, device: UUID, first: int, sent: Told | None = None
) -> list[Item]:
    """Return the items with a number and an id each; ``first``: where none tells its number."""
    numbers = numbers_by_position([item.n for item in items], first=first)
    return [
        Item(
            n=n,
            id=item.id or derived_id(device, item.raw),
            sha=b"" if item.mut is not None else hashlib.sha256(item.raw).digest(),
            body=item.raw,
            sent=sent,
            mut=item.mut,
        )
        for n, item in zip(numbers, items, strict=True)
    ]


def opened(item: Item, *, device: UUID, secrets_dir: Path) -> Item:
    """Return a sealed item with what was in it; parked when it cannot be opened."""
    try:
        letter = _SEALED.decode(item.body)
        plain = open_sealed(
            secrets_dir, device=device, mutation=letter.id, enc=letter.enc, ct=letter.ct
        )
    except (CannotOpen, msgspec.DecodeError, UnicodeError, RecursionError):
        return msgspec.structs.replace(item, fault=Parked("cannot_open"))
    return decoded(msgspec.structs.replace(item, body=plain))


def decoded(item: Item) -> Item:
    """Return an item with its mutation, or with what is wrong with it."""
    if is_deeper(item.body, _DEEPEST):
        sha = hashlib.sha256(item.body).digest()
        return msgspec.structs.replace(item, sha=sha, mut=None, fault=Parked("too_deep"))
    mut = item.mut
    try:
        if mut is None:
            mut = _MUTATIONS.decode(item.body)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return msgspec.structs.replace(item, fault=_fault_of_bytes(item.body))
    if (mut.n, mut.id) != (item.n, item.id):
        return msgspec.structs.replace(item, fault=Parked("number_differs"))
    return _judged(item, mut)


def _judged(item: Item, mut: Mut) -> Item:
    n, mut.n = mut.n, 1
    sha = hashlib.sha256(msgspec.json.encode(mut, order="deterministic")).digest()
    mut.n = n
    # Neither a NUL nor half a character gets past the decoder, unless it is spelled out.
    is_suspect = b"\\u" in item.body
    fault = is_suspect and (fault_of(mut.set) or fault_of([mut.op, mut.ent, mut.root, mut.at]))
    if fault:
        refusal = Refused(_FAULTS[fault], code=fault)
        return msgspec.structs.replace(item, mut=mut, sha=sha, fault=refusal)
    # Without accents and escapes there is nothing to compose, and no foreign line end.
    is_plain = item.body.isascii() and b"\\" not in item.body
    mut.set, mut.was = _normal(mut.set, is_plain=is_plain), _normal(mut.was, is_plain=is_plain)
    try:
        told = upcast.SHIPPED.upcast(mut)
    except upcast.UnknownSchema:
        return msgspec.structs.replace(item, mut=mut, sha=sha, fault=Parked("unknown_schema"))
    return Item(
        n=item.n,
        id=item.id,
        sha=sha,
        body=item.body,
        sent=item.sent,
        received_at=item.received_at,
        mut=told,
    )


def _normal(values: dict[str, Any], *, is_plain: bool) -> dict[str, Any]:
    if not is_plain:
        return normal(values)  # type: ignore[no-any-return]  # a dict gives a dict
    for name, value in values.items():
        if type(value) in _NESTED:
            is_list = type(value) is list
            values[name] = _plain_codes(value) if is_list else normal(value)  # pyright: ignore[reportUnknownArgumentType]  # JSON has no types
    return values


def _plain_codes(values: list[Any]) -> list[Any]:
    """Return what ``normal`` makes of plain codes, in a fifth of its time."""
    if set(map(type, values)) <= _TEXTS_ALONE:
        return sorted(set(values))
    return normal(values)  # type: ignore[no-any-return]  # a list gives a list


def _mended(body: bytes, error: Exception) -> SyncReq:
    """Decode an envelope that one of its own mutations made unreadable."""
    parts = split(body)
    if parts is None:
        raise _misfit(error)
    bare, lists = parts
    try:
        request = _REQUESTS.decode(bare)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as again:
        raise _misfit(again) from None
    request.muts = [msgspec.Raw(item) for item in lists.get("muts", [])]
    request.sealed = [msgspec.Raw(item) for item in lists.get("sealed", [])]
    return request


def _misfit(error: Exception) -> Invalid:
    what = str(error) if isinstance(error, msgspec.ValidationError) else "it is not valid JSON"
    return Invalid(f"The message does not fit: {what}.", code="bad_envelope")


def _whole(raw: bytes) -> Readable:
    """Read a mutation at once; only one that cannot be read is looked at twice."""
    try:
        mut = _MUTATIONS.decode(raw)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return _readable(raw)
    return Readable(raw, mut.n, mut.id, mut) if mut.n < _NUMBERS_END else _readable(raw)


def _readable(raw: bytes) -> Readable:
    try:
        told: Any = msgspec.json.decode(raw, type=_Label, strict=True)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return Readable(raw, None, None)
    n = told.n if isinstance(told.n, int) and 1 <= told.n < _NUMBERS_END else None
    return Readable(raw, n if not isinstance(told.n, bool) else None, _uuid(told.id))


class _Label(msgspec.Struct):
    n: Any = None
    id: Any = None


def _uuid(value: Any) -> MutationId | None:
    try:
        return MutationId(UUID(value)) if isinstance(value, str) else None
    except ValueError:
        return None


def _fault_of_bytes(body: bytes) -> Refused | Parked:
    """Name what is known to be wrong with text that no decoder takes; else park it."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return Parked("not_utf8")
    if "\\u" in text.lower() and _has_lone_surrogate(text):
        return Refused(_FAULTS["surrogate"], code="surrogate")
    return Parked("undecodable")


def _has_lone_surrogate(text: str) -> bool:
    try:  # the stdlib's decoder takes half characters, msgspec's does not
        return fault_of(json.loads(text)) == "surrogate"
    except (ValueError, RecursionError):
        return False


class Said(NamedTuple):
    """What can be read of a mutation, for showing it to its author."""

    op: str
    ent: str
    key: UUID
    set: dict[str, Any]


def legible(item: Item) -> Said:
    """Return what a mutation says, with a mark where a character was broken.

    Of one that is too deep to be looked into, only what it is about.
    """
    said = _legible(item)
    return said._replace(set={}) if is_deeper(item.body, _DEEPEST) else said


def _legible(item: Item) -> Said:
    if item.mut is not None:
        return Said(item.mut.op, item.mut.ent, item.mut.key, item.mut.set)
    try:
        told: Any = json.loads(item.body)
        mended: Any = json.loads(
            json.dumps(told, ensure_ascii=False).encode("utf-8", "replace").decode()
        )
        return Said(
            str(mended.get("op", "")),
            str(mended.get("ent", "")),
            UUID(str(mended.get("key"))),
            dict(mended.get("set", {})),
        )
    except (ValueError, TypeError, AttributeError, RecursionError):
        return Said("", "", item.id, {})
