"""The application: ``uvicorn teahouse.main:app``."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from continuum.errors import RevertError
from continuum.errors import UndoConflict
from continuum.integrations.asgi import ContextMiddleware
from fastapi import Depends
from fastapi import FastAPI
from fastapi import Request
from fastapi.responses import JSONResponse

from teahouse import changes
from teahouse import orders
from teahouse import products
from teahouse.database import engine
from teahouse.dependencies import authenticate


def actor(scope: Any) -> int | None:
    """Return the user who makes a request; asked when it first writes."""
    user_id: int | None = scope.get("state", {}).get("user_id")
    return user_id


def reason(scope: Any) -> str:
    """Return why somebody changes something: what the client says, or what it calls."""
    given = [value for name, value in scope["headers"] if name == b"x-reason"]
    return given[0].decode("latin-1") if given else f"{scope['method']} {scope['path']}"


def not_possible(_: Request, error: Exception) -> JSONResponse:
    """Answer that later changes stand in the way."""
    conflicts = [str(each) for each in getattr(error, "conflicts", ())]
    return JSONResponse({"detail": str(error), "conflicts": conflicts}, 409)


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    """Close the connections at the end."""
    yield
    await engine.dispose()


app = FastAPI(title="Teahouse", lifespan=lifespan, dependencies=[Depends(authenticate)])
# Behind a proxy name it in trusted_proxies, so that history has the address of the client.
app.add_middleware(ContextMiddleware, actor=actor, reason=reason)
app.add_exception_handler(UndoConflict, not_possible)
app.add_exception_handler(RevertError, not_possible)
app.include_router(products.router)
app.include_router(orders.router)
app.include_router(changes.router)
