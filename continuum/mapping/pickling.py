"""Generated classes can be pickled, though no module holds them by name."""

from __future__ import annotations

import copyreg
from collections.abc import Sequence
from typing import Any


class HistoryType(type):
    """Type of version and Transaction classes: a pickle refers to them by their model."""


def make_class(name: str, bases: Sequence[type[Any]], namespace: dict[str, Any]) -> type[Any]:
    """Make a version class or a Transaction class.

    :param bases: its bases, of any metaclasses.
    """
    kinds = dict.fromkeys((*(type(base) for base in bases), HistoryType))
    narrowest = [
        kind
        for kind in kinds
        if not any(issubclass(other, kind) for other in kinds.keys() - {kind})
    ]
    kind: Any = narrowest[0]
    if len(narrowest) > 1:
        kind = type("HistoryType", tuple(narrowest), {})
        copyreg.pickle(kind, _reduced)
    made: type[Any] = kind(name, tuple(bases), namespace)
    return made


def _reduced(cls: Any) -> Any:
    """Return how a generated class is found again; by its name if it belongs to no model."""
    from continuum.utils import transaction_class
    from continuum.utils import version_class

    journal = getattr(cls, "__continuum_journal__", None)
    if journal is not None and cls in journal.parents:
        return version_class, (journal.parents[cls],)
    if journal is not None and cls is journal.transaction_cls and journal.versions:
        return transaction_class, (next(iter(journal.versions)),)
    return cls.__qualname__


copyreg.pickle(HistoryType, _reduced)
