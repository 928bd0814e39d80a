"""FlaskPlugin: the current user and the address of the request."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import flask
import pytest
from sqlalchemy import Integer
from sqlalchemy.orm import mapped_column

from continuum import ImproperlyConfigured
from continuum.plugins import FlaskPlugin
from suite._support import World
from suite._support import define_article


def make(new_world: Callable[..., World], **arguments: Any) -> tuple[World, Any]:
    def declare(Base: Any) -> dict[str, Any]:
        User = type(
            "User",
            (Base,),
            {"__tablename__": "user", "id": mapped_column(Integer, primary_key=True)},
        )
        return {"user_cls": User}

    world = new_world(plugins=[FlaskPlugin(**arguments)], declare=declare)
    Article = define_article(world)
    world.create()
    return world, Article


def test_outside_of_a_request_nobody_is_known(new_world: Callable[..., World]) -> None:
    world, Article = make(new_world)
    with world.transaction() as session:
        session.add(Article(id=1))
    assert (world.transactions()[0].user_id, world.transactions()[0].remote_addr) == (None, None)


def test_the_address_of_the_request(new_world: Callable[..., World]) -> None:
    world, Article = make(new_world)
    app = flask.Flask("test")
    request = app.test_request_context(environ_base={"REMOTE_ADDR": "192.0.2.7"})
    with request, world.transaction() as session:
        session.add(Article(id=1))
    assert world.transactions()[0].remote_addr == "192.0.2.7"


def test_the_user_of_flask_login(new_world: Callable[..., World]) -> None:
    import flask_login

    world, Article = make(new_world)
    app = flask.Flask("test")
    app.secret_key = "x"
    manager = flask_login.LoginManager(app)

    class Visitor(flask_login.UserMixin):
        id = 7

    manager.request_loader(lambda request: Visitor() if request.args.get("in") else None)
    for query in ("/?in=1", "/"):
        with app.test_request_context(query), world.transaction() as session:
            session.add(Article())
    assert [row.user_id for row in world.transactions()] == [7, None]


def test_own_functions(new_world: Callable[..., World]) -> None:
    world, Article = make(
        new_world, current_user_id_factory=lambda: 3, remote_addr_factory=lambda: "::1"
    )
    with world.transaction() as session:
        session.add(Article(id=1))
    assert (world.transactions()[0].user_id, world.transactions()[0].remote_addr) == (3, "::1")


def test_without_flask_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "flask", None)
    with pytest.raises(ImproperlyConfigured, match="pip install Flask"):
        FlaskPlugin()
