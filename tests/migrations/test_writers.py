"""Others write while a migration runs."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from sqlalchemy import BigInteger
from sqlalchemy import Engine
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy.orm import mapped_column

from continuum import verify
from migrations._support import Project


class Writer(threading.Thread):
    """Changes a row again and again, and counts how often that succeeded."""

    def __init__(self, engine: Engine, row: int) -> None:
        super().__init__()
        self.engine = engine
        self.row = row
        self.done = 0
        self.refused: list[BaseException] = []
        self.stopped = threading.Event()

    def run(self) -> None:
        # Through the driver alone, as the release before does: it knows nothing of the models.
        connection = self.engine.raw_connection()
        cursor = connection.cursor()
        while not self.stopped.is_set():
            try:
                cursor.execute("UPDATE article SET hits = hits + 1 WHERE id = %s", (self.row,))
                connection.commit()
            except self.engine.dialect.loaded_dbapi.Error as error:
                # Refused, so there is nothing to be recorded.
                self.refused.append(error)
                connection.rollback()
                time.sleep(0.002)
                continue
            self.done += 1
        connection.close()


def articles(
    *columns: str, table: str = "article", hits: Any = Integer, versioned: bool = True
) -> Any:
    def declare(base: Any) -> Any:
        return type(
            "Article",
            (base,),
            {
                "__tablename__": table,
                **({"__versioned__": {}} if versioned else {}),
                "__module__": __name__,
                "id": mapped_column(Integer, primary_key=True),
                "hits": mapped_column(hits),
                **{column: mapped_column(String(50), server_default="x") for column in columns},
            },
        )

    return declare


def others_go_on(writers: list[Writer], *, refused: bool = False) -> None:
    """Wait until each writer has written, or has been refused, once more."""

    def counts() -> list[int]:
        return [len(item.refused) if refused else item.done for item in writers]

    before = counts()
    deadline = time.monotonic() + 30
    while any(now == then for now, then in zip(counts(), before, strict=True)):
        assert time.monotonic() < deadline, [item.refused[-1:] for item in writers]
        time.sleep(0.01)


@pytest.mark.engines("postgresql", "mariadb", "mysql")
def test_no_change_goes_unrecorded_while_migrations_run(project: Project) -> None:
    project.release(articles("old"))
    project.migrate()
    project.run(*(f"INSERT INTO article (id, hits) VALUES ({row}, 0)" for row in (1, 2)))
    project.release(articles("new", hits=BigInteger))
    before = project.definitions()["article"]
    project.revise()
    project.release(articles("new", table="post", hits=BigInteger))
    after = project.definitions()["post"]
    project.write(
        f"op.rename_versioned_table({before!r}, {after!r})",
        f"op.rename_versioned_table({after!r}, {before!r})",
    )
    writers = [Writer(project.database.engine(), row) for row in (1, 2)]
    for writer in writers:
        writer.start()
    try:
        others_go_on(writers)
        for step in ("0002", "-0001", "0002", "0003", "-0002"):
            (project.downgrade if step.startswith("-") else project.upgrade)(step.strip("-"))
            # Nobody finds the table while it has another name.
            others_go_on(writers, refused=step == "0003")
    finally:
        for writer in writers:
            writer.stopped.set()
            writer.join()
    project.release(articles("new", hits=BigInteger))
    assert project.changes() == []
    for writer in writers:
        assert project.rows(
            "SELECT count(*), max(hits) FROM article_version"
            f" WHERE operation_type = 1 AND id = {writer.row}"
        ) == [(writer.done, writer.done)]


@pytest.mark.engines("postgresql", "mariadb", "mysql")
def test_history_begins_beside_writers_without_a_gap(project: Project) -> None:
    project.release(articles(versioned=False))
    project.migrate()
    project.run(*(f"INSERT INTO article (id, hits) VALUES ({row}, 0)" for row in range(1, 21)))
    world = project.release(articles())
    source = project.revise()
    path = next(project.folder.glob("versions/0002_*.py"))
    create = "    op.create_version_triggers(versioned_article)\n"
    assert source.count(create) == 1
    backfill = "    op.backfill_versions(versioned_article)\n"
    path.write_text(source.replace(create, create + backfill))
    writers = [Writer(project.database.engine(), row) for row in (1, 2)]
    for writer in writers:
        writer.start()
    try:
        others_go_on(writers)
        project.upgrade()
        others_go_on(writers)
    finally:
        for writer in writers:
            writer.stopped.set()
            writer.join()
    report = verify(project.engine, manager=world.manager)
    assert not report.findings, str(report)
    # From the first version on each change is there.
    for writer in writers:
        history = f"FROM article_version WHERE id = {writer.row}"
        [(first, last, versions)] = project.rows(f"SELECT min(hits), max(hits), count(*) {history}")
        assert (last, versions) == (writer.done, last - first + 1)
    assert project.rows("SELECT count(DISTINCT id) FROM article_version") == [(20,)]
