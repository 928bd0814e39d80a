"""Fixtures for pytest: ``pytest_plugins = ["continuum.integrations.pytest_plugin"]``."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from continuum.integrations import testing


@pytest.fixture
def assert_versions() -> Callable[[Any, Iterable[testing.Expected]], None]:
    """The function :func:`continuum.integrations.testing.assert_versions`."""
    return testing.assert_versions


@pytest.fixture
def continuum_engine() -> Engine:
    """The engine of :func:`continuum_session`; define a fixture of this name to say which."""
    raise pytest.UsageError(
        "continuum_session does not know its engine: define a fixture continuum_engine in your "
        "conftest.py that returns it, with all tables created"
    )


@pytest.fixture
def continuum_session(continuum_engine: Engine) -> Iterator[Session]:
    """A session whose commits are rolled back at the end of the test."""
    with testing.rolled_back(continuum_engine) as session:
        yield session
