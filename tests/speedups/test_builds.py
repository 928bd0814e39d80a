"""Which form of the modules runs, and why."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from continuum import _speedups
from continuum._speedups import EXTENSIONS
from continuum._speedups import speedups_info


def run(code: str, **environment: str) -> str:
    """What a new interpreter prints."""
    done = subprocess.run(
        [sys.executable, "-P", "-c", code],
        env={**os.environ, "CONTINUUM_NO_EXTENSIONS": "", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


DESCRIBE = "from continuum._speedups import speedups_info; print(speedups_info().describe())"


@pytest.mark.compiled
def test_compiled_modules_are_used_unasked() -> None:
    assert run(DESCRIBE) == "compiled"
    assert speedups_info().compiled
    assert speedups_info().modules == tuple((name, True) for name in EXTENSIONS)


def test_compiled_modules_can_be_switched_off() -> None:
    assert run(DESCRIBE, CONTINUUM_NO_EXTENSIONS="1") == "pure (CONTINUUM_NO_EXTENSIONS=1)"


def test_what_is_not_built_is_named() -> None:
    info = _speedups.SpeedupsInfo(modules=(("one", True), ("two", False)), switched_off=False)
    assert not info.compiled
    assert info.describe() == "pure (not built: two)"


def test_files_for_another_python_are_named(tmp_path: Path) -> None:
    for name in ("one.py", "one.cpython-399-x86_64-linux-gnu.so", "one.pyi", "two.cp399.pyd"):
        (tmp_path / name).touch()
    files = tuple(_speedups.compiled_files(tmp_path, ["one", "two", "three"]))
    assert files == ("one.cpython-399-x86_64-linux-gnu.so", "two.cp399.pyd")
    info = _speedups.SpeedupsInfo((("one", False),), switched_off=False, foreign=files[:1])
    assert info.describe() == f"pure (built for another Python: {files[0]})"


def test_the_choice_is_made_at_the_first_import(monkeypatch: pytest.MonkeyPatch) -> None:
    before = speedups_info()
    monkeypatch.setenv("CONTINUUM_NO_EXTENSIONS", "1")
    assert speedups_info() == before
    monkeypatch.delenv("CONTINUUM_NO_EXTENSIONS")
    assert speedups_info() == before


def test_every_module_is_named() -> None:
    assert [name for name, _ in speedups_info().modules] == list(EXTENSIONS)
    assert all(hasattr(_speedups, name) for name in _speedups.__all__)


def test_uncompiled_modules_need_no_cython() -> None:
    code = (
        "import sys; sys.modules['cython'] = None\n"
        "from continuum._speedups import diff, is_noop, rows_cy\n"
        "print(rows_cy.cython.__name__, diff((1, 2), (1, 3), ('a', 'b')), is_noop((1,), (1,)))"
    )
    output = run(code, CONTINUUM_NO_EXTENSIONS="1")
    assert output == "continuum._speedups._cython {'b': [2, 3]} True"
