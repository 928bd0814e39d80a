"""An application written for SQLAlchemy-Continuum: its models, and what it does with them.

Run as a program by the tests, once with SQLAlchemy-Continuum itself and then with this package in
its place: ``python application.py STEP URL RECORDER``.
"""

from __future__ import annotations

import enum
import json
import sys
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.orm import Session
from sqlalchemy.orm import configure_mappers
from sqlalchemy.orm import relationship

STEP, URL, RECORDER = sys.argv[1:4]
if STEP != "write":
    import continuum

    continuum.install_as_sqlalchemy_continuum()

from sqlalchemy_continuum import Operation  # noqa: E402 - the name may have to be taken over first
from sqlalchemy_continuum import count_versions  # noqa: E402
from sqlalchemy_continuum import make_versioned  # noqa: E402
from sqlalchemy_continuum import transaction_class  # noqa: E402
from sqlalchemy_continuum import version_class  # noqa: E402
from sqlalchemy_continuum import versioning_manager  # noqa: E402
from sqlalchemy_continuum.plugins import ActivityPlugin  # noqa: E402
from sqlalchemy_continuum.plugins import PropertyModTrackerPlugin  # noqa: E402
from sqlalchemy_continuum.plugins import TransactionChangesPlugin  # noqa: E402
from sqlalchemy_continuum.plugins import TransactionMetaPlugin  # noqa: E402

activities, meta = ActivityPlugin(), TransactionMetaPlugin()
plugins: list[Any] = [TransactionChangesPlugin(), meta, activities]
if RECORDER != "native":
    plugins.append(PropertyModTrackerPlugin())
options: dict[str, Any] = {}
if STEP == "write":
    options["native_versioning"] = RECORDER == "native"
elif RECORDER == "orm":
    options["native_versioning"] = False
make_versioned(plugins=plugins, options=options)


class Base(DeclarativeBase):
    pass


class State(enum.Enum):
    draft = 1
    public = 2


class User(Base):
    __tablename__ = "user_account"
    id = sa.Column(sa.Integer, primary_key=True)
    name = sa.Column(sa.String(50))


article_tag = sa.Table(
    "article_tag",
    Base.metadata,
    sa.Column("article_id", sa.ForeignKey("article.id"), primary_key=True),
    sa.Column("tag_id", sa.ForeignKey("tag.id"), primary_key=True),
)


class Article(Base):
    __tablename__ = "article"
    __versioned__: dict[str, Any] = {"exclude": ["secret"]}
    id = sa.Column(sa.Integer, primary_key=True)
    name = sa.Column(sa.String(50), nullable=False)
    state = sa.Column(sa.Enum(State))
    secret = sa.Column(sa.String(50))
    author_id = sa.Column(sa.ForeignKey("person.id"))
    author = relationship("Person")
    tags = relationship("Tag", secondary=article_tag, order_by="Tag.id")


class Tag(Base):
    __tablename__ = "tag"
    __versioned__: dict[str, Any] = {}
    id = sa.Column(sa.Integer, primary_key=True)
    name = sa.Column(sa.String(50))


class Person(Base):
    __tablename__ = "person"
    __versioned__: dict[str, Any] = {}
    id = sa.Column(sa.Integer, primary_key=True)
    kind = sa.Column(sa.String(20))
    name = sa.Column(sa.String(50))
    __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "person"}


class Employee(Person):
    __tablename__ = "employee"
    id = sa.Column(sa.ForeignKey("person.id"), primary_key=True)
    salary = sa.Column(sa.Integer)
    __mapper_args__ = {"polymorphic_identity": "employee"}


def write(engine: sa.Engine) -> None:
    """Write a history, with SQLAlchemy-Continuum."""
    with engine.begin() as connection:
        if RECORDER == "native":
            connection.execute(sa.text("CREATE EXTENSION IF NOT EXISTS hstore"))
        Base.metadata.create_all(connection)
    with Session(engine) as session:
        session.add(User(id=1, name="ann"))
        session.commit()
        transaction = versioning_manager.unit_of_work(session).create_transaction(session)
        transaction.user_id = 1
        transaction.meta = {"ticket": "12"}
        employee = Employee(id=1, name="Eve", salary=10)
        article = Article(id=1, name="a", state=State.draft, secret="x", author=employee)
        tags = [Tag(id=1, name="one"), Tag(id=2, name="two")]
        article.tags = tags
        session.add(article)
        session.flush()
        session.add(activities.activity_cls(verb="create", object=article))
        session.commit()
        article.name = "b"
        article.tags.remove(tags[0])
        session.commit()
        employee.salary = 20
        session.commit()
        employee.name = "Eva"
        session.commit()
        article.tags.append(tags[0])
        article.state = State.public
        session.commit()
        article.tags.remove(tags[1])
        session.delete(tags[1])
        session.commit()
        # What it does not see.
        session.execute(sa.text("UPDATE article SET name = 'unseen' WHERE id = 1"))
        session.execute(sa.text("INSERT INTO tag (id, name) VALUES (3, 'unseen')"))
        session.commit()


def history(session: Session) -> dict[str, Any]:
    """Say what the history tells, in words that json can hold."""
    ArticleVersion, Transaction = version_class(Article), transaction_class(Article)
    article = session.get(Article, 1)
    assert article is not None
    eve = session.get(Person, 1)
    assert eve is not None
    return {
        "names": [version.name for version in article.versions],
        "states": [version.state.name for version in article.versions],
        "tags": [[tag.name for tag in version.tags] for version in article.versions],
        "salaries": [(version.name, version.salary) for version in eve.versions],
        "operations": [Operation(v.operation_type).name for v in article.versions],
        "changes": [sorted(version.changeset) for version in article.versions],
        "count": count_versions(article),
        "transactions": len(session.scalars(sa.select(Transaction)).all()),
        "user": session.scalars(sa.select(Transaction).order_by(Transaction.id)).first().user.name,
        "meta": [
            dict(each.meta)
            for each in session.scalars(sa.select(Transaction).order_by(Transaction.id))
            if each.meta
        ],
        "activities": [
            (each.verb, each.object.id, each.object_version.name)
            for each in session.scalars(sa.select(activities.activity_cls))
        ],
        "ends": session.scalars(
            sa.select(ArticleVersion.end_transaction_id).order_by(ArticleVersion.transaction_id)
        ).all(),
    }


def go_on(engine: sa.Engine) -> dict[str, Any]:
    """Go on with the history."""
    report = continuum.adopt(engine, catch_up=STEP == "catch_up")
    again = continuum.adopt(engine)
    with Session(engine) as session:
        before = history(session)
        newest = version_class(Article).version_at(session, 1, 10**6)
        flags = {
            name: getattr(newest, name, None) for name in ("name_mod", "state_mod", "author_id_mod")
        }
        article = session.get(Article, 1)
        assert article is not None
        article.name = "c"
        session.commit()
        employee = session.get(Employee, 1)
        assert employee is not None
        employee.salary = 30
        session.commit()
        if RECORDER != "orm":
            session.execute(sa.text("UPDATE tag SET name = 'raw' WHERE id = 1"))
            session.commit()
        activity = activities.activity_cls(verb="update", object=article)
        session.add(activity)
        session.commit()
        after = history(session)
        article.versions[0].revert()
        session.commit()
        reverted = article.name
        tags = [version.name for version in session.get(Tag, 1).versions]
        changes = [
            sorted(change.entity_name for change in each.changes)
            for each in session.scalars(
                sa.select(transaction_class(Article)).order_by(transaction_class(Article).id)
            )
        ]
    return {
        "tables": {item.table: vars(item) for item in report.tables},
        "again": {item.table: vars(item) for item in again.tables},
        "report": str(report),
        "before": before,
        "flags": flags,
        "after": after,
        "reverted": reverted,
        "tag": tags,
        "changes": changes,
    }


configure_mappers()
database = sa.create_engine(URL)
if STEP == "write":
    write(database)
else:
    print(json.dumps(go_on(database)))
