"""What wheels have to hold.

``wheel_contents.py identifiers FILE`` or ``wheel_contents.py contents SOURCES WHEELS``.
"""

from __future__ import annotations

import ast
import re
import sys
import zipfile
from pathlib import Path

PYTHONS = ("cp311", "cp312", "cp313", "cp314")
PLATFORMS = (
    "manylinux_x86_64",
    "musllinux_x86_64",
    "manylinux_aarch64",
    "musllinux_aarch64",
    "macosx_x86_64",
    "macosx_arm64",
    "win_amd64",
)
PACKAGES = {"continuum": "continuum", "dialects": "continuum/dialects"}


def main() -> None:
    """Look, and fail with what is wrong."""
    kind, *arguments = sys.argv[1:]
    if kind == "identifiers":
        wrong = identifiers(Path(arguments[0]))
    else:
        wrong = contents(Path(arguments[0]), Path(arguments[1]))
    if wrong:
        raise SystemExit("\n".join(wrong))


def identifiers(printed: Path) -> list[str]:
    """Return what is missing from the builds that cibuildwheel has printed, or too much."""
    found = set(printed.read_text(encoding="utf-8").split())
    wanted = {f"{python}-{platform}" for python in PYTHONS for platform in PLATFORMS}
    return [
        *(f"not built: {name}" for name in sorted(wanted - found)),
        *(f"built, but not expected: {name}" for name in sorted(found - wanted)),
    ]


def contents(sources: Path, wheels: Path) -> list[str]:
    """Return what is wrong with the wheels in a folder.

    :param sources: the unpacked source distribution that they were built from.
    """
    modules = {"continuum/py.typed"}
    for folder, package in PACKAGES.items():
        for path in (sources / folder).rglob("*.py"):
            modules.add(f"{package}/{path.relative_to(sources / folder).as_posix()}")
    wrong = []
    for leftover in ("*.so", "*.c", "*.pyc"):
        wrong += [f"source distribution holds {path}" for path in sources.rglob(leftover)]
    extensions = compiled_modules(sources / "setup.py")
    for wheel in sorted(wheels.glob("*.whl")):
        names = set(zipfile.ZipFile(wheel).namelist())
        # A repaired wheel has entries for folders, too.
        names = {name for name in names if ".dist-info/" not in name and not name.endswith("/")}
        binaries = {name for name in names if name.endswith((".so", ".pyd"))}
        built = {re.sub(r"\.[^/]*$", "", name) for name in binaries}
        expected = set() if wheel.name.endswith("-none-any.whl") else extensions
        wrong += [f"{wheel.name} lacks {name}" for name in sorted(modules - names)]
        wrong += [f"{wheel.name} holds {name}" for name in sorted(names - binaries - modules)]
        wrong += [f"{wheel.name} lacks the compiled {name}" for name in sorted(expected - built)]
        wrong += [f"{wheel.name} holds the compiled {name}" for name in sorted(built - expected)]
        print(f"{wheel.name}: {len(names)} files, {len(binaries)} of them compiled")
    return wrong


def compiled_modules(setup: Path) -> set[str]:
    """Return the paths, without suffix, of the modules that setup.py compiles."""
    for node in ast.parse(setup.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "EXTENSIONS":
            return {f"continuum/_speedups/{name}" for name in ast.literal_eval(node.value)}
    raise SystemExit(f"{setup} names no EXTENSIONS")


if __name__ == "__main__":
    main()
