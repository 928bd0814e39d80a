"""What the ``*_cy`` modules use of Cython, for running them where Cython is not installed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from typing import TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])

compiled = False

bint = bool
Py_ssize_t = int
double = float


def cfunc(function: Function) -> Function:
    """Make a function one of C, unknown outside its module."""
    return function


def inline(function: Function) -> Function:
    """Put a function's body where it is called."""
    return function


def returns(_type: type) -> Callable[[Function], Function]:
    """Declare the type of the result."""
    return _unchanged


def exceptval(_value: int) -> Callable[[Function], Function]:
    """Say which result stands for an exception."""
    return _unchanged


def locals(**types: type) -> Callable[[Function], Function]:  # noqa: A001 - the name in Cython
    """Declare the types of local variables."""
    return _unchanged


def boundscheck(_on: bool) -> Callable[[Function], Function]:
    """Say whether the ends of a sequence are checked at each access."""
    return _unchanged


def wraparound(_on: bool) -> Callable[[Function], Function]:
    """Say whether negative indexes count from the end."""
    return _unchanged


def annotation_typing(_on: bool) -> Callable[[Function], Function]:
    """Say whether annotations are also C types."""
    return _unchanged


def _unchanged(function: Function) -> Function:
    return function
