"""Everything that happened, transaction by transaction."""

from __future__ import annotations

from typing import Any

from continuum import transaction_class
from continuum.integrations import aio
from continuum.integrations.aio import awaitable
from fastapi import APIRouter
from sqlalchemy import inspect
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from teahouse.dependencies import Database
from teahouse.dependencies import found
from teahouse.history import change
from teahouse.models import Product
from teahouse.schemas import Change
from teahouse.schemas import ChangeOut
from teahouse.schemas import Outcome

router = APIRouter(prefix="/changes", tags=["changes"])
Transaction: Any = transaction_class(Product)


@router.get("")
async def list_changes(
    session: Database, limit: int = 20, before: int | None = None
) -> list[Change]:
    """List transactions, the newest first."""
    statement = (
        select(Transaction)
        .options(joinedload(Transaction.user))
        .order_by(Transaction.id.desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(Transaction.id < before)
    return [Change(**change(each)) for each in await session.scalars(statement)]


@router.get("/{key}")
async def show_change(session: Database, key: int) -> ChangeOut:
    """Show everything that a transaction changed."""
    options = [joinedload(Transaction.user)]
    transaction = found(await session.get(Transaction, key, options=options), f"change {key}")
    versions = await awaitable(transaction).changes()
    changesets = await aio.changesets(session, versions)
    rows = [
        {
            "object": type(version).__name__.removesuffix("Version"),
            "key": inspect(version).identity[0],
            "operation": version.operation_type.name.lower(),
            "changes": changes,
        }
        for version, changes in zip(versions, changesets, strict=True)
    ]
    return ChangeOut(rows=rows, **change(transaction))


@router.post("/{key}/undo")
async def undo_change(session: Database, key: int, dry_run: bool = False) -> Outcome:
    """Take back everything that a transaction did, unless later ones stand in the way."""
    found(await session.get(Transaction, key), f"change {key}")
    plan = await aio.undo(session, key, dry_run=True)
    conflicts = [str(conflict) for conflict in plan.conflicts]
    outcome = Outcome(done=not dry_run, plan=str(plan).split("\n"), conflicts=conflicts)
    if not dry_run:
        await awaitable(plan, session).apply()
        await session.commit()
    return outcome
