"""The functions that run for every value: compiled where that was possible, else as they are.

They know values, and nothing of sessions, tables or databases.  Whatever in the library compares
values, says what changed, or decides what a revert has to write, does it here.

A module ``*_cy.py`` is ordinary Python that Cython can compile as well.  Its compiled form lies
beside it and wins the import; nothing else tells the two apart.  ``CONTINUUM_NO_EXTENSIONS=1`` in
the environment, at the first import, picks the uncompiled form.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

__all__ = [
    "EXTENSIONS",
    "SpeedupsInfo",
    "agree",
    "any_changed",
    "changesets",
    "diff",
    "differing",
    "equivalent",
    "fold_chain",
    "is_changed",
    "is_noop",
    "is_noop_at",
    "load_uncompiled_module",
    "same",
    "speedups_info",
    "to_set",
]

EXTENSIONS = ("instances_cy", "rows_cy")
"""Modules of this package that are compiled; setup.py has the same list."""


@dataclass(frozen=True, slots=True)
class SpeedupsInfo:
    """Which form of each compiled module runs.

    :param modules: pairs of module name and whether its compiled form runs.
    :param switched_off: ``CONTINUUM_NO_EXTENSIONS=1`` was set at the first import.
    :param foreign: compiled files that lie there but are for another Python or platform.
    """

    modules: tuple[tuple[str, bool], ...]
    switched_off: bool
    foreign: tuple[str, ...] = ()

    @property
    def compiled(self) -> bool:
        """Whether every module runs in its compiled form."""
        return all(compiled for _, compiled in self.modules)

    def describe(self) -> str:
        """Return ``"compiled"``, or ``"pure"`` and why."""
        if self.compiled:
            return "compiled"
        if self.switched_off:
            return "pure (CONTINUUM_NO_EXTENSIONS=1)"
        missing = ", ".join(name for name, compiled in self.modules if not compiled)
        if self.foreign:
            return f"pure (built for another Python: {', '.join(self.foreign)})"
        return f"pure (not built: {missing})"


def load_uncompiled_module(name: str) -> ModuleType:
    """Return a new copy of a module in its uncompiled form, whatever is imported already.

    :param name: one of :data:`EXTENSIONS`.
    """
    path = Path(__file__).with_name(f"{name}.py")
    spec = importlib.util.spec_from_file_location(f"{__name__}.{name}", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def speedups_info() -> SpeedupsInfo:
    """Say which form of each compiled module runs.

    :returns: the modules, and a description of them in words.

    No queries.  Example::

        speedups_info().describe()  # "compiled", or "pure" and why
    """
    modules = tuple(
        (name, bool(sys.modules[f"{__name__}.{name}"]._is_compiled())) for name in EXTENSIONS
    )
    pure = [name for name, compiled in modules if not compiled]
    return SpeedupsInfo(
        modules=modules,
        switched_off=_SWITCHED_OFF,
        foreign=() if _SWITCHED_OFF else tuple(compiled_files(Path(__file__).parent, pure)),
    )


def compiled_files(folder: Path, names: Iterable[str]) -> Iterator[str]:
    """Iterate over the compiled files of modules, for whatever Python they are.

    :param folder: where the modules are.
    :param names: their names.
    """
    for name in names:
        for path in sorted(folder.glob(f"{name}.*")):
            if path.suffix in (".so", ".pyd"):
                yield path.name


_SWITCHED_OFF = os.environ.get("CONTINUUM_NO_EXTENSIONS") == "1"

if _SWITCHED_OFF:
    for _name in EXTENSIONS:
        sys.modules[f"{__name__}.{_name}"] = load_uncompiled_module(_name)

# After the choice of the build.
from continuum._speedups.instances_cy import any_changed  # noqa: E402
from continuum._speedups.instances_cy import is_changed  # noqa: E402
from continuum._speedups.rows_cy import agree  # noqa: E402
from continuum._speedups.rows_cy import changesets  # noqa: E402
from continuum._speedups.rows_cy import diff  # noqa: E402
from continuum._speedups.rows_cy import differing  # noqa: E402
from continuum._speedups.rows_cy import equivalent  # noqa: E402
from continuum._speedups.rows_cy import fold_chain  # noqa: E402
from continuum._speedups.rows_cy import is_noop  # noqa: E402
from continuum._speedups.rows_cy import is_noop_at  # noqa: E402
from continuum._speedups.rows_cy import same  # noqa: E402
from continuum._speedups.rows_cy import to_set  # noqa: E402
