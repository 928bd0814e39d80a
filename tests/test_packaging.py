"""What is built, what is in it, and what it needs."""

from __future__ import annotations

import ast
import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest

from continuum import _speedups

ROOT = Path(__file__).parents[1]
PACKAGE_MAP = {"continuum": "continuum", "dialects": "continuum/dialects"}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what a build uses."""
    copy = tmp_path / "checkout"
    copy.mkdir()
    leftovers = shutil.ignore_patterns("__pycache__", "*.so", "*.c")
    for folder in PACKAGE_MAP:
        shutil.copytree(ROOT / folder, copy / folder, ignore=leftovers)
    for name in ("pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    return copy


def build(checkout: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Build a wheel into ``dist``."""
    switches = {"CONTINUUM_NO_EXTENSIONS": "", "CONTINUUM_REQUIRE_CYTHON": ""}
    return subprocess.run(
        [sys.executable, "setup.py", "--quiet", "bdist_wheel"],
        cwd=checkout,
        env={**os.environ, **switches, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def wheel_of(checkout: Path) -> Path:
    (wheel,) = (checkout / "dist").glob("*.whl")
    return wheel


def test_the_wheel_holds_the_package_and_nothing_else(checkout: Path) -> None:
    done = build(checkout, CONTINUUM_NO_EXTENSIONS="1")
    assert done.returncode == 0, done.stderr
    wheel = wheel_of(checkout)
    assert wheel.name.endswith("-py3-none-any.whl")
    expected = {"continuum/py.typed"}
    for folder, package in PACKAGE_MAP.items():
        for module in (ROOT / folder).rglob("*.py"):
            expected.add(f"{package}/{module.relative_to(ROOT / folder).as_posix()}")
    names = set(zipfile.ZipFile(wheel).namelist())
    metadata = {name for name in names if re.match(r"continuum_sqlalchemy-[^/]+\.dist-info/", name)}
    assert names - metadata == expected
    assert any(name.endswith("/licenses/LICENSE") for name in metadata)


def test_every_folder_with_modules_is_a_package() -> None:
    for folder in PACKAGE_MAP:
        for module in (ROOT / folder).rglob("*.py"):
            assert (module.parent / "__init__.py").exists(), f"{module.parent} would not be shipped"


def test_without_a_compiler_the_package_is_built_uncompiled(checkout: Path) -> None:
    done = build(checkout, CC="false")
    assert done.returncode == 0, done.stderr
    names = zipfile.ZipFile(wheel_of(checkout)).namelist()
    assert not [name for name in names if name.endswith((".so", ".pyd"))]
    for name in _speedups.EXTENSIONS:
        assert f"continuum/_speedups/{name}.py" in names


def test_a_required_extension_that_fails_is_an_error(checkout: Path) -> None:
    done = build(checkout, CC="false", CONTINUUM_REQUIRE_CYTHON="1")
    assert done.returncode != 0
    assert not (checkout / "dist").exists()


def test_opposite_switches_are_refused(checkout: Path) -> None:
    done = build(checkout, CONTINUUM_NO_EXTENSIONS="1", CONTINUUM_REQUIRE_CYTHON="1")
    assert done.returncode != 0
    assert "CONTINUUM_NO_EXTENSIONS and CONTINUUM_REQUIRE_CYTHON are both set" in done.stderr


@pytest.mark.compiled
def test_required_extensions_are_in_the_wheel(checkout: Path) -> None:
    done = build(checkout, CONTINUUM_REQUIRE_CYTHON="1")
    assert done.returncode == 0, done.stderr
    names = zipfile.ZipFile(wheel_of(checkout)).namelist()
    for name in _speedups.EXTENSIONS:
        pattern = rf"continuum/_speedups/{name}\.[^/]*(so|pyd)"
        assert any(re.fullmatch(pattern, found) for found in names)
    assert not [name for name in names if name.endswith(".c")]


def test_the_lists_of_extensions_agree() -> None:
    tree = ast.parse((ROOT / "setup.py").read_text(encoding="utf-8"))
    (in_setup,) = (
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "EXTENSIONS"
    )
    on_disk = {path.stem for path in (ROOT / "continuum" / "_speedups").glob("*_cy.py")}
    assert set(in_setup) == on_disk
    assert in_setup == _speedups.EXTENSIONS


def test_the_core_needs_sqlalchemy_alone() -> None:
    requirements = importlib.metadata.requires("continuum-sqlalchemy") or []
    core = [requirement for requirement in requirements if "extra ==" not in requirement]
    assert [re.split(r"[<>=!~ ]", requirement)[0].lower() for requirement in core] == ["sqlalchemy"]


def test_extras() -> None:
    metadata = importlib.metadata.metadata("continuum-sqlalchemy")
    extras = {"postgresql", "mysql", "flask", "alembic", "cli", "all"}
    assert set(metadata.get_all("Provides-Extra") or ()) == extras
    assert metadata["License-Expression"] == "BSD-3-Clause"


def test_importing_continuum_imports_nothing_optional() -> None:
    code = (
        "import sys, continuum\n"
        "optional = {'alembic', 'click', 'flask', 'psycopg2', 'pymysql', 'rich', 'typer'}\n"
        "print(sorted(optional & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_dialects_are_imported_by_their_real_name() -> None:
    # Imported as `dialects`, which works in the checkout, every class would exist twice.
    pattern = re.compile(r"^\s*(from|import) dialects\b", re.MULTILINE)
    for folder in (*PACKAGE_MAP, "tests", "examples", "benchmarks"):
        for module in (ROOT / folder).rglob("*.py"):
            assert not pattern.search(module.read_text(encoding="utf-8")), module


def configuration() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_wheels_are_built_for_every_python_that_is_named() -> None:
    project = configuration()["project"]
    named = {
        match["version"].replace(".", "")
        for classifier in project["classifiers"]
        if (match := re.search(r"Python :: (?P<version>3\.\d+)$", classifier))
    }
    built = configuration()["tool"]["cibuildwheel"]["build"].split()
    assert set(built) == {f"cp{version}-*" for version in named}
    assert project["requires-python"] == f">=3.{min(int(version[1:]) for version in named)}"


def test_wheels_need_their_compiled_modules_and_are_tested() -> None:
    wheels = configuration()["tool"]["cibuildwheel"]
    assert wheels["environment"] == {"CONTINUUM_REQUIRE_CYTHON": "1"}
    assert set(wheels["test-groups"]) <= set(configuration()["dependency-groups"])
    for path in wheels["test-sources"]:
        assert (ROOT / path).exists()
    # The checkout must not be imported in the place of the wheel.
    assert wheels["test-command"].startswith("python -P -m pytest")
    tested = [word for word in wheels["test-command"].split() if "/" in word]
    assert tested
    for path in tested:
        assert (ROOT / path).exists(), path


def test_the_release_runs_pinned_actions_and_has_no_password() -> None:
    workflow = (ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8")
    actions = re.findall(r"uses: (\S+)", workflow)
    assert actions
    for action in actions:
        assert re.search(r"@[0-9a-f]{40}$", action), action
    assert "id-token: write" in workflow
    assert "secrets." not in workflow
    assert "password" not in workflow.replace("there is no password", "")


def test_what_the_contents_of_a_wheel_are_checked_against(checkout: Path, tmp_path: Path) -> None:
    done = build(checkout, CONTINUUM_NO_EXTENSIONS="1")
    assert done.returncode == 0, done.stderr
    check = [sys.executable, ROOT / ".ci" / "wheel_contents.py", "contents", checkout]
    shutil.rmtree(checkout / "build")
    right = subprocess.run([*check, checkout / "dist"], capture_output=True, text=True, check=False)
    assert right.returncode == 0, right.stderr
    # The same wheel under a name that promises compiled modules.
    wheel = wheel_of(checkout)
    shutil.copy(wheel, tmp_path / wheel.name.replace("py3-none-any", "cp311-cp311-linux_x86_64"))
    wrong = subprocess.run([*check, tmp_path], capture_output=True, text=True, check=False)
    assert wrong.returncode != 0
    for name in _speedups.EXTENSIONS:
        assert f"lacks the compiled continuum/_speedups/{name}" in wrong.stderr
