"""What endpoints ask for: a session, somebody of the staff, a point in history."""

from __future__ import annotations

from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Annotated
from typing import Any

from fastapi import Depends
from fastapi import HTTPException
from fastapi import Request
from fastapi import status
from fastapi.security import HTTPAuthorizationCredentials
from fastapi.security import HTTPBearer
from pydantic import AwareDatetime
from pydantic import Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from teahouse.database import new_session
from teahouse.models import User

Point = Annotated[int | AwareDatetime, Field(union_mode="left_to_right")]
"""The id of a transaction, or a moment."""


async def open_session() -> AsyncIterator[AsyncSession]:
    """Give a session to one request."""
    async with new_session() as session:
        yield session


Database = Annotated[AsyncSession, Depends(open_session)]


async def authenticate(
    request: Request,
    session: Database,
    credentials: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())],
) -> int:
    """Find out who makes a request; history learns it from ``request.state`` (see main.py)."""
    token_hash = sha256(credentials.credentials.encode()).hexdigest()
    user_id = await session.scalar(select(User.id).where(User.token_hash == token_hash))
    if user_id is None:
        raise HTTPException(status.HTTP_401_UNAUTHORIZED, "this token is nobody's")
    request.state.user_id = user_id
    return user_id


def found(thing: Any, what: str) -> Any:
    """Return what was looked for, or answer that it is not there."""
    if thing is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"there is no {what}")
    return thing
