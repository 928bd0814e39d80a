"""ActivityPlugin: who did what to which object."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import BigInteger
from sqlalchemy import Boolean
from sqlalchemy import Enum as EnumType
from sqlalchemy import Integer
from sqlalchemy import LargeBinary
from sqlalchemy import String
from sqlalchemy import Uuid
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.dialects.mysql import VARBINARY
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column

from continuum import ImproperlyConfigured
from continuum import context
from continuum.plugins import ActivityPlugin
from suite._support import World
from suite._support import counted
from suite._support import define_article


def make(
    new_world: Callable[..., World], *others: Callable[[World], Any], **arguments: Any
) -> tuple[World, Any, Any, Any]:
    plugin = ActivityPlugin(**arguments)
    world = new_world(plugins=[plugin])
    Article = define_article(world)
    Tag = others[0](world) if others else define_article(world, table="tag")
    world.create()
    return world, Article, Tag, plugin.activity_cls


def test_an_activity_knows_its_object_and_the_version_of_then(
    new_world: Callable[..., World],
) -> None:
    world, Article, _, Activity = make(new_world)
    with world.transaction() as session, context(actor="ann"):
        article = Article(name="a")
        session.add(article)
        session.flush()
        session.add(Activity(verb="create", object=article, data={"size": 1}))
    with world.transaction() as session:
        article = session.scalars(select(Article)).one()
        article.name = "b"
        session.add(Activity(verb="update", object=article))
    with world.transaction() as session:
        session.delete(session.scalars(select(Article)).one())
        session.flush()
        gone = session.scalars(select(Activity).order_by(Activity.id)).first()
        assert gone.object is None
        assert gone.object_version.name == "a"
    with world.transaction() as session:
        created, updated = session.scalars(select(Activity).order_by(Activity.id))
        assert (created.verb, created.data, created.actor) == ("create", {"size": 1}, "ann")
        assert created.object_version.name == "a"
        assert updated.object_version.name == "b"
        assert updated.transaction.activities == [updated]
        assert [each.id for each in world.transactions()][:2] == [
            created.transaction_id,
            updated.transaction_id,
        ]


def test_object_and_activity_in_one_flush(new_world: Callable[..., World]) -> None:
    world, Article, Tag, Activity = make(new_world)
    with world.transaction() as session:
        article, tag = Article(name="a"), Tag(name="t")
        session.add(Activity(verb="tag", object=tag, target=article))
        session.add_all([article, tag])
    with world.transaction() as session:
        activity = session.scalars(select(Activity)).one()
        assert activity.object is session.scalars(select(Tag)).one()
        assert activity.target is session.scalars(select(Article)).one()
        assert activity.target_version.name == "a"
        assert activity.object_tx_id == activity.transaction_id


def test_an_activity_of_a_flush_that_failed_leaves_nothing(new_world: Callable[..., World]) -> None:
    def unique(world: World) -> Any:
        class Unique(world.Base):
            # Written after the activities.
            __module__ = "shop"
            __tablename__ = "unique_name"
            __versioned__ = {}
            id = mapped_column(Integer, primary_key=True)
            name = mapped_column(String(50), unique=True)

        return Unique

    world, Article, Unique, Activity = make(new_world, unique)
    with Session(world.engine) as session:
        article = Article(name="a")
        session.add_all([article, Unique(name="u")])
        session.commit()
        lost = Activity(verb="lost", object=article)
        session.add_all([lost, Unique(name="u")])
        with pytest.raises(IntegrityError):
            session.flush()
        session.rollback()
        # A key that is given anew.
        session.add(Activity(id=lost.id, verb="plain"))
        session.commit()
        plain = session.scalars(select(Activity)).one()
        assert (plain.verb, plain.object_id, plain.object_tx_id) == ("plain", None, None)


def test_many_activities_take_few_statements(new_world: Callable[..., World]) -> None:
    world, Article, Tag, Activity = make(new_world)
    with world.transaction() as session:
        tag = Tag(name="t")
        articles = [Article(name=f"a{number}") for number in range(30)]
        session.add_all([tag, *articles])
        session.flush()
        session.add_all(
            [Activity(verb="tag", object=each, target=tag) for each in articles]
            + [Activity(verb="look")]
        )
        with counted(world.engine) as statements:
            session.flush()
        looks = [each for each in statements if "article_version" in each]
        notes = [each for each in statements if each.startswith("UPDATE activity")]
        assert (len(looks), len(notes)) == (1, 1)
    with world.transaction() as session:
        noted = session.scalars(select(Activity).order_by(Activity.id)).all()
        assert [each.object and each.object.name for each in noted] == [
            *(f"a{number}" for number in range(30)),
            None,
        ]
        assert {each.object_tx_id for each in noted[:30]} == {noted[0].transaction_id}
        assert {each.target_tx_id for each in noted[:30]} == {noted[0].transaction_id}
        assert noted[30].object_tx_id is None


def test_deleting_is_an_activity_too(new_world: Callable[..., World]) -> None:
    world, Article, _, Activity = make(new_world)
    with world.transaction() as session:
        session.add(Article(id=1, name="a"))
    with world.transaction() as session:
        article = session.get(Article, 1)
        session.delete(article)
        session.add(Activity(verb="delete", object=article))
        session.flush()
        assert session.scalars(select(Activity)).one().object is None
    with world.transaction() as session:
        activity = session.scalars(select(Activity)).one()
        assert activity.object is None
        assert activity.object_version.name == "a"


def test_activities_are_found_by_what_they_are_about(new_world: Callable[..., World]) -> None:
    world, Article, Tag, Activity = make(new_world)
    with world.transaction() as session:
        one, two, tag = Article(id=1), Article(id=2), Tag(id=1)
        session.add_all([one, two, tag])
        session.flush()
        session.add_all(
            [
                Activity(verb="1", object=one),
                Activity(verb="2", object=two),
                Activity(verb="3", object=tag, target=one),
                Activity(verb="4"),
            ]
        )
        session.flush()

        def verbs(criterion: Any) -> list[str]:
            return list(
                session.scalars(select(Activity.verb).where(criterion).order_by(Activity.verb))
            )

        assert verbs(or_(Activity.object == one, Activity.target == one)) == ["1", "3"]
        assert verbs(Activity.object.is_type(Article)) == ["1", "2"]
        assert verbs(Activity.object == None) == ["4"]  # noqa: E711 - SQL
        assert verbs(Activity.object != one) == ["2", "3"]


def define_document(world: World) -> Any:
    return type(
        "Document",
        (world.Base,),
        {
            "__tablename__": "document",
            "__versioned__": {},
            "id": mapped_column(Uuid, primary_key=True),
            "name": mapped_column(String(20)),
        },
    )


def define_page(world: World) -> Any:
    return type(
        "Page",
        (world.Base,),
        {
            "__tablename__": "page",
            "__versioned__": {},
            "book": mapped_column(String(20), primary_key=True),
            "number": mapped_column(Integer, primary_key=True),
            "name": mapped_column(String(20)),
        },
    )


class Wing(Enum):
    """Part of a key."""

    EAST = "e"
    WEST = "w"


def define_seat(world: World) -> Any:
    binary = LargeBinary(16).with_variant(VARBINARY(16), "mysql", "mariadb")
    return type(
        "Seat",
        (world.Base,),
        {
            "__tablename__": "seat",
            "__versioned__": {},
            "wing": mapped_column(EnumType(Wing, native_enum=False), primary_key=True),
            "aisle": mapped_column(Boolean, primary_key=True),
            "code": mapped_column(binary, primary_key=True),
            "name": mapped_column(String(20)),
        },
    )


@pytest.mark.parametrize(
    ("define", "key"),
    [
        (define_document, {"id": uuid4()}),
        (define_page, {"book": 'it\'s, "x"', "number": 7}),
        (define_seat, {"wing": Wing.WEST, "aisle": False, "code": b"\x00\xff"}),
    ],
    ids=["uuid", "composite", "converted"],
)
def test_keys_of_any_kind(
    new_world: Callable[..., World], define: Any, key: dict[str, Any]
) -> None:
    world, Article, Other, Activity = make(new_world, define)
    with world.transaction() as session:
        other = Other(**key, name="x")
        article = Article(id=5)
        session.add_all([other, article])
        session.add(Activity(verb="do", object=other, target=article))
    with world.transaction() as session:
        activity = session.scalars(select(Activity)).one()
        assert activity.object is session.scalars(select(Other)).one()
        assert activity.object_version.name == "x"
        assert activity.target.id == 5
        found = session.scalars(select(Activity).where(Activity.object == activity.object)).all()
        assert found == [activity]


def test_integer_columns_refuse_other_keys(new_world: Callable[..., World]) -> None:
    _, _, Document, Activity = make(new_world, define_document, key_type=BigInteger())
    with pytest.raises(ImproperlyConfigured, match=r"(?s)holds integers.*key_type=String"):
        Activity(object=Document(id=uuid4()))


def test_only_versioned_objects(new_world: Callable[..., World]) -> None:
    world, _, _, Activity = make(new_world)
    with pytest.raises(ImproperlyConfigured, match="is not versioned"):
        Activity(object=world)
    with pytest.raises(TypeError, match="no attribute"):
        Activity(verbs="x")
