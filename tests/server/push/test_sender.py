"""The sender against a push service that misbehaves in every way."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver

from server.push.guard import BadEndpoint
from server.push.keys import check_keys, load_or_create
from server.push.message import VapidHeaders
from server.push.rules import Reply
from server.push.sender import Parcel, Sender
from tests.conftest import MONDAY
from tests.support.push_service import Browser, Names, PushService, drips_body, drips_headers, says


def _parcel(browser: Browser, endpoint: str, *, is_urgent: bool = True) -> Parcel:
    keys = check_keys(browser.p256dh, browser.auth)
    return Parcel(endpoint, keys, b"Presente", "topic-of-a-case", is_urgent)


def _sent(
    tmp_path: Path,
    story: Callable[[PushService, Sender], Awaitable[Reply]],
    *,
    resolver: Callable[[], AbstractResolver] = aiohttp.ThreadedResolver,
) -> tuple[Reply, PushService]:
    async def run() -> tuple[Reply, PushService]:
        vapid = VapidHeaders(load_or_create(tmp_path), contact="mailto:push@presente.example")
        async with (
            PushService() as service,
            Sender(vapid, test_origin=service.origin, deadline=0.5, resolver=resolver) as sender,
        ):
            return await story(service, sender), service

    return asyncio.run(run())


def test_a_message_arrives_sealed_and_with_its_headers(tmp_path: Path) -> None:
    browser = Browser()

    async def story(service: PushService, sender: Sender) -> Reply:
        return await sender.send(_parcel(browser, service.origin + "/push/1"), at=MONDAY)

    reply, service = _sent(tmp_path, story)

    assert reply == Reply(201)
    (got,) = service.received
    assert got.path == "/push/1"
    assert browser.open(got.body) == b"Presente"
    assert got.headers["Content-Encoding"] == "aes128gcm"
    assert got.headers["Content-Type"] == "application/octet-stream"
    assert got.headers["TTL"] == "86400"
    assert got.headers["Urgency"] == "high"
    assert got.headers["Topic"] == "topic-of-a-case"
    assert got.headers["Authorization"].startswith("vapid t=")


def test_what_can_wait_does_not_wake_a_sleeping_phone(tmp_path: Path) -> None:
    async def story(service: PushService, sender: Sender) -> Reply:
        parcel = _parcel(Browser(), service.origin + "/push/1", is_urgent=False)
        return await sender.send(parcel, at=MONDAY)

    _, service = _sent(tmp_path, story)

    assert service.received[0].headers["Urgency"] == "normal"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(tmp_path: Path, status: int) -> None:
    async def story(service: PushService, sender: Sender) -> Reply:
        url = service.answers("/push/1", says(status, Location=service.origin + "/inside"))
        return await sender.send(_parcel(Browser(), url), at=MONDAY)

    reply, service = _sent(tmp_path, story)

    assert reply.status == status
    assert [got.path for got in service.received] == ["/push/1"]


def test_an_answer_that_drips_is_cut_at_the_deadline(tmp_path: Path) -> None:
    async def story(service: PushService, sender: Sender) -> Reply:
        url = service.answers("/push/1", drips_headers(5))
        return await sender.send(_parcel(Browser(), url), at=MONDAY)

    began = time.monotonic()
    reply, _ = _sent(tmp_path, story)

    assert reply.status is None
    assert reply.fault
    assert time.monotonic() - began < 3


def test_a_text_that_drips_after_the_answer_costs_no_more_than_the_deadline(
    tmp_path: Path,
) -> None:
    async def story(service: PushService, sender: Sender) -> Reply:
        url = service.answers("/push/1", drips_body(201, 5))
        return await sender.send(_parcel(Browser(), url), at=MONDAY)

    began = time.monotonic()
    reply, _ = _sent(tmp_path, story)

    assert reply.status == 201
    assert time.monotonic() - began < 3


def test_a_text_without_end_is_not_read_to_its_end(tmp_path: Path) -> None:
    written = 0

    async def floods(request: web.Request) -> web.StreamResponse:
        nonlocal written
        response = web.StreamResponse(status=201)
        await response.prepare(request)
        for _ in range(2000):
            await response.write(b"x" * 100_000)
            written += 100_000
        return response

    async def story(service: PushService, sender: Sender) -> Reply:
        return await sender.send(_parcel(Browser(), service.answers("/p", floods)), at=MONDAY)

    reply, _ = _sent(tmp_path, story)

    assert reply.status == 201
    assert written < 20_000_000


def test_retry_after_is_handed_on(tmp_path: Path) -> None:
    async def story(service: PushService, sender: Sender) -> Reply:
        url = service.answers("/push/1", says(429, Retry_After="120"))
        return await sender.send(_parcel(Browser(), url), at=MONDAY)

    reply, _ = _sent(tmp_path, story)

    assert reply == Reply(429, "120")


def test_a_service_that_is_not_there_is_no_answer_and_no_crash(tmp_path: Path) -> None:
    async def story(service: PushService, sender: Sender) -> Reply:
        await service.close()
        return await sender.send(_parcel(Browser(), service.origin + "/push/1"), at=MONDAY)

    reply, _ = _sent(tmp_path, story)

    assert reply.status is None


def test_a_known_name_that_points_inside_is_never_connected_to(tmp_path: Path) -> None:
    async def story(service: PushService, sender: Sender) -> Reply:
        return await sender.send(_parcel(Browser(), "https://fcm.googleapis.com/x"), at=MONDAY)

    reply, service = _sent(tmp_path, story, resolver=lambda: Names("127.0.0.1"))

    assert reply.status is None
    assert service.received == []


@pytest.mark.parametrize("url", ["http://127.1/x", "https://2130706433/x", "https://10.0.0.1/x"])
def test_an_address_nobody_allowed_is_refused_before_anything_is_sent(
    tmp_path: Path, url: str
) -> None:
    async def story(service: PushService, sender: Sender) -> Reply:
        with pytest.raises(BadEndpoint):
            await sender.send(_parcel(Browser(), url), at=MONDAY)
        return Reply(None)

    _, service = _sent(tmp_path, story)

    assert service.received == []


def test_a_proxy_of_the_environment_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)

    async def story(service: PushService, sender: Sender) -> Reply:
        return await sender.send(_parcel(Browser(), service.origin + "/push/1"), at=MONDAY)

    reply, _ = _sent(tmp_path, story)

    assert reply.status == 201


def test_many_messages_share_a_few_connections(tmp_path: Path) -> None:
    peers: set[object] = set()

    async def notes_peer(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        peers.add(request.transport.get_extra_info("peername"))
        return web.Response(status=201)

    async def story(service: PushService, sender: Sender) -> Reply:
        url = service.answers("/push/1", notes_peer)
        for _ in range(20):
            await sender.send(_parcel(Browser(), url), at=MONDAY)
        return Reply(201)

    _sent(tmp_path, story)

    assert len(peers) == 1
