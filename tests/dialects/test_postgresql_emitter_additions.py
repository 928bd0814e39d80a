"""What histories hold beside the columns of their rows, on PostgreSQL."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Column
from sqlalchemy import ColumnElement
from sqlalchemy import Engine
from sqlalchemy import Integer
from sqlalchemy import MetaData
from sqlalchemy import String
from sqlalchemy import Table
from sqlalchemy import case
from sqlalchemy import func
from sqlalchemy import literal

from continuum.dialects.expressions import RowExpression
from continuum.dialects.expressions import RowImage
from continuum.dialects.postgresql import EMITTER
from continuum.dialects.spec import OPERATIONS
from continuum.dialects.spec import ChangesSpec
from continuum.dialects.spec import ColumnSpec
from continuum.dialects.spec import ExtraColumn
from continuum.dialects.spec import MaskSpec
from continuum.dialects.spec import TableName
from continuum.dialects.spec import TriggerSpec
from postgresql_support import LOG
from postgresql_support import Recorded
from postgresql_support import compare_with_model
from postgresql_support import execute
from postgresql_support import record
from postgresql_support import with_side_table
from servers.database import Database

INSERT, UPDATE, DELETE = 0, 1, 2
ENDS = {"validity": "end_transaction_id", "subquery": None}
ARTICLE = Table(
    "article",
    MetaData(),
    Column("id", Integer),
    Column("name", String),
    Column("hits", Integer),
)


def expression(function: Callable[[Any], Any]) -> RowExpression:
    value = function(RowImage("new", dict(ARTICLE.c)))
    return RowExpression(value if isinstance(value, ColumnElement) else literal(value))


@pytest.fixture
def engine(postgresql_database: Database) -> Engine:
    return postgresql_database.engine()


# End times


def ended(article: Recorded) -> list[tuple[Any, ...]]:
    """Return which versions have the time of the transaction that ended them."""
    with article.engine.connect() as connection:
        return [
            tuple(row)
            for row in connection.exec_driver_sql(
                "SELECT h.id, h.transaction_id, h.end_transaction_id,"
                " CASE WHEN h.end_transaction_id IS NULL THEN h.ended_at IS NULL"
                " ELSE h.ended_at = t.issued_at END"
                " FROM article_version AS h"
                " LEFT JOIN transaction AS t ON t.id = h.end_transaction_id ORDER BY 1, 2"
            )
        ]


@pytest.fixture
def timed(engine: Engine) -> Recorded:
    return record(engine, end_timestamp_column="ended_at")


def test_end_has_the_time_of_its_transaction(timed: Recorded) -> None:
    timed.run("INSERT INTO article VALUES (7, 'a', 1), (8, 'a', 1)")
    timed.run("UPDATE article SET hits = 2 WHERE id = 7")
    timed.run("DELETE FROM article")
    timed.run("INSERT INTO article VALUES (7, 'b', 2)", "UPDATE article SET id = 9")
    assert ended(timed) == [
        (7, 1, 2, True),
        (7, 2, 3, True),
        (7, 3, None, True),
        (8, 1, 3, True),
        (8, 3, None, True),
        (9, 4, None, True),
    ]


def test_time_goes_when_the_version_is_open_again(timed: Recorded) -> None:
    timed.run("INSERT INTO article VALUES (7, 'a', 1)")
    timed.run("UPDATE article SET hits = 2", "UPDATE article SET hits = 1")
    timed.run("DELETE FROM article", "INSERT INTO article VALUES (7, 'a', 1)")
    assert ended(timed) == [(7, 1, None, True)]


def test_baselines_and_gaps_have_times(engine: Engine) -> None:
    timed = record(
        engine, end_timestamp_column="ended_at", before=["INSERT INTO article VALUES (7, 'a', 1)"]
    )
    timed.run("UPDATE article SET hits = 2")
    with timed.transaction() as connection:
        EMITTER.pause(connection, timed.spec.log, [timed.spec.table])
        execute(connection, "UPDATE article SET hits = 3")
    timed.run("UPDATE article SET hits = 4")
    assert ended(timed) == [(7, 0, 1, True), (7, 1, 2, True), (7, 2, 3, True), (7, 3, None, True)]


def test_renumbered_end_has_the_time_of_its_new_transaction(timed: Recorded) -> None:
    timed.run("INSERT INTO article VALUES (7, 'a', 1), (8, 'a', 1), (9, 'a', 1)")
    with timed.engine.connect() as early:
        execute(early, "UPDATE article SET hits = 2 WHERE id = 7")
        EMITTER.pause(early, timed.spec.log, [timed.spec.table])
        execute(early, "UPDATE article SET hits = 2 WHERE id = 9")
        EMITTER.resume(early, timed.spec.log, [])
        timed.run("UPDATE article SET hits = 2 WHERE id = 8")
        execute(early, "UPDATE article SET hits = 3 WHERE id = 8")
        early.commit()
    assert ended(timed) == [
        (7, 1, 4, True),
        (7, 4, None, True),
        (8, 1, 3, True),
        (8, 3, 4, True),
        (8, 4, None, True),
        (9, 1, 4, True),
    ]


# Flags and masks

BOTH = ("name", "hits")
FLAGGED: dict[str, tuple[tuple[tuple[str, ...], ...], list[tuple[Any, ...]]]] = {
    "first version": (
        (("INSERT INTO article VALUES (7, 'a', NULL)",),),
        [(INSERT, True, True)],
    ),
    "one column": (
        (("INSERT INTO article VALUES (7, 'a', 1)",), ("UPDATE article SET hits = 2",)),
        [(INSERT, True, True), (UPDATE, False, True)],
    ),
    "null comes and goes": (
        (
            ("INSERT INTO article VALUES (7, 'a', 1)",),
            ("UPDATE article SET name = NULL",),
            ("UPDATE article SET name = 'a', hits = NULL",),
        ),
        [(INSERT, True, True), (UPDATE, True, False), (UPDATE, True, True)],
    ),
    "folded": (
        (
            ("INSERT INTO article VALUES (7, 'a', 1)",),
            (
                "UPDATE article SET hits = 2",
                "UPDATE article SET name = 'b'",
                "UPDATE article SET hits = 1",
            ),
        ),
        [(INSERT, True, True), (UPDATE, True, False)],
    ),
    "new and changed at once": (
        (("INSERT INTO article VALUES (7, 'a', 1)", "UPDATE article SET hits = 2"),),
        [(INSERT, True, True)],
    ),
    "deleted": (
        (("INSERT INTO article VALUES (7, 'a', 1)",), ("DELETE FROM article",)),
        [(INSERT, True, True), (DELETE, False, False)],
    ),
    "deleted and back with another value": (
        (
            ("INSERT INTO article VALUES (7, 'a', 1)",),
            ("DELETE FROM article", "INSERT INTO article VALUES (7, 'a', 2)"),
        ),
        [(INSERT, True, True), (UPDATE, False, True)],
    ),
    "new after a deletion": (
        (
            ("INSERT INTO article VALUES (7, 'a', 1)",),
            ("DELETE FROM article",),
            ("INSERT INTO article VALUES (7, 'a', 1)",),
        ),
        [(INSERT, True, True), (DELETE, False, False), (INSERT, True, True)],
    ),
}


def bits(*, name: bool, hits: bool) -> int:
    return name << 2 | hits << 3


@pytest.mark.parametrize("strategy", ENDS)
@pytest.mark.parametrize("case", FLAGGED)
def test_flags_and_mask(engine: Engine, case: str, strategy: str) -> None:
    article = record(
        engine,
        flags=BOTH,
        mask=MaskSpec("changed", TableName("transaction_mask", "public")),
        end_column=ENDS[strategy],
    )
    transactions, expected = FLAGGED[case]
    for statements in transactions:
        article.run(*statements)
    assert article.seen("operation_type", "name_mod", "hits_mod") == expected
    masks = [bits(name=name, hits=hits) for _, name, hits in expected]
    assert [mask for (mask,) in article.seen("changed")] == masks


def test_flags_of_a_deletion_without_values(engine: Engine) -> None:
    article = record(engine, flags=BOTH, null_delete=True)
    article.run("INSERT INTO article VALUES (7, 'a', NULL)")
    article.run("DELETE FROM article")
    assert article.seen("name_mod", "hits_mod") == [(True, True), (True, False)]


def test_flags_of_a_baseline(engine: Engine) -> None:
    article = record(engine, flags=("hits",), before=["INSERT INTO article VALUES (7, 'a', 1)"])
    article.run("UPDATE article SET name = 'b'")
    assert article.seen("transaction_id", "hits_mod") == [(0, True), (1, False)]


def test_flags_after_a_gap(engine: Engine) -> None:
    article = record(engine, flags=BOTH)
    article.run("INSERT INTO article VALUES (7, 'a', 1)")
    with article.transaction() as connection:
        EMITTER.pause(connection, LOG, [article.spec.table])
        execute(connection, "UPDATE article SET hits = 2")
    article.run("UPDATE article SET name = 'b'")
    assert article.seen("name_mod", "hits_mod") == [(True, True), (False, True), (True, False)]


def test_flag_of_an_ignored_column_follows_it(engine: Engine) -> None:
    article = record(engine, flags=BOTH, ignored=("hits",))
    article.run("INSERT INTO article VALUES (7, 'a', 1)")
    article.run("UPDATE article SET name = 'b'", "UPDATE article SET hits = 2")
    article.run("UPDATE article SET name = 'c'", "UPDATE article SET hits = 3, name = 'b'")
    article.run(
        "UPDATE article SET hits = 4",
        "UPDATE article SET name = 'd'",
        "UPDATE article SET hits = 2",
    )
    assert article.seen("name_mod", "hits_mod") == [(True, True), (True, True), (True, False)]


def test_flags_tell_bytes_and_not_equality(engine: Engine) -> None:
    article = record(
        engine,
        flags=("name",),
        comparisons={"name": "lower({old}) <> lower({new})"},
    )
    article.run("INSERT INTO article VALUES (7, 'a', 1)")
    article.run("UPDATE article SET hits = 2, name = 'A'")
    assert article.seen("name_mod") == [(True,), (True,)]


def test_flags_stay_when_ids_are_renumbered(engine: Engine) -> None:
    article = record(engine, flags=BOTH)
    article.run("INSERT INTO article VALUES (7, 'a', 1), (8, 'a', 1)")
    with article.engine.connect() as early:
        execute(early, "UPDATE article SET hits = 2 WHERE id = 7")
        article.run("UPDATE article SET hits = 2 WHERE id = 8")
        execute(early, "UPDATE article SET name = 'b' WHERE id = 8")
        early.commit()
    assert article.seen("id", "transaction_id", "name_mod", "hits_mod") == [
        (7, 1, True, True),
        (7, 4, False, True),
        (8, 1, True, True),
        (8, 3, False, True),
        (8, 4, True, False),
    ]


def test_places_of_bits_are_read_from_the_catalog(engine: Engine) -> None:
    article = record(engine, mask=MaskSpec("changed", TableName("transaction_mask", "public")))
    article.run("UPDATE transaction_mask SET position = 62 WHERE column_name = 'hits'")
    article.run("INSERT INTO article VALUES (7, 'a', 1)")
    article.run("UPDATE article SET hits = 2")
    assert article.seen("changed") == [(1 << 62 | 1 << 2,), (1 << 62,)]


# Computed columns


def test_computed_column_follows_the_row(engine: Engine) -> None:
    article = record(
        engine,
        extra=(
            ExtraColumn("label", expression(lambda new: new.name + ": " + new.hits.cast(String))),
            ExtraColumn("fixed", expression(lambda new: literal("it's \\ 100%\n:x"))),
        ),
    )
    article.run("INSERT INTO article VALUES (7, 'a', 1)", "UPDATE article SET hits = 2")
    article.run("UPDATE article SET name = 'b'")
    article.run("DELETE FROM article")
    assert article.seen("label") == [("a: 2",), ("b: 2",), ("b: 2",)]
    assert {fixed for (fixed,) in article.seen("fixed")} == {"it's \\ 100%\n:x"}


@pytest.mark.parametrize("strings", ["on", "off"])
def test_backslash_means_itself(engine: Engine, strings: str) -> None:
    article = record(engine, extra=(ExtraColumn("fixed", expression(lambda new: "a\\b")),))
    article.run(
        "SET escape_string_warning TO off",
        f"SET standard_conforming_strings TO {strings}",
        "INSERT INTO article VALUES (7, 'a', 1)",
    )
    assert article.seen("fixed") == [("a\\b",)]


def test_computed_column_of_a_deletion_without_values(engine: Engine) -> None:
    article = record(
        engine,
        null_delete=True,
        extra=(ExtraColumn("label", expression(lambda new: func.upper(new.name))),),
    )
    article.run("INSERT INTO article VALUES (7, 'a', 1)")
    article.run("DELETE FROM article")
    assert article.seen("name", "label") == [("a", "A"), (None, "A")]


def test_computed_column_of_a_baseline(engine: Engine) -> None:
    article = record(
        engine,
        before=["INSERT INTO article VALUES (7, 'a', 1)"],
        extra=(ExtraColumn("label", expression(lambda new: func.upper(new.name))),),
    )
    article.run("UPDATE article SET name = 'b'")
    assert article.seen("label") == [("A",), ("B",)]


def test_function_of_a_schema_in_the_search_path(
    engine: Engine, postgresql_database: Database
) -> None:
    with engine.begin() as connection:
        execute(
            connection,
            "CREATE FUNCTION public.shout(text) RETURNS text LANGUAGE sql AS 'SELECT upper($1)'",
        )
    article = record(
        engine, extra=(ExtraColumn("label", expression(lambda new: func.shout(new.name))),)
    )
    article.run("SET search_path TO ''", "INSERT INTO public.article VALUES (7, 'a', 1)")
    assert article.seen("label") == [("A",)]


# Kinds of changed objects

KIND = ChangesSpec(
    table=TableName("transaction_changes", "public"),
    transaction_column="transaction_id",
    entity_column="entity_name",
    entity=expression(lambda new: "Article"),
)


def kinds(article: Recorded) -> list[tuple[Any, ...]]:
    with article.engine.connect() as connection:
        return [
            tuple(row)
            for row in connection.exec_driver_sql(
                "SELECT transaction_id, entity_name FROM transaction_changes ORDER BY 1, 2"
            )
        ]


@pytest.mark.parametrize("strategy", ENDS)
def test_kind_is_noted_once_for_a_transaction(engine: Engine, strategy: str) -> None:
    article = record(engine, changes=KIND, end_column=ENDS[strategy])
    article.run("INSERT INTO article VALUES (7, 'a', 1), (8, 'a', 1)")
    article.run("UPDATE article SET hits = 2", "UPDATE article SET hits = 3")
    article.run("DELETE FROM article")
    article.run("UPDATE transaction SET user_id = 5")
    assert kinds(article) == [(1, "Article"), (2, "Article"), (3, "Article")]


def test_kind_stays_when_nothing_is_left_of_the_change(engine: Engine) -> None:
    article = record(engine, changes=KIND)
    article.run("INSERT INTO article VALUES (7, 'a', 1)", "DELETE FROM article")
    assert article.versions() == []
    assert kinds(article) == [(1, "Article")]


def test_baseline_is_no_change(engine: Engine) -> None:
    article = record(engine, changes=KIND, before=["INSERT INTO article VALUES (7, 'a', 1)"])
    article.run("UPDATE article SET hits = 2")
    assert kinds(article) == [(1, "Article")]


def test_kind_by_the_row(engine: Engine) -> None:
    by_name = replace(
        KIND,
        entity=expression(lambda new: case((new.name == "it's", "Other"), else_="Article")),
    )
    article = record(engine, changes=by_name)
    article.run("INSERT INTO article VALUES (7, 'a', 1), (8, 'it''s', 1)")
    article.run("UPDATE article SET name = 'it''s' WHERE id = 7")
    article.run("UPDATE article SET hits = 2 WHERE id = 7", "UPDATE article SET name = 'a'")
    article.run("DELETE FROM article WHERE id = 7")
    assert kinds(article) == [
        (1, "Article"),
        (1, "Other"),
        (2, "Other"),
        (3, "Article"),
        (3, "Other"),
        (4, "Article"),
    ]


def test_kinds_follow_when_ids_are_renumbered(engine: Engine) -> None:
    log = with_side_table(LOG, "transaction_changes", "transaction_id")
    article = record(engine, changes=KIND, log=log)
    article.run("INSERT INTO article VALUES (7, 'a', 1), (8, 'a', 1)")
    with article.engine.connect() as early:
        execute(early, "UPDATE article SET hits = 2 WHERE id = 7")
        article.run("UPDATE article SET hits = 2 WHERE id = 8")
        execute(early, "UPDATE article SET hits = 3 WHERE id = 8")
        early.commit()
    assert kinds(article) == [(1, "Article"), (3, "Article"), (4, "Article")]


# Together


def test_hostile_names(engine: Engine) -> None:
    odd = 'o"dd %s :x\nname\\'
    live = Table("article", MetaData(), Column("id", Integer), Column(odd, String))
    new = RowImage("new", {"odd": live.c[odd]})
    article = record(
        engine,
        [("id", Integer()), (odd, String())],
        flags=(odd,),
        version_name=f"{odd}_v",
        end_timestamp_column=f"{odd} at",
        mask=MaskSpec(f"{odd} mask", TableName(f"{odd} bits", "public")),
        extra=(ExtraColumn(f"{odd} upper", RowExpression(func.upper(new.odd))),),
        changes=replace(
            KIND,
            table=TableName(f"{odd} changes", "public"),
            transaction_column=f"{odd} tx",
            entity_column=f"{odd} kind",
        ),
    )
    article.run("INSERT INTO article VALUES (7, 'a')")
    article.run("DELETE FROM article", "INSERT INTO article VALUES (7, 'b')")
    assert article.seen(f"{odd} upper", f"{odd}_mod", f"{odd} mask") == [
        ("A", True, 4),
        ("B", True, 4),
    ]


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({}, id="validity"),
        pytest.param({"null_delete": True, "ignored": ("hits",)}, id="ignored"),
        pytest.param({"operations": ("insert", "update")}, id="no-delete"),
        pytest.param({"end_column": None}, id="subquery"),
    ],
)
def test_random_transactions(engine: Engine, options: dict[str, Any]) -> None:
    if "end_column" not in options:
        options = {**options, "end_timestamp_column": "ended_at"}
    article = record(
        engine,
        flags=BOTH,
        mask=MaskSpec("changed", TableName("transaction_mask", "public")),
        extra=(ExtraColumn("label", expression(lambda new: func.upper(new.name))),),
        changes=KIND,
        **options,
    )
    table = replace(
        article.rule,
        operations=tuple(map(OPERATIONS.index, options.get("operations", OPERATIONS))),
    )
    compare_with_model(
        article, random.Random(5), transactions=25, table=table, gaps=True, shifts=False
    )
    if "end_column" not in options:
        assert all(right for *_, right in ended(article))
    versions = {(v.key, v.transaction): v for v in article.versions()}
    for id_, transaction, *flags, mask in article.seen(
        "id", "transaction_id", "name_mod", "hits_mod", "changed"
    ):
        version = versions[(id_,), transaction]
        before = [v for v in versions.values() if v.key == (id_,) and v.transaction < transaction]
        last = max(before, key=lambda v: v.transaction, default=None)
        if last is not None and (last.operation == DELETE or last.end not in (None, transaction)):
            last = None
        assert flags == [last is None or last.values[name] != version.values[name] for name in BOTH]
        assert mask == bits(name=flags[0], hits=flags[1])
    assert {id_ for id_, _ in kinds(article)} >= {
        v.transaction for v in versions.values() if v.transaction
    }


def test_each_addition_has_its_fingerprint(engine: Engine) -> None:
    plain = TriggerSpec(
        table=TableName("article", "public"),
        version_table=TableName("article_version", "public"),
        log=LOG,
        columns=(ColumnSpec("id", "id", Integer()), ColumnSpec("name", "name", String())),
        key=("id",),
    )
    extra = ExtraColumn("label", expression(lambda new: new.name))
    variants = [
        plain,
        replace(plain, end_timestamp_column="ended_at"),
        replace(plain, mask=MaskSpec("changed", TableName("transaction_mask", "public"))),
        replace(plain, changes=KIND),
        replace(plain, extra=(extra,)),
        replace(plain, extra=(replace(extra, value=expression(lambda new: new.hits)),)),
        replace(plain, columns=(plain.columns[0], replace(plain.columns[1], flag="name_mod"))),
    ]
    assert len({spec.fingerprint() for spec in variants}) == len(variants)
