"""Endpoints that show the history of one object, and take it back; the same for all models."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from continuum import blame
from continuum import diff
from continuum import version_class
from continuum.integrations import aio
from continuum.integrations.aio import awaitable
from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from teahouse.dependencies import Database
from teahouse.dependencies import Point
from teahouse.dependencies import found
from teahouse.schemas import BlameOut
from teahouse.schemas import Change
from teahouse.schemas import Outcome
from teahouse.schemas import VersionOut


def change(transaction: Any | None) -> dict[str, Any]:
    """Describe a transaction whose user has been loaded.

    How rows were found that are older than their history is nobody's doing.
    """
    if transaction is None:
        return {}
    return {
        "transaction": transaction.id,
        "at": transaction.issued_at,
        "who": transaction.user.name if transaction.user else transaction.actor,
        "why": transaction.reason,
        "request_id": (transaction.meta or {}).get("request_id"),
    }


async def versions_of(
    session: AsyncSession, model: type[Any], key: Any, limit: int | None = None
) -> list[tuple[Any, dict[str, Any]]]:
    """Return the versions of an object, the newest first, each with what it changed.

    Three queries, however many there are.
    """
    cls = version_class(model)
    transaction = joinedload(cls.transaction).joinedload(
        cls.transaction.property.entity.class_.user
    )
    statement = cls.select_all(key).options(transaction).limit(limit)
    versions = (await session.scalars(statement)).all()
    changesets = await aio.changesets(session, versions)
    return list(zip(versions, changesets, strict=True))


async def version_at(session: AsyncSession, model: type[Any], key: Any, at: Point) -> Any:
    """Return the version of an object that was in force at a point."""
    version = await session.scalar(version_class(model).select_at(key, at))
    return found(version, f"{model.__name__} {key} at {at}")


def blamed(thing: Any) -> dict[str, BlameOut]:
    """Describe where the values of an object come from."""
    return {
        name: BlameOut(
            value=each.value,
            before=each.before,
            # What is older than all that has been pruned is nobody's.
            since=None if each.transaction is None else Change(**change(each.transaction)),
        )
        for name, each in blame(thing).items()
    }


def history_router(model: type[Any], relations: Sequence[str]) -> APIRouter:
    """Return the endpoints for a model.

    :param model: a versioned class with one key column.
    :param relations: what belongs to an object and goes back with it.
    """
    router = APIRouter()
    name = model.__name__

    @router.get("/{key}/history")
    async def history(session: Database, key: int, limit: int = 20) -> list[VersionOut]:
        """Tell what happened to an object, the newest first."""
        return [
            VersionOut(
                operation=version.operation_type.name.lower(),
                changes=changes,
                **change(version.transaction),
            )
            for version, changes in await versions_of(session, model, key, limit)
        ]

    @router.get("/{key}/diff")
    async def difference(
        session: Database, key: int, old: Point, new: Point
    ) -> dict[str, tuple[Any, Any]]:
        """Tell what differs between two points in the history of an object."""
        states = [await version_at(session, model, key, point) for point in (old, new)]
        differences = await awaitable(diff, session)(*states)
        return {each.name: (each.old, each.new) for each in differences.values()}

    @router.get("/{key}/blame")
    async def blame_(session: Database, key: int) -> dict[str, BlameOut]:
        """Tell for each attribute who gave it its value, when and why."""
        thing = found(await session.get(model, key), f"{name} {key}")
        return await session.run_sync(lambda _: blamed(thing))

    @router.post("/{key}/revert")
    async def revert(session: Database, key: int, to: Point, dry_run: bool = False) -> Outcome:
        """Make an object what it was at a point, with all that belongs to it."""
        plan = await aio.restore(session, model, key, to, relations, dry_run=True)
        if not dry_run:
            await awaitable(plan, session).apply()
            await session.commit()
        return Outcome(done=not dry_run, plan=str(plan).split("\n"), conflicts=[])

    return router
