"""The ASGI middleware: who, from where, and nothing of one request in another."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import litestar
import litestar.middleware
import pytest
from fastapi import BackgroundTasks
from fastapi import Depends
from fastapi import FastAPI
from fastapi import Request
from starlette.middleware.base import BaseHTTPMiddleware

from continuum import ImproperlyConfigured
from continuum import context
from continuum.errors import InvalidContext
from continuum.integrations.addresses import TrustedProxies
from continuum.integrations.asgi import ContextMiddleware
from continuum.recording.context import current_frames
from suite._support import World
from suite._support import create_article

Serve = Callable[[Any], str]


def authenticate(request: Request) -> None:
    """What a framework runs in a thread of its own, before the endpoint."""
    request.state.user = request.headers.get("x-user")


def who(scope: Any) -> Any:
    return scope["state"].get("user")


class Meeting:
    """Lets a number of requests meet while each is in the middle of its work."""

    def __init__(self, size: int) -> None:
        self.barrier = threading.Barrier(size, timeout=30)

    def wait(self) -> None:
        self.barrier.wait()


def application(world: World, Article: Any, meeting: Meeting, **options: Any) -> FastAPI:
    app = FastAPI()
    app.add_middleware(ContextMiddleware, actor=who, **options)
    needs_user = [Depends(authenticate)]

    def save(key: int) -> None:
        with world.transaction() as session:
            session.add(Article(id=key, name=f"user {key}"))

    @app.post("/thread/{key}", dependencies=needs_user)
    def in_a_thread(key: int) -> None:
        meeting.wait()
        save(key)

    @app.post("/task/{key}", dependencies=needs_user)
    async def in_a_task(key: int) -> None:
        await asyncio.to_thread(meeting.wait)
        await asyncio.create_task(asyncio.to_thread(save, key))

    @app.post("/background/{key}", dependencies=needs_user)
    async def after_the_response(key: int, later: BackgroundTasks) -> None:
        await asyncio.to_thread(meeting.wait)
        later.add_task(save, key)

    return app


def written(world: World, Article: Any) -> dict[int, Any]:
    """Return the transaction of each row."""
    # Versions first: a background task may commit between the two reads.
    versions = world.versions(Article)
    transactions = {row.id: row for row in world.transactions()}
    return {v.key[0]: transactions[v.transaction] for v in versions}


async def post_all(url: str, paths: dict[int, str]) -> list[int]:
    """Post as a user of its own to each path, all at once."""
    async with httpx.AsyncClient(base_url=url, timeout=60) as client:
        requests = [
            client.post(path, headers={"x-user": f"user {key}", "x-request-id": f"request-{key}"})
            for key, path in paths.items()
        ]
        return [response.status_code for response in await asyncio.gather(*requests)]


@pytest.mark.recorders("triggers")
def test_concurrent_requests(world: World, serve: Serve) -> None:
    Article = create_article(world)
    kinds = ["thread", "task", "background"]
    # Those of one round are all in the middle of their work at the same time; those of the next
    # meet the threads that they have left.
    rounds, size = 3, 9
    app = application(world, Article, Meeting(size))
    url = serve(app)
    for turn in range(rounds):
        paths = {n: f"/{kinds[n % 3]}/{n}" for n in range(turn * size + 1, (turn + 1) * size + 1)}
        assert asyncio.run(post_all(url, paths)) == [200] * size
    found = written(world, Article)
    deadline = time.monotonic() + 30
    # Background tasks end after their response.
    while len(found) < rounds * size and time.monotonic() < deadline:
        time.sleep(0.02)
        found = written(world, Article)
    assert sorted(found) == list(range(1, rounds * size + 1))
    for key, transaction in found.items():
        assert transaction.actor == f"user {key}"
        assert transaction.meta == {"request_id": f"request-{key}"}
        assert transaction.remote_addr == "127.0.0.1"
    assert current_frames() == ()


async def call(app: Any, *, headers: dict[str, str] | None = None, **scope: Any) -> list[Any]:
    """Call an ASGI application as a server does and return what it sends."""
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    pairs = [(k.lower().encode(), v.encode()) for k, v in (headers or {}).items()]
    await app(
        {"type": "http", "headers": pairs, "client": ("192.0.2.1", 4711), "state": {}, **scope},
        receive,
        send,
    )
    return sent


def seen(frames: Any = None) -> dict[str, Any]:
    (frame,) = current_frames()
    return {
        "actor": frame.actor,
        "reason": frame.reason,
        "remote_addr": frame.remote_addr,
        "meta": dict(frame.meta),
    }


class Noting:
    """An application that notes the context that it is called in."""

    def __init__(self) -> None:
        self.noted: list[Any] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.noted.append(seen())
        await send({"type": "http.response.start", "status": 200, "headers": []})


def noted(headers: dict[str, str] | None = None, scope: Any = None, **options: Any) -> Any:
    app = Noting()
    asyncio.run(call(ContextMiddleware(app, **options), headers=headers, **(scope or {})))
    return app.noted[0]


def test_nothing_is_known_of_a_plain_request() -> None:
    found = noted(request_id_header=None)
    assert found == {"actor": None, "reason": None, "remote_addr": "192.0.2.1", "meta": {}}


def test_functions_that_are_awaited() -> None:
    async def actor(scope: Any) -> str:
        await asyncio.sleep(0)
        return f"from {scope['client'][0]}"

    class Reason:
        async def __call__(self, scope: Any) -> str:
            return "because"

    found = noted(actor=actor, reason=Reason(), meta=lambda scope: {"a": 1})
    assert (found["actor"], found["reason"], found["meta"]["a"]) == ("from 192.0.2.1", "because", 1)


def test_the_address_from_a_function() -> None:
    assert noted(remote_addr=lambda scope: "::1")["remote_addr"] == "::1"


def test_the_name_of_a_request_is_passed_on_or_made() -> None:
    assert noted({"X-Request-Id": "abc-1"})["meta"] == {"request_id": "abc-1"}
    hostile = ["", "x" * 201, "a b", "a\x00b", '"}', "\xfc"]
    made = {noted({"X-Request-Id": value})["meta"]["request_id"] for value in hostile}
    assert len(made) == len(hostile)
    assert not made & set(hostile)


def test_the_response_names_the_request() -> None:
    app = Noting()
    (start,) = asyncio.run(call(ContextMiddleware(app, request_id_header="X-Trace")))
    assert start["headers"] == [(b"x-trace", app.noted[0]["meta"]["request_id"].encode())]


def test_other_scopes_have_no_context() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        assert current_frames() == ()
        await send("done")

    assert asyncio.run(call(ContextMiddleware(app), type="lifespan")) == ["done"]


def test_a_web_socket_has_one_context_for_its_life() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "websocket.accept", "headers": [(b"X-Request-Id", b"8"), (b"a", b"b")]})
        await send({"type": "websocket.send", "text": seen()["actor"]})

    accepted, sent = asyncio.run(
        call(
            ContextMiddleware(app, actor=lambda scope: "ada"),
            headers={"X-Request-Id": "7"},
            type="websocket",
        )
    )
    # It has one id, whatever the application says.
    headers = [(b"a", b"b"), (b"x-request-id", b"7")]
    assert accepted == {"type": "websocket.accept", "headers": headers}
    assert sent == {"type": "websocket.send", "text": "ada"}


def test_a_request_that_fails_leaves_nothing_behind() -> None:
    async def fail(scope: Any, receive: Any, send: Any) -> None:
        raise ZeroDivisionError

    async def requests() -> tuple[Any, ...]:
        with pytest.raises(ZeroDivisionError):
            await call(ContextMiddleware(fail))
        return current_frames()

    assert asyncio.run(requests()) == ()


def test_inside_of_a_middleware_that_starts_tasks(serve: Serve) -> None:
    async def passing(request: Any, call_next: Any) -> Any:
        return await call_next(request)

    app = FastAPI()
    app.add_middleware(BaseHTTPMiddleware, dispatch=passing)
    app.add_middleware(ContextMiddleware, actor=lambda scope: scope["path"])
    app.add_middleware(BaseHTTPMiddleware, dispatch=passing)

    @app.get("/plain")
    def plain() -> Any:
        return seen()["actor"]

    assert httpx.get(f"{serve(app)}/plain").json() == "/plain"


def test_an_inner_context_wins(world: World) -> None:
    Article = create_article(world)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        with context(actor="job", meta={"step": 1}), world.transaction() as session:
            session.add(Article(id=1))

    asyncio.run(call(ContextMiddleware(app, actor=lambda scope: "user", meta=lambda _: {"a": 1})))
    (row,) = world.transactions()
    assert (row.actor, row.meta["a"], row.meta["step"]) == ("job", 1, 1)


def test_each_transaction_asks_who_it_is(world: World) -> None:
    Article = create_article(world)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        for key, user in enumerate(["nobody", "ada"], start=1):
            scope["state"]["user"] = user
            with world.transaction() as session:
                session.add(Article(id=key))

    asyncio.run(call(ContextMiddleware(app, actor=who)))
    assert [row.actor for row in world.transactions()] == ["nobody", "ada"]


def test_a_question_that_fails_stops_the_write(world: World) -> None:
    Article = create_article(world)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        with pytest.raises(KeyError, match="user"), world.transaction() as session:
            session.add(Article(id=1))

    asyncio.run(call(ContextMiddleware(app, actor=lambda scope: scope["state"]["user"])))
    assert world.live(Article) == {}


def test_a_reason_that_is_no_text(world: World) -> None:
    Article = create_article(world)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        with pytest.raises(InvalidContext, match="reason=5"), world.transaction() as session:
            session.add(Article(id=1))

    asyncio.run(call(ContextMiddleware(app, reason=lambda scope: 5)))
    assert world.live(Article) == {}


def test_litestar(world: World, serve: Serve) -> None:
    Article = create_article(world)

    def save(key: int) -> None:
        with world.transaction() as session:
            session.add(Article(id=key))

    def in_a_thread(request: litestar.Request[Any, Any, Any]) -> None:
        request.state.user = "ada"
        save(1)

    async def in_a_task(request: litestar.Request[Any, Any, Any]) -> None:
        request.state.user = "grace"
        save(2)

    app = litestar.Litestar(
        [
            litestar.get("/thread", sync_to_thread=True)(in_a_thread),
            litestar.get("/task")(in_a_task),
        ],
        middleware=[litestar.middleware.DefineMiddleware(ContextMiddleware, actor=who)],
        openapi_config=None,
    )
    url = serve(app)
    for path in ("thread", "task"):
        assert httpx.get(f"{url}/{path}", headers={"x-request-id": path}).status_code == 200
    rows = world.transactions()
    assert [row.actor for row in rows] == ["ada", "grace"]
    assert [row.meta["request_id"] for row in rows] == ["thread", "task"]


PROXIES = ["10.0.0.0/8", "2001:db8::/64", "192.0.2.9"]


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        # Nobody who is not trusted is believed.
        ("192.0.2.1", ["198.51.100.7"], "192.0.2.1"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.7"], "198.51.100.7"),
        # The client says whatever it likes before the first proxy adds to it.
        ("10.0.0.1", ["127.0.0.1, 198.51.100.7"], "198.51.100.7"),
        ("10.0.0.1", ["127.0.0.1", "198.51.100.7, 10.1.1.1"], "198.51.100.7"),
        ("10.0.0.1", ["10.2.2.2, 192.0.2.9"], "10.2.2.2"),
        # Addresses with ports, in brackets, of both families.
        ("10.0.0.1", ["198.51.100.7:4711"], "198.51.100.7"),
        ("2001:db8::1", ["[2001:db8:1::7]:4711"], "2001:db8:1::7"),
        ("2001:db8::1", ["2001:db8:1::7"], "2001:db8:1::7"),
        ("::ffff:10.0.0.1", ["::ffff:198.51.100.7"], "198.51.100.7"),
        # What a proxy does not know nobody before it can tell.
        ("10.0.0.1", ["198.51.100.7, unknown"], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.7, , 10.0.0.2"], "10.0.0.2"),
        ("10.0.0.1", ["'; DROP TABLE article; --"], "10.0.0.1"),
        # No address at all.
        ("testclient", ["198.51.100.7"], "testclient"),
        (None, ["198.51.100.7"], None),
    ],
)
def test_addresses(peer: str | None, forwarded: list[str], address: str | None) -> None:
    assert TrustedProxies(PROXIES).client(peer, forwarded) == address


def test_addresses_behind_a_socket_in_the_file_system() -> None:
    trusting = TrustedProxies(["unix"])
    for peer in (None, ""):
        assert trusting.client(peer, ["127.0.0.1, 198.51.100.7"]) == "198.51.100.7"
        assert trusting.client(peer, []) is None
    scope = {"client": None}
    headers = {"X-Forwarded-For": "::1"}
    assert noted(headers, scope, trusted_proxies=["unix"])["remote_addr"] == "::1"
    assert noted(headers, scope)["remote_addr"] is None


def test_proxies_that_are_no_addresses() -> None:
    with pytest.raises(ImproperlyConfigured, match="'nginx'"):
        ContextMiddleware(Noting(), trusted_proxies=["nginx"])
    with pytest.raises(ImproperlyConfigured, match="not a list"):
        ContextMiddleware(Noting(), trusted_proxies="10.0.0.1")


def test_threads_of_the_application_itself() -> None:
    """A thread gets a context only where it is run in one; a pool's threads keep nothing."""
    app = Noting()

    async def submit(scope: Any, receive: Any, send: Any) -> None:
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(current_frames).result() == ()
        await app(scope, receive, send)

    asyncio.run(call(ContextMiddleware(submit, actor=lambda scope: "ada")))
    assert app.noted[0]["actor"] == "ada"
