"""Reading history through version objects."""

from __future__ import annotations

from datetime import UTC
from datetime import datetime
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Integer
from sqlalchemy import inspect
from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column

from continuum import Operation
from continuum import changeset
from continuum import count_versions
from continuum import get_versioning_manager
from continuum import is_modified
from continuum import is_modified_or_deleted
from continuum import is_session_modified
from continuum import is_versioned
from continuum import parent_class
from continuum import transaction_class
from continuum import tx_column_name
from continuum import version_class
from continuum import version_table
from continuum import versioned_objects
from continuum.errors import ClassNotVersioned
from continuum.errors import UnknownOption
from continuum.manager import _mappers_of
from suite._support import World
from suite._support import counted
from suite._support import create_article
from suite._support import define_article
from suite._support import next_tick

# Reading does not depend on who has written.
pytestmark = pytest.mark.recorders("triggers")


@pytest.fixture
def article(world: World) -> Any:
    """A class with two rows: 1 with three versions, 2 with one."""
    cls = create_article(world)
    with world.transaction() as session:
        session.add_all([cls(id=1, name="a"), cls(id=2, name="other")])
    next_tick()
    with world.transaction() as session:
        session.get_one(cls, 1).name = "b"
    next_tick()
    with world.transaction() as session:
        loaded = session.get_one(cls, 1)
        loaded.name, loaded.content = "c", "text"
    return cls


@pytest.fixture
def deleted(world: World, article: Any) -> Any:
    """The same class after row 1 was deleted."""
    next_tick()
    with world.transaction() as session:
        session.delete(session.get_one(article, 1))
    return article


def versions_of(session: Session, cls: Any, key: int) -> list[Any]:
    """Return the versions of a row that may be gone."""
    history = version_class(cls)
    return list(
        session.scalars(select(history).where(history.id == key).order_by(history.transaction_id))
    )


# The versions of an object.


def test_versions_are_in_the_order_of_transactions(world: World, article: Any) -> None:
    with world.transaction() as session:
        versions = session.get_one(article, 1).versions
        assert [version.name for version in versions] == ["a", "b", "c"]
        assert [version.name for version in versions.all()] == ["a", "b", "c"]
        assert [version.operation_type for version in versions] == [
            Operation.INSERT,
            Operation.UPDATE,
            Operation.UPDATE,
        ]
        assert versions.count() == 3


def test_versions_by_position(world: World, article: Any) -> None:
    with world.transaction() as session:
        versions = session.get_one(article, 1).versions
        assert (versions[0].name, versions[2].name, versions[-1].name) == ("a", "c", "c")
        assert [version.name for version in versions[1:]] == ["b", "c"]
        with pytest.raises(IndexError):
            versions[3]


def test_versions_of_a_new_object(world: World, article: Any) -> None:
    with Session(world.engine) as session:
        new = article(id=9, name="x")
        assert list(new.versions) == []
        session.add(new)
        session.flush()
        assert [version.name for version in new.versions] == ["x"]
        new.name = "y"
        session.flush()
        assert [version.name for version in new.versions] == ["y"]


def test_neighbours(world: World, article: Any) -> None:
    with world.transaction() as session:
        first, second, third = session.get_one(article, 1).versions
        assert first.previous is None
        assert second.previous is first
        assert first.next is second
        assert second.next is third
        assert third.next is None


def test_index_counts_within_the_entity(world: World, article: Any) -> None:
    with world.transaction() as session:
        assert [v.index for v in session.get_one(article, 1).versions] == [0, 1, 2]
        assert session.get_one(article, 2).versions[0].index == 0


def test_the_transaction_of_a_version(world: World, article: Any) -> None:
    with world.transaction() as session:
        versions = session.get_one(article, 1).versions
        ids = [version.transaction.id for version in versions]
        assert ids == [version.transaction_id for version in versions]
        assert ids == [row.id for row in world.transactions()]
        assert isinstance(versions[0].transaction, transaction_class(article))


def test_the_transaction_that_ended_a_version(world: World, article: Any) -> None:
    with world.transaction() as session:
        first, second, third = session.get_one(article, 1).versions
        assert first.end_transaction is second.transaction
        assert third.end_transaction is None


def test_the_live_object_of_a_version(world: World, deleted: Any) -> None:
    with world.transaction() as session:
        assert versions_of(session, deleted, 1)[0].version_parent is None
        other = session.get_one(deleted, 2)
        assert other.versions[0].version_parent is other


# Changesets.


def test_changesets(world: World, deleted: Any) -> None:
    with world.transaction() as session:
        changesets = [version.changeset for version in versions_of(session, deleted, 1)]
    assert changesets == [
        {"id": [None, 1], "name": [None, "a"]},
        {"name": ["a", "b"]},
        {"name": ["b", "c"], "content": [None, "text"]},
        {"id": [1, None], "name": ["c", None], "content": ["text", None]},
    ]


def test_the_changeset_of_a_second_life(world: World, deleted: Any) -> None:
    with world.transaction() as session:
        session.add(deleted(id=1, name="c", hits=0))
    with world.transaction() as session:
        last = session.get_one(deleted, 1).versions[-1]
        assert last.changeset == {"id": [None, 1], "name": [None, "c"], "hits": [None, 0]}


def test_the_changeset_of_pending_changes(world: World, article: Any) -> None:
    with world.transaction() as session:
        loaded = session.get_one(article, 1)
        assert changeset(loaded) == {}
        loaded.name = "d"
        loaded.content = None
        with session.no_autoflush:
            assert changeset(loaded) == {"name": ["d", "c"], "content": [None, "text"]}
        session.rollback()


# Points in time.


def test_version_at_a_transaction(world: World, deleted: Any) -> None:
    history = version_class(deleted)
    with world.transaction() as session:
        first, second, third, end = [row.id for row in world.transactions()]
        names = {
            at: getattr(history.version_at(session, {"id": 1}, at), "name", None)
            for at in (first - 1, first, second, third, end, end + 100)
        }
    assert names == {
        first - 1: None,
        first: "a",
        second: "b",
        third: "c",
        end: None,
        end + 100: None,
    }


def test_version_at_a_time(world: World, article: Any) -> None:
    history = version_class(article)
    times = [row.issued_at for row in world.transactions()]
    with world.transaction() as session:
        found = [history.version_at(session, {"id": 1}, time).name for time in times]
        assert found == ["a", "b", "c"]
        before = min(times) - timedelta(seconds=1)
        assert history.version_at(session, {"id": 1}, before) is None
        now = datetime.now(UTC) + timedelta(hours=1)
        assert history.version_at(session, {"id": 1}, now).name == "c"


def test_version_at_a_naive_time_is_refused(world: World, article: Any) -> None:
    history = version_class(article)
    with world.transaction() as session, pytest.raises((TypeError, ValueError)):
        history.version_at(session, {"id": 1}, datetime(2026, 1, 1))


def test_version_at_with_the_subquery_strategy(world: World) -> None:
    cls = create_article(world, strategy="subquery")
    history = version_class(cls)
    for name in ("a", "b"):
        with world.transaction() as session:
            session.merge(cls(id=1, name=name))
    with world.transaction() as session:
        session.delete(session.get_one(cls, 1))
    first, second, third = [row.id for row in world.transactions()]
    with world.transaction() as session:
        assert history.version_at(session, {"id": 1}, first).name == "a"
        assert history.version_at(session, {"id": 1}, second).name == "b"
        assert history.version_at(session, {"id": 1}, third) is None
        one, two, three = versions_of(session, cls, 1)
        assert (one.next, two.next, three.next) == (two, three, None)
        assert (one.previous, two.previous, three.previous) == (None, one, two)
        assert two.changeset == {"name": ["a", "b"]}


def test_all_versions(world: World, article: Any) -> None:
    history = version_class(article)
    with world.transaction() as session:
        descending = history.all_versions(session, {"id": 1})
        assert [version.name for version in descending] == ["c", "b", "a"]
        ascending = history.all_versions(session, {"id": 1}, desc=False)
        assert [version.name for version in ascending] == ["a", "b", "c"]
        page = history.all_versions(session, {"id": 1}, limit=1, offset=1)
        assert [version.name for version in page] == ["b"]


def test_the_last_of_a_page_knows_its_predecessor(world: World, article: Any) -> None:
    history = version_class(article)
    with world.transaction() as session:
        (newest,) = history.all_versions(session, {"id": 1}, limit=1)
        assert newest.previous.name == "b"
        assert newest.changeset == {"name": ["b", "c"], "content": [None, "text"]}


# Queries are counted: what is linked is not looked up again.


def test_linked_versions_need_one_query(world: World, article: Any) -> None:
    history = version_class(article)
    with world.transaction() as session:
        history.all_versions(session, {"id": 1})
        session.expunge_all()
        with counted(world.engine) as statements:
            versions = history.all_versions(session, {"id": 1})
            assert [len(version.changeset) for version in versions] == [2, 1, 2]
            assert versions[0].previous is versions[1]
            assert versions[1].next is versions[0]
        assert len(statements) == 1


def test_iterating_and_diffing_needs_one_query(world: World, article: Any) -> None:
    with world.transaction() as session:
        loaded = session.get_one(article, 1)
        with counted(world.engine) as statements:
            assert [len(version.changeset) for version in loaded.versions] == [2, 1, 2]
        assert len(statements) == 1


def test_single_steps_need_one_query_each(world: World, article: Any) -> None:
    with world.transaction() as session:
        versions = session.get_one(article, 1).versions
        with counted(world.engine) as statements:
            last = versions[2]
        assert len(statements) == 1
        with counted(world.engine) as statements:
            assert last.previous.name == "b"
            assert last.previous.name == "b"
        assert len(statements) <= 1
        with counted(world.engine) as statements:
            assert versions.count() == 3
        assert len(statements) == 1


def test_counting_needs_one_query(world: World, article: Any) -> None:
    with world.transaction() as session:
        loaded = session.get_one(article, 1)
        with counted(world.engine) as statements:
            assert count_versions(loaded) == 3
        assert len(statements) == 1


# Questions about objects and sessions.


def test_is_modified(world: World) -> None:
    cls = create_article(world, exclude=["content"], ignore=["hits"])
    with world.transaction() as session:
        session.add(cls(id=1, name="a"))
    with Session(world.engine, autoflush=False) as session:
        loaded = session.get_one(cls, 1)
        assert not is_modified(loaded)
        loaded.content = "x"
        assert not is_modified(loaded)
        assert not is_session_modified(session)
        loaded.name = "b"
        assert is_modified(loaded)
        assert is_session_modified(session)
        session.expire(loaded)
        session.delete(loaded)
        assert is_modified_or_deleted(loaded)
        assert is_session_modified(session)


def test_a_new_object_is_a_modification(world: World, article: Any) -> None:
    with Session(world.engine) as session:
        assert not is_session_modified(session)
        new = article()
        session.add(new)
        # It has no changes, but will be inserted.
        assert not is_modified(new)
        assert is_session_modified(session)
        new.id = 9
        assert is_modified(new)
        assert list(versioned_objects(session)) == [new]


def test_unversioned_objects_are_no_modification(world: World) -> None:
    create_article(world)
    note = define_article(world, table="note", versioning=False)
    with Session(world.engine) as session:
        new = note(id=1)
        session.add(new)
        assert not is_session_modified(session)
        assert list(versioned_objects(session)) == []


def test_looking_things_up(world: World, article: Any) -> None:
    history = version_class(article)
    assert history.__name__ == "ArticleVersion"
    assert parent_class(history) is article
    assert is_versioned(article)
    assert is_versioned(article())
    assert not is_versioned(world.Base)
    assert tx_column_name(article) == "transaction_id"
    assert get_versioning_manager(article) is world.manager
    assert get_versioning_manager(history) is world.manager
    assert version_table(article.__table__) is history.__table__
    assert world.manager.version_class_map == {article: history}
    assert world.manager.parent_class_map == {history: article}
    assert world.manager.option(article, "strategy") == "validity"
    with pytest.raises(UnknownOption, match=r"'strategie' in option.*\n.*'strategy'"):
        world.manager.option(article, "strategie")
    with pytest.raises(ClassNotVersioned, match="int has no __versioned__"):
        world.manager.option(int, "strategy")
    # What callers of earlier libraries of this kind catch.
    assert issubclass(UnknownOption, KeyError)
    assert issubclass(ClassNotVersioned, TypeError)


def test_users_of_another_registry_that_were_mapped_first(world: World) -> None:
    class Other(DeclarativeBase):
        metadata = world.Base.metadata

    class User(Other):
        __tablename__ = "user"
        id = mapped_column(Integer, primary_key=True)

    # No public function of SQLAlchemy knows of that registry, and a private one may go.
    assert User in {each.class_ for each in _mappers_of(world.Base.metadata)}
    Other.registry.dispose()


def test_version_classes_can_be_queried_like_any_other(world: World, article: Any) -> None:
    history = version_class(article)
    with world.transaction() as session:
        found = session.scalars(
            select(history)
            .join(history.transaction)
            .where(history.name.in_(["a", "b"]))
            .order_by(history.name.desc())
        )
        assert [version.name for version in found] == ["b", "a"]


def test_version_objects_are_mapped_like_their_class(world: World, article: Any) -> None:
    keys = set(inspect(version_class(article)).column_attrs.keys())
    assert {"id", "name", "content", "hits"} <= keys
    assert {"transaction_id", "end_transaction_id", "operation_type"} <= keys


def test_what_a_transaction_changed(world: World, article: Any) -> None:
    history = version_class(article)
    with world.transaction() as session:
        first, *_ = session.scalars(
            select(transaction_class(article)).order_by(transaction_class(article).id)
        )
        changed = first.changed_entities
        assert list(changed) == [history]
        assert sorted(version.name for version in changed[history]) == ["a", "other"]
