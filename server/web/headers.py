"""Headers on every answer, also on refusals and faults (pwa.md 3, trust.md 5)."""

from collections.abc import Awaitable, Callable

from litestar.types import Message, Scope

from server.web.inject import AnyRequest

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types svelte-trusted-html presente-sw",
    )
)

_ALWAYS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), display-capture=(), geolocation=(), microphone=(), "
    "payment=(), usb=(), publickey-credentials-get=(self), publickey-credentials-create=(self)",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
_NEVER_STORED = ("/api/", "/sync/")
_CACHE = b"cache-control"
_NO_STORE = (_CACHE, b"no-store")


def hook(*, is_https: bool) -> Callable[[Message, Scope], Awaitable[None]]:
    """Return the ``before_send`` hook. ``is_https``: people reach this server by https."""
    always = _ALWAYS | ({"strict-transport-security": "max-age=31536000"} if is_https else {})
    added = [(name.encode(), value.encode()) for name, value in always.items()]
    replaced = frozenset(name for name, _ in added)

    async def add_headers(message: Message, scope: Scope) -> None:
        if message["type"] != "http.response.start":
            return
        own = [pair for pair in message["headers"] if pair[0].lower() not in replaced]
        if scope["path"].startswith(_NEVER_STORED):
            own = [pair for pair in own if pair[0].lower() != _CACHE]
        is_told = any(pair[0].lower() == _CACHE for pair in own)
        message["headers"] = [*own, *added] if is_told else [*own, *added, _NO_STORE]

    return add_headers


def takes_gzip(request: AnyRequest) -> bool:
    """Tell whether the caller unpacks gzip."""
    wanted = request.headers.get("accept-encoding", "").replace(" ", "").lower()
    for part in wanted.split(","):
        coding, _, quality = part.partition(";q=")
        if coding in {"gzip", "*"}:
            return not quality or quality.strip("0.") != ""
    return False
