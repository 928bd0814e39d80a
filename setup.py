"""What pyproject.toml has no words for: the package map, the compiled modules and their switches.

``CONTINUUM_NO_EXTENSIONS=1`` builds without compiled modules; ``CONTINUUM_REQUIRE_CYTHON=1`` makes
a build without them an error.  With neither, a machine without a C compiler gets the same modules
uncompiled.
"""

from __future__ import annotations

import os

from setuptools import Extension
from setuptools import find_packages
from setuptools import setup

EXTENSIONS = ("instances_cy", "rows_cy")

NO_EXTENSIONS = os.environ.get("CONTINUUM_NO_EXTENSIONS") == "1"
REQUIRE_CYTHON = os.environ.get("CONTINUUM_REQUIRE_CYTHON") == "1"


def extension_modules() -> list[Extension]:
    """Return the compiled modules to build, as C sources made by Cython."""
    if NO_EXTENSIONS and REQUIRE_CYTHON:
        raise SystemExit(
            "CONTINUUM_NO_EXTENSIONS and CONTINUUM_REQUIRE_CYTHON are both set: choose one"
        )
    if NO_EXTENSIONS:
        return []
    from Cython.Build import cythonize

    extensions = [
        Extension(f"continuum._speedups.{name}", [f"continuum/_speedups/{name}.py"])
        for name in EXTENSIONS
    ]
    modules: list[Extension] = cythonize(
        extensions,
        build_dir="build/cython",
        compiler_directives={"language_level": "3"},
    )
    for module in modules:
        # Set here: cythonize() makes new objects and forgets it.
        module.optional = not REQUIRE_CYTHON
    return modules


setup(
    packages=[
        *find_packages(include=["continuum", "continuum.*"]),
        "continuum.dialects",
        *(f"continuum.dialects.{name}" for name in find_packages("dialects")),
    ],
    package_dir={"continuum": "continuum", "continuum.dialects": "dialects"},
    ext_modules=extension_modules(),
)
