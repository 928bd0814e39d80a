"""The links that a transaction made and took away, found and put into words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.text import Text
from sqlalchemy import select
from sqlalchemy.orm import Session

from continuum.cli.output import NEW
from continuum.cli.output import OLD
from continuum.cli.output import exact
from continuum.cli.output import harmless
from continuum.cli.output import print_text
from continuum.mapping.journal import Journal
from continuum.operation import Operation
from continuum.reading.layout import layout_of
from continuum.schema.recorded import RecordedTable

_WORDS = {
    Operation.INSERT: "linked",
    Operation.UPDATE: "relinked",
    Operation.DELETE: "unlinked",
}
_STYLES = {"linked": NEW, "unlinked": OLD}


def link_tables(journal: Journal) -> list[RecordedTable]:
    """Return the association tables, which have versions that no class reads, by name."""
    read = {level for cls in journal.parents for level in layout_of(cls).levels}
    found = [recorded for recorded in journal.recorded.values() if recorded not in read]
    return sorted(found, key=lambda recorded: recorded.table.fullname)


def links_of(session: Session, journal: Journal, number: int) -> list[dict[str, Any]]:
    """Return what a transaction did to links, ordered by table and key.

    Queries: one for each association table.
    """
    found = []
    for recorded in link_tables(journal):
        width = len(recorded.key)
        further = [item for item in recorded.values if item.counts]
        names = [column.name for column in (*recorded.key, *(item.live for item in further))]
        statement = (
            select(
                recorded.operation_column,
                *recorded.version_key,
                *(item.version for item in further),
            )
            .where(recorded.transaction_column == number)
            .order_by(*recorded.version_key)
        )
        for operation, *stored in session.execute(statement):
            values = list(zip(names, stored, strict=True))
            found.append(
                {
                    "table": recorded.table.fullname,
                    "change": _WORDS[Operation(operation)],
                    "key": dict(values[:width]),
                    "values": dict(values[width:]),
                }
            )
    return found


def print_links(links: Sequence[dict[str, Any]], *, full: bool) -> None:
    """Print links as :func:`links_of` returns them, one a line."""
    for link in links:
        words = [link["change"], harmless(link["table"])]
        words += [
            f"{harmless(name)}={exact(value, full=full)}"
            for name, value in {**link["key"], **link["values"]}.items()
        ]
        print_text(Text(" ".join(words), _STYLES.get(link["change"], "")))
