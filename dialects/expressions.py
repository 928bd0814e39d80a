"""SQL over the old and the new image of a row, for triggers of any database."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column
from sqlalchemy import ColumnElement
from sqlalchemy import Dialect
from sqlalchemy import column
from sqlalchemy import literal_column
from sqlalchemy import null
from sqlalchemy.dialects import registry
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import ColumnClause

_IMAGE = "continuum_image"


class RowImage:
    """The columns of a row as it is before or after a change, as attributes.

    :param image: ``"old"`` or ``"new"``.
    :param columns: the live columns, by the names under which they are found.
    """

    def __init__(self, image: str, columns: Mapping[str, Column[Any]]) -> None:
        self._columns = {name: _marked(image, item) for name, item in columns.items()}

    def __getattr__(self, name: str) -> ColumnElement[Any]:
        try:
            found: ColumnElement[Any] = self._columns[name]
        except KeyError:
            raise AttributeError(
                f"the row has no column {name!r}; it has {', '.join(sorted(self._columns))}"
            ) from None
        return found

    __getitem__ = __getattr__


def _marked(image: str, live: Column[Any]) -> ColumnElement[Any]:
    # The annotation stays with every copy that SQLAlchemy makes of the element.
    return column(live.name, live.type)._annotate({_IMAGE: image})


def over_row(image: str, expression: Any) -> Any:
    """Return an expression over live columns as one over a :class:`RowImage`.

    :param image: ``"old"`` or ``"new"``.
    """

    def replace(element: Any, **_: Any) -> Any:
        return _marked(image, element) if isinstance(element, Column) else None

    return visitors.replacement_traverse(expression, {}, replace)


@dataclass(frozen=True)
class RowExpression:
    """An expression over :class:`RowImage` columns."""

    element: ColumnElement[Any]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RowExpression) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    @property
    def text(self) -> str:
        """The expression as text of no particular database."""
        return self._compiled(None, lambda name: f"old.{name}", lambda name: f"new.{name}")

    def columns(self) -> Iterator[tuple[str, str]]:
        """Iterate over the columns that the expression needs, as (image, column name)."""
        for element in visitors.iterate(self.element):
            image = element._annotations.get(_IMAGE)
            if image is not None and isinstance(element, ColumnClause):
                yield image, element.name

    def over(
        self,
        new: Callable[[str], ColumnElement[Any]],
        old: Callable[[str], ColumnElement[Any]] | None = None,
    ) -> ColumnElement[Any]:
        """Return the expression over other columns in the places of its own.

        :param new: from the name of a live column to what takes the place of its new value.
        :param old: the same for the old value; ``None``: all NULL.
        """

        def replace(element: Any, **_: Any) -> Any:
            image = element._annotations.get(_IMAGE)
            if image is None or not isinstance(element, ColumnClause):
                return None
            if image == "new":
                return new(element.name)
            return null() if old is None else old(element.name)

        replaced: ColumnElement[Any] = visitors.replacement_traverse(self.element, {}, replace)
        return replaced

    def render(
        self,
        dialect: str | None,
        *,
        old: Callable[[str], str] | None,
        new: Callable[[str], str] | None,
    ) -> str:
        """Return the expression as SQL text with every value in it.

        :param dialect: name of the database's dialect in SQLAlchemy; ``None``: none in particular.
        :param old: from the name of a live column to the text of its old value; ``None``: all NULL.
        :param new: the same for the new value.
        """
        if dialect is None:
            return self._compiled(None, old, new)
        known = registry.load("mysql" if dialect == "mariadb" else dialect)
        # With this style of parameters a percent sign stays what it is.
        return self._compiled(known(paramstyle="named"), old, new)

    def _compiled(
        self,
        dialect: Dialect | None,
        old: Callable[[str], str] | None,
        new: Callable[[str], str] | None,
    ) -> str:
        def replace(element: Any, **_: Any) -> Any:
            image = element._annotations.get(_IMAGE)
            if image is None or not isinstance(element, ColumnClause):
                return None
            value = old if image == "old" else new
            if value is None:
                return null()
            return literal_column(value(element.name), element.type)

        replaced = visitors.replacement_traverse(self.element, {}, replace)
        return str(replaced.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
