"""Fixtures of the tests of safety: the worlds of the conformance tests."""

from __future__ import annotations

from suite.conftest import new_world
from suite.conftest import world

__all__ = ["new_world", "world"]
