"""Versions and the versions beside them."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy import delete
from sqlalchemy import event
from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy import text
from sqlalchemy import update
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm.exc import DetachedInstanceError

from continuum import Operation
from continuum import changesets
from continuum import count_versions
from continuum import paused
from continuum import version_class
from reading._support import change
from reading._support import history
from reading._support import remove
from suite._support import World
from suite._support import counted
from suite._support import create_article

pytestmark = pytest.mark.recorders("triggers")


@pytest.fixture
def article(world: World) -> Any:
    """Row 1 with versions a, b, c, between versions of row 2."""
    cls = create_article(world)
    change(world, cls, 2, name="x")
    for name in "abc":
        change(world, cls, 1, name=name)
        change(world, cls, 2, name="other " + name)
    return cls


def test_a_step_is_one_query_and_is_remembered(world: World, article: Any) -> None:
    with Session(world.engine) as session:
        middle = history(session, article, 1)[1]
        with counted(world.engine) as statements:
            assert middle.index == 1
        assert len(statements) == 1
        with counted(world.engine) as statements:
            assert middle.previous.name == "a"
            assert middle.next.name == "c"
        assert len(statements) == 2
        with counted(world.engine) as statements:
            assert middle.previous.next is middle
            assert middle.next.previous is middle
            assert middle.index == 1
            assert middle.previous.name == "a"
        assert statements == []


@pytest.mark.parametrize("strategy", ["validity", "subquery"])
@pytest.mark.parametrize("way", ["list", "handle", "statement", "sparse", "backwards"])
def test_a_walk_through_many_versions(
    new_world: Callable[..., World], strategy: str, way: str
) -> None:
    world = new_world(options={"strategy": strategy})
    cls = create_article(world)
    count = 1000
    change(world, cls, 1, name="now")
    versions_of = version_class(cls)
    with world.engine.begin() as connection:
        connection.execute(delete(versions_of))
        connection.execute(
            insert(versions_of),
            [
                {
                    "id": 1 + number % 2,
                    "name": f"{number // 6}",
                    "transaction_id": number,
                    "operation_type": Operation.INSERT if number < 2 else Operation.UPDATE,
                    **(
                        {"end_transaction_id": number + 2 if number < 2 * count - 2 else None}
                        if strategy == "validity"
                        else {}
                    ),
                }
                for number in range(2 * count)
            ],
        )
    statement = select(versions_of).order_by(versions_of.transaction_id)
    with Session(world.engine) as session:
        if way == "list":
            versions = versions_of.all_versions(session, 1)[::-1]
        elif way == "handle":
            versions = session.get_one(cls, 1).versions.all()
        elif way == "sparse":
            versions = session.scalars(statement.where(versions_of.transaction_id % 8 == 4)).all()
        else:
            versions = list(session.scalars(statement.where(versions_of.id == 1)))
        walk = versions[::-1] if way == "backwards" else versions
        with counted(world.engine) as statements:
            seen = [
                (
                    version.index,
                    None if version.previous is None else version.previous.transaction_id,
                    None if version.next is None else version.next.transaction_id,
                    version.changeset.get("name"),
                )
                for version in walk
            ]
        assert len(statements) <= (0 if way in ("list", "handle") else 3 if way == "sparse" else 2)
        assert len(seen) == (count // 4 if way == "sparse" else count)
        for version, (index, before, after, renamed) in zip(walk, seen, strict=True):
            number = version.transaction_id
            assert index == number // 2
            assert before == (number - 2 if number > 1 else None)
            assert after == (number + 2 if number < 2 * count - 2 else None)
            old = None if number < 2 else f"{(number - 2) // 6}"
            assert renamed == (None if old == version.name else [old, version.name])


def test_versions_of_several_rows_are_looked_up_together(world: World, article: Any) -> None:
    with Session(world.engine) as session:
        versions = session.scalars(select(version_class(article))).all()
        with counted(world.engine) as statements:
            steps = {
                (version.id, version.name): (version.previous and version.previous.name)
                for version in versions
            }
        assert len(statements) == 1
        assert steps == {
            (1, "a"): None,
            (1, "b"): "a",
            (1, "c"): "b",
            (2, "x"): None,
            (2, "other a"): "x",
            (2, "other b"): "other a",
            (2, "other c"): "other b",
        }


def test_the_edges_of_a_history(world: World, article: Any) -> None:
    with Session(world.engine) as session:
        first, _, last = history(session, article, 1)
        assert (first.previous, last.next) == (None, None)
        assert (first.index, last.index) == (0, 2)


def test_the_selects_of_steps(world: World, article: Any) -> None:
    with Session(world.engine) as session:
        first, middle, last = history(session, article, 1)
        assert session.scalar(middle.select_previous()) is first
        assert session.scalar(middle.select_next()) is last
        assert session.scalar(first.select_previous()) is None


@pytest.mark.parametrize("way", ["flush", "update", "text"])
def test_a_step_beyond_what_was_the_end(world: World, article: Any, way: str) -> None:
    with Session(world.engine) as session:
        obj = session.get_one(article, 1)
        *_, last = obj.versions
        assert last.next is None
        if way == "flush":
            obj.name = "d"
            session.flush()
        elif way == "update":
            session.execute(update(article).where(article.id == 1).values(name="d"))
        else:
            session.execute(text("UPDATE article SET name = 'd' WHERE id = 1"))
        assert last.next.name == "d"


def test_a_neighbour_that_was_rolled_back(world: World, article: Any) -> None:
    with Session(world.engine) as session:
        obj = session.get_one(article, 1)
        obj.name = "d"
        session.flush()
        *_, before, last = obj.versions
        assert before.next is last
        session.rollback()
        assert before.next is None


def test_a_neighbour_inside_a_savepoint(world: World, article: Any) -> None:
    with Session(world.engine) as session:
        obj = session.get_one(article, 1)
        with session.begin_nested() as savepoint:
            obj.name = "d"
            session.flush()
            *_, before, last = obj.versions
            assert before.next is last
            savepoint.rollback()
        assert before.next is None


def test_a_neighbour_that_was_folded_away(world: World, article: Any) -> None:
    with Session(world.engine) as session:
        obj = session.get_one(article, 1)
        obj.name = "d"
        session.flush()
        before = obj.versions[2]
        assert before.next.name == "d"
        obj.name = "c"
        session.flush()
        assert before.next is None


def test_steps_after_commit(world: World, article: Any) -> None:
    with Session(world.engine) as session:
        obj = session.get_one(article, 1)
        *_, last = obj.versions
        obj.name = "d"
        session.commit()
        assert last.next.name == "d"
        assert last.next.previous is last


def test_across_a_deletion(world: World, article: Any) -> None:
    remove(world, article, 1)
    change(world, article, 1, name="again")
    with Session(world.engine) as session:
        *_, before, deletion, again = history(session, article, 1)
        assert again.previous is deletion
        assert deletion.previous is before
        assert (deletion.index, again.index) == (3, 4)


@pytest.mark.parametrize("strategy", ["validity", "subquery"])
def test_across_a_gap(new_world: Callable[..., World], strategy: str) -> None:
    world = new_world(options={"strategy": strategy})
    cls = create_article(world)
    change(world, cls, 1, name="a")
    with world.transaction() as session, paused(session, cls):
        session.get_one(cls, 1).name = "unseen"
    change(world, cls, 2, name="somebody else")
    change(world, cls, 1, name="c")
    with Session(world.engine) as session:
        first, baseline, last = history(session, cls, 1)
        assert [version.name for version in (first, baseline, last)] == ["a", "unseen", "c"]
        assert (first.next, baseline.next, last.next) == (baseline, last, None)
        assert (first.previous, baseline.previous, last.previous) == (None, first, baseline)
        assert [version.index for version in (first, baseline, last)] == [0, 1, 2]
        assert baseline.changeset == {"name": ["a", "unseen"]}
        assert last.changeset == {"name": ["unseen", "c"]}


def test_composite_keys_of_two_tenants(world: World) -> None:
    class Page(world.Base):
        __tablename__ = "page"
        __versioned__ = {}
        tenant = mapped_column(String(20), primary_key=True)
        number = mapped_column(Integer, primary_key=True, autoincrement=False)
        title = mapped_column(String(20))

    world.create()
    for title in "ab":
        for tenant in ("one", "two"):
            change(world, Page, (tenant, 1), title=f"{tenant} {title}")
    with Session(world.engine) as session:
        first, second = history(session, Page, ("two", 1))
        assert (second.previous, first.next) == (first, second)
        assert (first.index, second.index) == (0, 1)
        assert second.changeset == {"title": ["two a", "two b"]}
        with counted(world.engine) as statements:
            one, two = session.get_one(Page, ("one", 1)).versions
            assert (one.title, two.previous) == ("one a", one)
        assert len(statements) == 2


def test_expired_versions_step_without_being_refreshed(world: World, article: Any) -> None:
    with Session(world.engine) as session:
        _, middle, _ = history(session, article, 1)
        session.commit()
        with counted(world.engine) as statements:
            assert middle.previous is not None
        assert len(statements) == 1


def test_detached_versions(world: World, article: Any) -> None:
    with Session(world.engine) as session:
        linked = list(session.get_one(article, 1).versions)
    assert linked[1].previous is linked[0]
    assert linked[1].index == 1
    assert linked[1].changeset == {"name": ["a", "b"]}
    with Session(world.engine) as session:
        (alone,) = version_class(article).all_versions(session, 1, limit=1, link=False)
    with pytest.raises(DetachedInstanceError, match="select"):
        alone.previous  # noqa: B018


def test_pickled_versions(world: World, article: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unpickled in another session they ask anew; only the model has to be found by its name."""
    monkeypatch.setitem(globals(), "PickledArticle", article)
    article.__module__, article.__qualname__ = __name__, "PickledArticle"
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        with Session(world.engine) as session:
            first, _ = version_class(article).all_versions(session, 1, desc=False)[:2]
            assert first.previous is None
            number = first.transaction.id
            data = pickle.dumps(first, protocol)
        loaded = pickle.loads(data)
        assert type(loaded) is version_class(article)
        assert loaded.transaction.id == number
        assert (loaded.name, loaded.changeset) == ("a", {"id": [None, 1], "name": [None, "a"]})
        assert loaded.previous is None
        with Session(world.engine) as session:
            session.add(loaded)
            assert loaded.next.name == "b"


def test_attributes_named_like_ours(world: World) -> None:
    class Entry(world.Base):
        __tablename__ = "entry"
        __versioned__ = {}
        id = mapped_column(Integer, primary_key=True)
        index = mapped_column(String(20))
        next = mapped_column(String(20))
        previous = mapped_column(String(20))
        changeset = mapped_column(String(20))
        revert = mapped_column(String(20))

    world.create()
    change(world, Entry, 1, index="i", next="n", previous="p", changeset="c", revert="r")
    change(world, Entry, 1, next="m")
    with Session(world.engine) as session:
        first, second = session.get_one(Entry, 1).versions
        assert (first.index, first.next, first.previous) == ("i", "n", "p")
        assert (first.changeset, first.revert, second.next) == ("c", "r", "m")


def test_how_a_version_looks(world: World, article: Any) -> None:
    with Session(world.engine) as session:
        first = session.get_one(article, 1).versions[0]
        number = first.transaction_id
        assert repr(first) == f"<ArticleVersion id=1 transaction_id={number} INSERT>"
        session.expire(first)
        with counted(world.engine) as statements:
            assert repr(first) == f"<ArticleVersion id=1 transaction_id={number}>"
        assert statements == []
        assert repr(version_class(article)()) == "<ArticleVersion>"


@pytest.mark.engines("sqlite")
def test_lookups_use_an_index(world: World, article: Any) -> None:
    seen: list[tuple[str, Any]] = []

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        seen.append((statement, parameters))

    versions_of = version_class(article)
    with Session(world.engine) as session:
        _, middle, last = history(session, article, 1)
        obj = session.get_one(article, 1)
        session.commit()
        event.listen(world.engine, "before_cursor_execute", note)
        lookups: list[Callable[[], Any]] = [
            lambda: middle.previous,
            lambda: middle.next,
            lambda: middle.index,
            lambda: changesets([middle, last]),
            lambda: versions_of.version_at(session, 1, 3),
            lambda: versions_of.all_versions(session, 1, limit=2, offset=1),
            lambda: versions_of.all_versions(session, 1, desc=False, after=2),
            lambda: obj.versions.count(),
            lambda: obj.versions[-1],
            lambda: count_versions(obj),
            lambda: middle.transaction.changed_entities,
            lambda: middle.transaction.entity_names,
        ]
        for lookup in lookups:
            lookup()
        event.remove(world.engine, "before_cursor_execute", note)
    assert len(seen) >= len(lookups)
    with world.engine.connect() as connection:
        for statement, parameters in seen:
            plan = connection.exec_driver_sql("EXPLAIN QUERY PLAN " + statement, parameters)
            assert not [row for row in plan if "SCAN article" in row[3]], statement


@pytest.mark.engines("postgresql")
def test_plans_for_any_object_go_through_the_key(world: World, article: Any) -> None:
    """Two objects have all versions but a few: the index on transactions looks cheap.

    All versions are of one kind, so that a test of the kind looks as if nothing could pass it.
    """
    versions_of = version_class(article)
    # SQLAlchemy's dialects take untyped arguments.
    numbered = postgresql.dialect(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]
    with Session(world.engine) as session:
        middle = history(session, article, 1)[1]
        found = [
            middle.select_previous(),
            middle.select_next(),
            versions_of.select_at(1, 3),
        ]
    with world.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO article_version"
            " (id, transaction_id, end_transaction_id, operation_type)"
            " SELECT -mod(g, 2) - 1, g / 2 - 20000, g / 2 - 19999, 1"
            " FROM generate_series(0, 39999) AS g"
        )
        connection.exec_driver_sql("UPDATE article_version SET operation_type = 1")
        connection.exec_driver_sql("ANALYZE article_version")
        connection.exec_driver_sql("SET LOCAL plan_cache_mode = force_generic_plan")
        for number, statement in enumerate(found):
            compiled = statement.compile(dialect=numbered)
            given = ", ".join(
                str(int(compiled.params[name])) for name in compiled.positiontup or ()
            )
            connection.exec_driver_sql(f"PREPARE lookup_{number} AS {compiled}")
            plan = connection.exec_driver_sql(f"EXPLAIN EXECUTE lookup_{number}({given})")
            assert "using article_version_pkey" in "".join(plan.scalars())
            connection.exec_driver_sql(f"DEALLOCATE lookup_{number}")
