"""Expressions over the images of a row, as text that means the same under every ``sql_mode``."""

from __future__ import annotations

import re

from continuum.dialects.expressions import RowExpression
from continuum.dialects.mysql.text import quote
from continuum.dialects.mysql.text import text_literal

# Names in backticks come first: what looks like a literal in a name is none.
_TOKEN = re.compile(r"`(?:[^`]|``)*`|'((?:[^'\\]|''|\\.)*)'", re.DOTALL)


def row_expression(expression: RowExpression, *, old: str | None, new: str | None) -> str:
    """Return an expression over the columns of two rows.

    :param old: name of the row before the change (``OLD``), ``None``: all its columns are NULL.
    :param new: the same for the row after the change.
    """
    rendered = expression.render(
        "mysql",
        old=None if old is None else lambda name: f"{old}.{quote(name)}",
        new=None if new is None else lambda name: f"{new}.{quote(name)}",
    )
    return _TOKEN.sub(_rewritten, rendered)


def _rewritten(token: re.Match[str]) -> str:
    """Write a literal anew: what a backslash in it means depends on the ``sql_mode``."""
    if token[1] is None:
        return token[0]
    return text_literal(re.sub(r"\\(.)|''", lambda pair: pair[1] or "'", token[1], flags=re.DOTALL))
