"""Expressions over the images of a row, as text with places for their columns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Column
from sqlalchemy import ColumnElement
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.visitors import InternalTraversal
from sqlalchemy.types import NullType

from continuum.dialects.expressions import RowExpression
from continuum.dialects.expressions import RowImage

_NEUTRAL = ""
_PLACE = re.compile(r"\{(old|new):((?:[^{}]|\{\{|\}\})*)\}")


def freeze_expression(expression: RowExpression, dialect: str) -> str | dict[str, str]:
    """Return an expression as text in which ``{new:name}`` stands for a column.

    :param dialect: the dialect whose words are kept beside the neutral ones, if they differ.
    """
    neutral = _escaped(expression, None)
    own = _escaped(expression, dialect)
    return neutral if own == neutral else {_NEUTRAL: neutral, _kind(dialect): own}


def thaw_expression(frozen: str | Mapping[str, str]) -> RowExpression:
    """Return the expression that :func:`freeze_expression` wrote down."""
    texts = {_NEUTRAL: frozen} if isinstance(frozen, str) else dict(frozen)
    return RowExpression(_Frozen(texts))


def _kind(dialect: str) -> str:
    return "mysql" if dialect == "mariadb" else dialect


def _escaped(expression: RowExpression, dialect: str | None) -> str:
    mark = "\x00"
    raw = expression.render(
        dialect,
        old=lambda name: f"{mark}old:{name}{mark}",
        new=lambda name: f"{mark}new:{name}{mark}",
    )
    texts, columns = raw.split(mark)[::2], raw.split(mark)[1::2]
    return "".join(
        _braced(text) + (f"{{{_braced(columns[at])}}}" if at < len(columns) else "")
        for at, text in enumerate(texts)
    )


def _braced(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _plain(text: str) -> str:
    return text.replace("{{", "{").replace("}}", "}")


class _Frozen(ColumnElement[Any]):
    """Text of an expression for one or more dialects, with its columns apart.

    :param texts: by name of the dialect; the empty name is for all others.
    """

    inherit_cache = False
    type = NullType()
    _traverse_internals = [  # noqa: RUF012 - SQLAlchemy declares it as it is
        ("images", InternalTraversal.dp_clauseelement_tuple)
    ]

    def __init__(self, texts: Mapping[str, str]) -> None:
        places = sorted(
            {match.groups() for text in texts.values() for match in _PLACE.finditer(text)}
        )
        self.places = {place: at for at, place in enumerate(places)}
        self.images = tuple(_image(image, _plain(name)) for image, name in places)
        self.texts = {dialect: _PLACE.split(text) for dialect, text in texts.items()}

    def pieces(self, dialect: str) -> list[str | ColumnElement[Any]]:
        """Return the texts and columns for a dialect, in their order."""
        parts = self.texts.get(_kind(dialect)) or self.texts[_NEUTRAL]
        found: list[str | ColumnElement[Any]] = [_plain(parts[0])]
        for image, name, text in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
            found += [self.images[self.places[image, name]], _plain(text)]
        return found


def _image(image: str, name: str) -> ColumnElement[Any]:
    found: ColumnElement[Any] = RowImage(image, {name: Column(name)})[name]
    return found


@compiles(_Frozen)
def _compile(element: _Frozen, compiler: Any, **options: Any) -> str:
    return "".join(
        piece if isinstance(piece, str) else compiler.process(piece, **options)
        for piece in element.pieces(compiler.dialect.name)
    )
