"""Others write while a migration runs."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy.orm import mapped_column

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
                continue
            self.done += 1
        connection.close()


def articles(*columns: str) -> Any:
    def declare(base: Any) -> Any:
        return type(
            "Article",
            (base,),
            {
                "__tablename__": "article",
                "__versioned__": {},
                "__module__": __name__,
                "id": mapped_column(Integer, primary_key=True),
                "hits": mapped_column(Integer),
                **{column: mapped_column(String(50)) for column in columns},
            },
        )

    return declare


@pytest.mark.engines("postgresql", "mariadb", "mysql")
def test_no_change_goes_unrecorded_while_a_migration_runs(project: Project) -> None:
    project.release(articles("old"))
    project.migrate()
    project.run(*(f"INSERT INTO article (id, hits) VALUES ({row}, 0)" for row in (1, 2)))
    project.release(articles("new"))
    project.revise()
    writers = [Writer(project.database.engine(), row) for row in (1, 2)]
    for writer in writers:
        writer.start()
    try:
        project.upgrade()
        project.downgrade()
        project.upgrade()
    finally:
        for writer in writers:
            writer.stopped.set()
            writer.join()
    assert project.changes() == []
    for writer in writers:
        assert writer.done > 0
        assert project.rows(
            "SELECT count(*), max(hits) FROM article_version"
            f" WHERE operation_type = 1 AND id = {writer.row}"
        ) == [(writer.done, writer.done)]
