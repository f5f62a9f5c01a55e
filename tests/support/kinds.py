"""Which tests are system tests: derived from the code that a test runs, without a list of tests."""

import functools
import types
from collections.abc import Callable, Iterator
from typing import Any

import pytest

OUTSIDE = (
    "subprocess", "socket", "socketserver", "threading", "selenium", "websockets", "http.server", "pty", "redis",
    "app", "fairway.server",
)  # fmt: skip
"""A test, a fixture or a helper of the tests that uses one of these starts a process, a thread, or a whole server."""


def is_system_test(item: pytest.Item) -> bool:
    """Whether the test or one of its fixtures uses a process, a thread, a socket or a browser."""
    if not isinstance(item, pytest.Function):
        return False
    fixtures = item._fixtureinfo.name2fixturedefs.values()  # pytest has no public way to a test's fixtures
    functions = [item.function, *(definition.func for definitions in fixtures for definition in definitions)]
    return any(reaches_outside(function) for function in functions)


@functools.cache
def reaches_outside(function: Callable[..., Any] | type) -> bool:
    """Whether a function or class of the tests uses a module of `OUTSIDE`, itself or through a helper."""
    seen: set[object] = set()
    waiting: list[object] = [function]
    while waiting:
        current = waiting.pop()
        if current in seen:
            continue
        seen.add(current)
        for used in uses(current):
            module = used.__name__ if isinstance(used, types.ModuleType) else used.__module__ or ""
            if any(module == name or module.startswith(name + ".") for name in OUTSIDE):
                return True
            if getattr(used, "__module__", "").startswith("tests."):
                waiting.append(used)
    return False


def uses(thing: object) -> Iterator[Any]:
    """Modules, functions and classes that the code of a function, or of a class's methods, names."""
    methods = vars(thing).values() if isinstance(thing, type) else [thing]
    for method in methods:
        function = getattr(method, "__wrapped__", getattr(method, "__func__", method))
        if not isinstance(function, types.FunctionType):
            continue
        for name in names(function.__code__):
            used = function.__globals__.get(name)
            if isinstance(used, types.ModuleType | types.FunctionType | type):
                yield used


def names(code: types.CodeType) -> Iterator[str]:
    """Global names in a code object and in the functions that are defined in it."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from names(constant)
