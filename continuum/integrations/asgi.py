"""Who makes a change, as an ASGI application knows it: FastAPI, Starlette, Litestar, Quart."""

from __future__ import annotations

import inspect
import re
import uuid
from collections.abc import Awaitable
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import MutableMapping
from typing import Any

from continuum.integrations.addresses import TrustedProxies
from continuum.integrations.frames import LateFrame
from continuum.recording.context import entered

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]

# A client may send anything; what is longer or holds other characters is nobody's request id.
_REQUEST_ID = re.compile(r"[\w.:+/=@-]{1,200}", re.ASCII)


class ContextMiddleware:
    """A context (see :func:`continuum.context`) around each request and each web socket.

    The context is there in everything that the request runs: the endpoint, its dependencies, tasks
    that it starts, threads that the framework runs it in, its background tasks.  It sends nothing
    and begins no transaction.

    :param app: the application.
    :param actor: takes the ASGI scope and returns who makes the request, ``None`` for nobody.  A
        plain function is asked when a transaction first writes, so that it finds what dependencies
        and inner middleware have left in ``scope["user"]`` or ``scope["state"]``; it must not use
        the database.  An ``async`` function is awaited before the application is called.
    :param reason: takes the scope and returns why; asked as ``actor`` is.
    :param meta: takes the scope and returns what to add to ``meta``; asked when the request begins.
    :param trusted_proxies: addresses and networks of proxies whose ``X-Forwarded-For`` is believed;
        ``"unix"``: whoever comes through a socket in the file system.
    :param remote_addr: takes the scope and returns the address of the client, in the place of that.
    :param request_id_header: header that names the request, for ``meta["request_id"]``.  A request
        without one gets a new id; the response carries it.  ``None``: no id.
    :raises ImproperlyConfigured: a trusted proxy is no address.

    Queries: none.  Example::

        app.add_middleware(
            ContextMiddleware,
            actor=lambda scope: scope["state"].get("user_id"),
            trusted_proxies=["10.0.0.0/8"],
        )
    """

    def __init__(
        self,
        app: Any,
        *,
        actor: Callable[[Scope], Any] | None = None,
        reason: Callable[[Scope], Any] | None = None,
        meta: Callable[[Scope], Mapping[str, Any]] | None = None,
        trusted_proxies: Iterable[str] = (),
        remote_addr: Callable[[Scope], str | None] | None = None,
        request_id_header: str | None = "x-request-id",
    ) -> None:
        # Frameworks differ in how they type their scopes and messages.
        self.app: ASGIApp = app
        self._actor = actor
        self._reason = reason
        self._meta = meta
        self._proxies = TrustedProxies(trusted_proxies)
        self._remote_addr = remote_addr or self._address
        unasked = {"meta": meta, "remote_addr": remote_addr}
        self._unasked = frozenset(name for name, given in unasked.items() if given is None)
        self._header = None if request_id_header is None else request_id_header.lower().encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application inside the context."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        meta = dict(self._meta(scope)) if self._meta is not None else {}
        if self._header is not None:
            request_id = self._request_id(scope, self._header)
            meta["request_id"] = request_id
            send = _with_header(send, self._header, request_id.encode())
        frame = LateFrame(
            actor=await _question(self._actor, scope),
            reason=await _question(self._reason, scope),
            meta=meta,
            remote_addr=self._remote_addr(scope),
            unasked=self._unasked,
        )
        with entered(frame):
            await self.app(scope, receive, send)

    def _request_id(self, scope: Scope, header: bytes) -> str:
        for given in _headers(scope, header):
            if _REQUEST_ID.fullmatch(given):
                return given
        return uuid.uuid4().hex

    def _address(self, scope: Scope) -> str | None:
        client = scope.get("client")
        peer = client[0] if client else None
        return self._proxies.client(peer, _headers(scope, b"x-forwarded-for"))


async def _question(ask: Callable[[Scope], Any] | None, scope: Scope) -> Callable[[], Any]:
    """Return what to call for a value; what is awaited is awaited now."""
    if ask is None:
        return lambda: None
    if inspect.iscoroutinefunction(ask) or inspect.iscoroutinefunction(type(ask).__call__):
        answer = await ask(scope)
        return lambda: answer
    return lambda: ask(scope)


def _headers(scope: Scope, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in scope["headers"] if key.lower() == name]


def _with_header(send: Send, name: bytes, value: bytes) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] in ("http.response.start", "websocket.accept"):
            headers = [pair for pair in message.get("headers", ()) if pair[0].lower() != name]
            message = {**message, "headers": [*headers, (name, value)]}
        await send(message)

    return sending
