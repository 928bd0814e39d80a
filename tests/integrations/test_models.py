"""Flask-SQLAlchemy: its base, its session, its requests.  SQLModel is in ``docs/frameworks.md``."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
from typing import Any

import flask
import flask_login
import pytest
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import ForeignKey
from sqlalchemy import String
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import clear_mappers
from sqlalchemy.orm import mapped_column

from continuum import VersioningManager
from continuum import make_versioned
from continuum import remove_versioning
from continuum import restore
from continuum import undo
from continuum import version_class
from continuum.integrations.testing import assert_versions
from continuum.plugins import FlaskPlugin
from servers.database import Database


@pytest.fixture
def versioning(recorder: str) -> Iterator[Callable[..., VersioningManager]]:
    """Calls ``make_versioned()`` for a manager of its own, and takes it back."""
    manager = VersioningManager()

    def make(**arguments: Any) -> VersioningManager:
        options = {"native_versioning": recorder == "triggers"}
        make_versioned(manager=manager, options=options, **arguments)
        return manager

    yield make
    remove_versioning(manager=manager)
    clear_mappers()


def test_flask_sqlalchemy(database: Database, versioning: Callable[..., VersioningManager]) -> None:
    class Base(DeclarativeBase):
        pass

    db = SQLAlchemy(model_class=Base)

    class User(flask_login.UserMixin, db.Model):  # type: ignore[name-defined,misc]
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str] = mapped_column(String(50))

    manager = versioning(user_cls=User, plugins=[FlaskPlugin()])

    class Article(db.Model):  # type: ignore[name-defined,misc]
        __versioned__: dict[str, Any] = {}
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str] = mapped_column(String(50))
        author_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    app = flask.Flask("shop")
    app.config.update(
        SQLALCHEMY_DATABASE_URI=database.url.render_as_string(hide_password=False),
        SECRET_KEY="test",
    )
    db.init_app(app)
    login = flask_login.LoginManager(app)
    login.request_loader(lambda request: db.session.get(User, int(request.headers["x-user"])))

    @app.post("/articles/<int:key>/<name>")
    def write(key: int, name: str) -> str:
        db.session.merge(Article(id=key, name=name))
        db.session.commit()
        return ""

    @app.post("/undo/<int:transaction>")
    def take_back(transaction: int) -> str:
        undo(db.session, transaction, manager=manager)
        db.session.commit()
        return ""

    with app.app_context():
        db.create_all()
        db.session.add_all([User(id=1, name="Ada"), User(id=2, name="Grace")])
        db.session.commit()

    client = app.test_client()
    for user, path in (("1", "/articles/1/a"), ("2", "/articles/1/b")):
        assert client.post(path, headers={"x-user": user}).status_code == 200
    with app.app_context():
        article = db.session.get_one(Article, 1)
        assert_versions(
            article,
            [
                {"name": "a", "transaction.user.name": "Ada"},
                {"name": "b", "transaction.user.name": "Grace"},
            ],
        )
        assert article.versions[1].transaction.remote_addr == "127.0.0.1"
        last = article.versions[1].transaction_id
        db.session.delete(article)
        db.session.commit()
        assert restore(db.session, Article, 1).name == "b"
        db.session.commit()
    assert client.post(f"/undo/{last + 2}", headers={"x-user": "1"}).status_code == 200
    with app.app_context():
        assert db.session.get(Article, 1) is None
        versions = db.session.scalars(version_class(Article).select_all(1, desc=False)).all()
        assert_versions(versions, ["insert", "update", "delete", "insert", "delete"])
        assert versions[-1].transaction.user.name == "Ada"
        page = db.paginate(version_class(Article).select_all(1), per_page=2, max_per_page=2)
        assert page.total == 5
        assert [int(version.operation_type) for version in page] == [2, 0]
        db.engine.dispose()
