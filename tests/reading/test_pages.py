"""Lists of versions: pages, and what their versions know about each other."""

from __future__ import annotations

import itertools
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from continuum import transaction_class
from continuum import version_class
from continuum.errors import InvalidArgument
from continuum.errors import InvalidPoint
from reading._support import change
from suite._support import World
from suite._support import counted
from suite._support import create_article
from suite._support import next_tick

pytestmark = pytest.mark.recorders("triggers")

NAMES = ["a", "b", "c", "d", "e"]


@pytest.fixture
def article(world: World) -> Any:
    """Row 1 with versions a to e, between versions of row 2."""
    cls = create_article(world)
    for name in NAMES:
        change(world, cls, 2, name="other " + name)
        change(world, cls, 1, name=name)
        next_tick()
    return cls


def ids(world: World, cls: Any) -> list[int]:
    """Return the transaction ids of the versions of row 1."""
    with Session(world.engine) as session:
        found = version_class(cls).all_versions(session, 1, desc=False, link=False)
        return [version.transaction_id for version in found]


def assert_linked(world: World, versions: list[Any], *, steps: bool = True) -> None:
    """Check what versions know, without a query, against the names in their order."""
    with counted(world.engine) as statements:
        for version in versions:
            position = NAMES.index(version.name)
            assert version.index == position
            if not steps:
                continue
            for neighbour, at in ((version.previous, position - 1), (version.next, position + 1)):
                if 0 <= at < len(NAMES):
                    assert neighbour.name == NAMES[at]
                else:
                    assert neighbour is None
            old = NAMES[position - 1] if position else None
            assert version.changeset["name"] == [old, NAMES[position]]
    assert statements == []


@pytest.mark.parametrize("desc", [True, False])
def test_every_page_is_one_query_and_knows_its_edges(
    world: World, article: Any, desc: bool
) -> None:
    everything = NAMES[::-1] if desc else NAMES
    for limit, offset in itertools.product([None, 0, 1, 2, 5, 6], [None, 0, 1, 4, 5, 7]):
        with Session(world.engine) as session:
            session.connection()
            with counted(world.engine) as statements:
                page = version_class(article).all_versions(
                    session, 1, limit=limit, offset=offset, desc=desc
                )
            assert len(statements) == (0 if limit == 0 else 1)
            start = offset or 0
            stop = None if limit is None else start + limit
            assert [version.name for version in page] == everything[start:stop]
            assert_linked(world, page)


@pytest.mark.parametrize("desc", [True, False])
def test_pages_between_points(world: World, article: Any, desc: bool) -> None:
    numbers = ids(world, article)
    for start, stop in itertools.combinations_with_replacement(range(5), 2):
        for limit, offset in ((None, None), (1, None), (1, 1), (None, 1)):
            expected = NAMES[start : stop + 1]
            expected = expected[::-1] if desc else expected
            expected = expected[offset or 0 :][:limit]
            with Session(world.engine) as session:
                session.connection()
                with counted(world.engine) as statements:
                    page = version_class(article).all_versions(
                        session,
                        1,
                        limit=limit,
                        offset=offset,
                        desc=desc,
                        between=(numbers[start], numbers[stop]),
                    )
                assert len(statements) == 1
                assert [version.name for version in page] == expected
                assert_linked(world, page, steps=False)
                for version in page:
                    position = NAMES.index(version.name)
                    assert (version.previous is None) is (position == 0)
                    assert (version.next is None) is (position == 4)
                    assert version.changeset["name"][1] == version.name


def test_page_after_page_by_key(world: World, article: Any) -> None:
    history = version_class(article)
    with Session(world.engine) as session:
        pages = [history.all_versions(session, 1, limit=2)]
        while pages[-1]:
            pages.append(history.all_versions(session, 1, limit=2, before=pages[-1][-1]))
        names = [[version.name for version in page] for page in pages]
        assert names == [["e", "d"], ["c", "b"], ["a"], []]
        assert_linked(world, pages[0])
        upwards = history.all_versions(session, 1, limit=2, desc=False, after=pages[2][0])
        assert [version.name for version in upwards] == ["b", "c"]
        assert [version.index for version in upwards] == [1, 2]


def test_between_moments(world: World, article: Any) -> None:
    history = version_class(article)
    transaction = transaction_class(article)
    with Session(world.engine) as session:
        times = [session.get_one(transaction, number).issued_at for number in ids(world, article)]

        def names(**bounds: Any) -> list[str]:
            found = history.all_versions(session, 1, desc=False, **bounds)
            return [version.name for version in found]

        second = timedelta(seconds=1)
        tick = timedelta(milliseconds=1)
        assert names(between=(times[1] - tick, times[3] + tick)) == ["b", "c", "d"]
        assert names(between=(times[1], times[3])) == ["b", "c", "d"]
        assert names(after=times[1], before=times[3]) == ["c"]
        assert names(between=(None, times[1])) == ["a", "b"]
        assert names(between=(times[3], None)) == ["d", "e"]
        assert names(between=(times[0] - second, datetime.now(UTC) + second)) == NAMES
        assert names(before=times[0] - second) == []


def test_a_page_without_links(world: World, article: Any) -> None:
    with Session(world.engine) as session:
        (version,) = version_class(article).all_versions(session, 1, limit=1, link=False)
        with counted(world.engine) as statements:
            assert version.previous.name == "d"
        assert len(statements) == 1


def test_keys_in_all_forms(world: World, article: Any) -> None:
    history = version_class(article)
    with Session(world.engine) as session:
        obj = session.get_one(article, 1)
        for key in (1, (1,), [1], {"id": 1}, obj):
            assert len(history.all_versions(session, key)) == 5
            assert history.version_at(session, key, obj.versions[0]).name == "a"
        for key in ((1, 2), {"nr": 1}, {}, {"id": 1, "nr": 2}):
            with pytest.raises(InvalidArgument, match="key of Article"):
                history.all_versions(session, key)


def test_what_is_no_point(world: World, article: Any) -> None:
    history = version_class(article)
    transaction = transaction_class(article)
    with Session(world.engine) as session:
        for at in ("1", None, True, 1.5, transaction(), datetime(2024, 1, 1), object()):
            with pytest.raises(InvalidPoint):
                history.version_at(session, 1, at)
        with pytest.raises(InvalidPoint, match="time zone"):
            transaction.at(datetime(2024, 1, 1))
        with pytest.raises(InvalidPoint, match="time zone"):
            history.all_versions(session, 1, between=(datetime(2024, 1, 1), None))
