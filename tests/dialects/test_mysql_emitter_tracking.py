"""Columns that only version tables have, filled by triggers on MariaDB and MySQL."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import BigInteger
from sqlalchemy import Boolean
from sqlalchemy import Column
from sqlalchemy import Engine
from sqlalchemy import Integer
from sqlalchemy import SmallInteger
from sqlalchemy import String
from sqlalchemy import Table
from sqlalchemy import case
from sqlalchemy import func
from sqlalchemy import literal
from sqlalchemy import select
from sqlalchemy.dialects.mysql import DATETIME

from continuum.dialects.expressions import RowExpression
from continuum.dialects.expressions import RowImage
from continuum.dialects.mysql import EMITTER
from continuum.dialects.spec import ChangesSpec
from continuum.dialects.spec import ExtraColumn
from continuum.dialects.spec import MaskSpec
from continuum.dialects.spec import SideTable
from continuum.dialects.spec import TableName
from continuum.dialects.spec import TriggerSpec
from model import history as rule
from mysql_hierarchy import Hierarchy
from mysql_support import Lab
from mysql_support import Recorded
from mysql_support import execute
from mysql_support import new_token

pytestmark = pytest.mark.engines("mariadb", "mysql")

INSERT, UPDATE, DELETE = rule.INSERT, rule.UPDATE, rule.DELETE

NEW = RowImage("new", {"id": Column("id", Integer), "name": Column("name", String(50))})
EVERYTHING = {"name", "hits"}


@pytest.fixture
def lab(engine: Engine) -> Lab:
    return Lab.on(engine)


def tracked(lab: Lab, flags: str, *, ends: bool = True, **options: Any) -> Recorded:
    """Record articles, and what has changed in each version."""
    article = lab.record(
        install=False, end_column="end_transaction_id" if ends else None, **options
    )
    schema, spec = lab.log.table.schema, article.spec
    statements = []
    if flags == "mask":
        catalog = Table(
            "transaction_mask",
            lab.metadata,
            Column("version_table", String(190), primary_key=True),
            Column("column_name", String(190), primary_key=True),
            Column("position", SmallInteger, nullable=False),
            schema=schema,
        )
        catalog.create(lab.engine)
        with lab.engine.begin() as connection:
            connection.execute(
                catalog.insert(),
                [
                    {"version_table": table, "column_name": name, "position": position}
                    for table, name, position in (
                        ("article_version", "name", 5),
                        ("article_version", "hits", 62),
                        ("other_version", "name", 7),
                    )
                ],
            )
        article.spec = replace(spec, mask=MaskSpec("mask", TableName("transaction_mask", schema)))
        statements.append("ADD COLUMN mask BIGINT NOT NULL DEFAULT 0")
    else:
        columns = tuple(
            replace(column, flag=f"{column.name} `mod`") if column.name != "id" else column
            for column in spec.columns
        )
        article.spec = replace(spec, columns=columns)
        statements += [
            f"ADD COLUMN `{column.name} ``mod``` BOOL NOT NULL DEFAULT 0"
            for column in article.spec.value_columns
        ]
    with lab.engine.begin() as connection:
        execute(connection, f"ALTER TABLE article_version {', '.join(statements)}")
    lab.install()
    return article


def changed(article: Recorded) -> list[set[str]]:
    """Return the columns that each version says to have changed."""
    with article.lab.engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT * FROM article_version ORDER BY id, transaction_id"
        ).mappings()
        if article.spec.mask is not None:
            positions = {"name": 5, "hits": 62}
            return [{n for n, bit in positions.items() if row["mask"] >> bit & 1} for row in rows]
        return [{name for name in EVERYTHING if row[f"{name} `mod`"]} for row in rows]


@pytest.mark.parametrize("ends", [True, False])
@pytest.mark.parametrize("flags", ["columns", "mask"])
def test_flags(lab: Lab, flags: str, ends: bool) -> None:
    article = tracked(lab, flags, ends=ends)
    article.run("INSERT INTO article VALUES (1, 'a', 1)")
    article.run("UPDATE article SET name = 'A'")
    article.run("UPDATE article SET name = 'b', hits = 2", "UPDATE article SET name = 'A'")
    article.run("UPDATE article SET hits = NULL", "DELETE FROM article")
    article.run("INSERT INTO article VALUES (1, 'A', 1)")
    article.run("DELETE FROM article")
    assert changed(article) == [EVERYTHING, {"name"}, {"hits"}, {"hits"}, EVERYTHING, set()]


@pytest.mark.parametrize("flags", ["columns", "mask"])
def test_flags_of_deletes_without_values(lab: Lab, flags: str) -> None:
    article = tracked(lab, flags, null_delete=True)
    article.run("INSERT INTO article VALUES (1, 'a', NULL)")
    article.run("DELETE FROM article")
    assert changed(article) == [EVERYTHING, {"name"}]


@pytest.mark.parametrize("ends", [True, False])
def test_flags_of_rows_older_than_their_history(lab: Lab, ends: bool) -> None:
    article = tracked(lab, "columns", ends=ends)
    with lab.engine.begin() as connection:
        server = EMITTER.server(connection, lab.log)
        execute(connection, *EMITTER.drop(article.spec, server))
        execute(connection, "INSERT INTO article VALUES (1, 'a', 1)")
    lab.install()
    article.run("UPDATE article SET name = 'b'")
    assert changed(article) == [EVERYTHING, {"name"}]


def test_flags_are_right_when_the_snapshot_is_old(lab: Lab) -> None:
    article = tracked(lab, "columns", ends=False)
    article.run("INSERT INTO article VALUES (1, 'a', 1)")
    with lab.unit() as old:
        assert len(old.exec_driver_sql("SELECT * FROM article_version").all()) == 1
        article.run("UPDATE article SET name = 'b'")
        execute(old, "UPDATE article SET name = 'c', hits = 1", "UPDATE article SET hits = 2")
    assert changed(article) == [EVERYTHING, {"name"}, EVERYTHING]


def test_flags_stay_when_ids_are_renumbered(lab: Lab) -> None:
    article = tracked(lab, "columns")
    article.run("INSERT INTO article VALUES (1, 'a', 1), (2, 'a', 1)")
    with lab.engine.connect() as one:
        EMITTER.enter_unit(one, lab.log, new_token(), None)
        execute(one, "UPDATE article SET name = 'b' WHERE id = 2")
        article.run("UPDATE article SET hits = 2 WHERE id = 1")
        execute(one, "UPDATE article SET name = 'c' WHERE id = 1")
        one.commit()
    article.verify()
    assert changed(article) == [EVERYTHING, {"hits"}, {"name"}, EVERYTHING, {"name"}]


def test_installed_and_dropped(lab: Lab) -> None:
    article = tracked(lab, "columns")
    plain = replace(
        article.spec, columns=tuple(replace(column, flag=None) for column in article.spec.columns)
    )

    def installed() -> dict[str, str | None]:
        with lab.engine.connect() as connection:
            found = EMITTER.installed(connection, lab.log, [article.spec.table.schema])
        return {item.name: item.fingerprint for item in found if item.table == article.spec.table}

    expected = EMITTER.expected(article.spec, lab.server())
    assert installed() == expected
    assert "continuum_written_article_version" in expected
    lab.install()
    assert installed() == expected
    article.spec = plain
    lab.install()
    assert installed() == EMITTER.expected(plain, lab.server())
    article.run("INSERT INTO article VALUES (1, 'a', 1)")
    assert changed_names(article, plain) == {"0"}


def changed_names(article: Recorded, spec: TriggerSpec) -> set[str]:
    """Return the values of a flag that no trigger sets any more."""
    assert not any(column.flag for column in spec.columns)
    with article.lab.engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT `name ``mod``` FROM article_version").scalars()
        return {str(value) for value in found}


@pytest.mark.parametrize("known", [True, False])
def test_everything_goes(lab: Lab, known: bool) -> None:
    article = tracked(lab, "mask")
    spec = article.spec if known else replace(article.spec, mask=None)
    with lab.engine.begin() as connection:
        server = EMITTER.server(connection, lab.log)
        execute(connection, *EMITTER.drop(spec, server))
        execute(connection, *EMITTER.drop(spec, server))
        found = EMITTER.installed(connection, lab.log, [article.spec.table.schema])
    assert {item.table for item in found} == {lab.log.table}


# The time of the end


def timed(lab: Lab, **options: Any) -> Recorded:
    article = lab.record(install=False, end_timestamp_column="ended at", **options)
    with lab.engine.begin() as connection:
        execute(connection, "ALTER TABLE article_version ADD COLUMN `ended at` DATETIME(6)")
    lab.install()
    return article


def check_times(article: Recorded) -> None:
    with article.lab.engine.connect() as connection:
        wrong = connection.exec_driver_sql(
            "SELECT COUNT(*) FROM article_version AS v LEFT JOIN transaction AS t"
            " ON t.id = v.end_transaction_id WHERE NOT (v.`ended at` <=> t.issued_at)"
        ).scalar_one()
    assert wrong == 0


def test_end_times(lab: Lab) -> None:
    article = timed(lab)
    article.run("INSERT INTO article VALUES (1, 'a', 1), (2, 'b', 1)")
    article.run("UPDATE article SET name = 'c' WHERE id = 1")
    article.run("UPDATE article SET name = 'x'", "UPDATE article SET name = 'b' WHERE id = 2")
    article.run("DELETE FROM article WHERE id = 1")
    check_times(article)
    with lab.engine.connect() as connection:
        ended = connection.exec_driver_sql(
            "SELECT `ended at` IS NOT NULL FROM article_version ORDER BY id, transaction_id"
        ).scalars()
        assert list(ended) == [1, 1, 1, 0, 0]


def test_end_time_of_a_baseline(lab: Lab) -> None:
    article = timed(lab)
    with lab.engine.begin() as connection:
        execute(connection, *EMITTER.drop(article.spec, EMITTER.server(connection, lab.log)))
        execute(connection, "INSERT INTO article VALUES (1, 'a', 1)")
    lab.install()
    article.run("UPDATE article SET name = 'b'")
    assert len(article.versions()) == 2
    check_times(article)


def test_end_times_follow_a_renumbering(lab: Lab) -> None:
    article = timed(lab)
    article.run("INSERT INTO article VALUES (1, 'a', 1), (2, 'a', 1)")
    with lab.engine.connect() as one:
        EMITTER.enter_unit(one, lab.log, new_token(), None)
        execute(one, "UPDATE article SET name = 'b' WHERE id = 2")
        article.run("UPDATE article SET hits = 2 WHERE id = 1")
        execute(one, "UPDATE article SET name = 'c' WHERE id = 1")
        one.commit()
    article.verify()
    check_times(article)


def test_version_table_in_another_schema(lab: Lab, other_schema: str) -> None:
    article = lab.record(install=False, end_timestamp_column="ended")
    there = TableName("article_version", other_schema)
    with lab.engine.begin() as connection:
        execute(
            connection,
            f"CREATE TABLE {other_schema}.article_version LIKE article_version",
            f"ALTER TABLE {other_schema}.article_version ADD COLUMN ended DATETIME(6)",
            "DROP TABLE article_version",
        )
    article.spec = replace(article.spec, version_table=there)
    # The second time each trigger is there already.
    for _ in range(3):
        lab.install()
    article.run("INSERT INTO article VALUES (1, 'a', 1)")
    article.run("UPDATE article SET name = 'b'")
    with lab.engine.connect() as connection:
        ended = connection.exec_driver_sql(
            f"SELECT COUNT(*) FROM {other_schema}.article_version AS v JOIN transaction AS t"
            " ON t.id = v.end_transaction_id AND v.ended = t.issued_at"
        ).scalar_one()
        schemas = [article.spec.table.schema, other_schema]
        found = EMITTER.installed(connection, lab.log, schemas)
    assert ended == 1
    expected = EMITTER.expected(article.spec, lab.server())
    assert {i.name: i.fingerprint for i in found if i.table == article.spec.table} == expected


# Columns of the user's own, and kinds of changed objects


def test_extra_columns(lab: Lab) -> None:
    extra = (
        ExtraColumn("shout", RowExpression(func.upper(NEW.name))),
        ExtraColumn("what's", RowExpression(literal("größe\\ '50%'"))),
    )
    article = lab.record(install=False, extra=extra, ignored=("hits",), null_delete=True)
    with lab.engine.begin() as connection:
        execute(
            connection,
            "ALTER TABLE article_version ADD COLUMN shout VARCHAR(50),"
            " ADD COLUMN `what's` VARCHAR(50) NOT NULL",
        )
    lab.install()
    article.run("INSERT INTO article VALUES (1, 'a', 1)")
    article.run("UPDATE article SET name = 'b'", "UPDATE article SET name = 'c'")
    article.run("DELETE FROM article")
    with lab.engine.connect() as connection:
        found = connection.exec_driver_sql(
            "SELECT shout, `what's` FROM article_version ORDER BY transaction_id"
        ).all()
    assert [tuple(row) for row in found] == [(name, "größe\\ '50%'") for name in "ACC"]


def noted(lab: Lab) -> list[tuple[int, str]]:
    with lab.engine.connect() as connection:
        found = connection.execute(select(lab.metadata.tables[CHANGES]))
        return sorted(tuple(row) for row in found)


CHANGES = "changes of `all`"


def with_changes(lab: Lab, entity: RowExpression) -> ChangesSpec:
    """Create the table of changes."""
    Table(
        CHANGES,
        lab.metadata,
        Column("transaction_id", BigInteger, primary_key=True, autoincrement=False),
        Column("entity_name", String(100), primary_key=True),
    ).create(lab.engine)
    table = TableName(CHANGES, lab.log.table.schema)
    lab.log = replace(lab.log, side_tables=(SideTable(table, ("transaction_id",)),))
    return ChangesSpec(table, "transaction_id", "entity_name", entity)


def test_kinds_of_changed_objects(lab: Lab) -> None:
    kind = RowExpression(case((NEW.name == "a", "Ä's"), else_="Other"))
    article = lab.record(changes=with_changes(lab, kind))
    first = "INSERT INTO article VALUES (1, 'a', 1), (2, 'a', 1), (3, 'b', 1)"
    article.run(first)
    article.run("UPDATE article SET hits = 2 WHERE id = 1", "UPDATE article SET hits = 3")
    article.run("DELETE FROM article WHERE id = 3")
    article.run("UPDATE article SET hits = 9 WHERE id = 1", "UPDATE article SET hits = 3")
    assert noted(lab) == [
        (1, "Other"),
        (1, "Ä's"),
        (2, "Other"),
        (2, "Ä's"),
        (3, "Other"),
        (4, "Ä's"),
    ]


def test_kinds_of_changed_objects_follow_a_renumbering(lab: Lab) -> None:
    article = lab.record(changes=with_changes(lab, RowExpression(literal("Article"))))
    article.run("INSERT INTO article VALUES (1, 'a', 1), (2, 'a', 1)")
    with lab.engine.connect() as one:
        EMITTER.enter_unit(one, lab.log, new_token(), None)
        execute(one, "UPDATE article SET name = 'b' WHERE id = 2")
        article.run("UPDATE article SET hits = 2 WHERE id = 1")
        execute(one, "UPDATE article SET name = 'c' WHERE id = 1")
        one.commit()
    assert noted(lab) == [(id_, "Article") for id_ in lab.ids()]


def test_hierarchy_with_everything(lab: Lab) -> None:
    """The root notes the kind, and its flags tell of its own columns only."""
    changes = with_changes(lab, RowExpression(case((NEW.name == "a", "Dog"), else_="Cat")))
    extra = (ExtraColumn("shout", RowExpression(func.upper(NEW.name))),)
    dog = Hierarchy.on(lab, install=False, changes=changes, extra=extra)
    with lab.engine.begin() as connection:
        execute(
            connection,
            "ALTER TABLE animal_version ADD COLUMN shout VARCHAR(50),"
            " ADD COLUMN name_mod BOOL NOT NULL DEFAULT 0, ADD COLUMN ended DATETIME(6)",
        )
    root = dog.root.spec
    columns = tuple(
        replace(column, flag="name_mod") if column.name == "name" else column
        for column in root.columns
    )
    root = replace(root, columns=columns, end_timestamp_column="ended")
    dog.root.spec = root
    for name, level in dog.levels.items():
        if name != "animal":
            level.spec = replace(level.spec, root=root)
    lab.install()
    dog.run("INSERT INTO animal VALUES (1, 'a', 1)", "INSERT INTO dog VALUES (1, 'd')")
    dog.run("UPDATE dog SET dog_note = 'e'")
    dog.run("UPDATE animal SET name = 'b'", "UPDATE dog SET dog_note = 'f'")
    with lab.engine.connect() as connection:
        found = connection.execute(
            select(
                Column("operation_type", Integer),
                Column("shout", String),
                Column("name_mod", Boolean),
                Column("ended", DATETIME(fsp=6)).is_(None),
            )
            .select_from(Table("animal_version", lab.metadata, extend_existing=True))
            .order_by(Column("transaction_id", Integer))
        ).all()
    assert [tuple(row) for row in found] == [
        (INSERT, "A", True, 0),
        (UPDATE, "A", False, 0),
        (UPDATE, "B", True, 1),
    ]
    assert noted(lab) == [(1, "Dog"), (2, "Dog"), (3, "Cat")]
