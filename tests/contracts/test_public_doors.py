"""Tests use public names of the product, and never assert how long something takes."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted(path for path in (ROOT / "tests").rglob("*.py") if "node_modules" not in path.parts)
OF_OTHERS = {"_asdict", "_replace", "_fields", "_make", "_exit"}
"""Names with an underscore that the standard library documents."""
TIMERS = {"perf_counter", "monotonic", "time", "process_time", "thread_time"}


def private(tree: ast.Module) -> set[str]:
    """Private names that a test module takes from others: by import, as an attribute, or as text for monkeypatch."""
    own = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    own |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    own |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and from_self(node)}
    return {name for name in taken(tree) if is_private(name)} - own - OF_OTHERS


def taken(tree: ast.Module) -> Iterator[str]:
    """Names that a module takes from others."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.Attribute) and not from_self(node):
            yield node.attr
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == "setattr":
            yield from (str(arg.value) for arg in node.args if isinstance(arg, ast.Constant))


def is_private(name: str) -> bool:
    """Whether a name begins with one underscore."""
    return name.startswith("_") and not name.startswith("__") and len(name) > 1


def from_self(node: ast.Attribute) -> bool:
    """Whether it is an attribute of the test's own object."""
    return isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")


def timed(tree: ast.Module) -> list[int]:
    """Lines that assert an upper bound of a difference of clock readings."""
    spans = {"elapsed", "elapsed_s", "duration", "duration_s", "took", "took_s", "taken", "seconds_taken"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and any(
            is_clock(part) for part in ast.walk(node.value) if is_difference(node.value)
        ):
            spans |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Assert)
        for compare in ast.walk(node.test)
        if isinstance(compare, ast.Compare) and bounds_a_span(compare, spans)
    ]


def bounds_a_span(compare: ast.Compare, spans: set[str]) -> bool:
    """Whether a comparison says that a difference of clock readings is less than something."""
    sides = [compare.left, *compare.comparators]
    for left, operator, right in zip(sides, compare.ops, sides[1:], strict=False):
        small = (
            left
            if isinstance(operator, ast.Lt | ast.LtE)
            else right
            if isinstance(operator, ast.Gt | ast.GtE)
            else None
        )
        if small is None:
            continue
        if isinstance(small, ast.Name) and small.id in spans:
            return True
        if is_difference(small) and any(is_clock(part) for part in ast.walk(small)):
            return True
    return False


def is_difference(node: ast.AST) -> bool:
    """Whether it is `a - b`."""
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub)


def is_clock(node: ast.AST) -> bool:
    """Whether it reads a clock of the machine."""
    return isinstance(node, ast.Call) and getattr(node.func, "attr", "") in TIMERS


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_private_names(path):
    """A test reaches no name with an underscore but its own."""
    assert private(ast.parse(path.read_text())) == set()


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_timed_assertion(path):
    """A speed is a figure of `bench/`, never an assertion."""
    assert timed(ast.parse(path.read_text())) == []


def test_the_checks_see():
    """Each check finds what it looks for."""
    assert private(ast.parse("import x\nx.y._z = 1\nself._a = x._a")) == {"_z"}
    assert private(ast.parse("monkeypatch.setattr(x, '_z', 1)")) == {"_z"}
    assert timed(ast.parse("assert time.monotonic() - begin < 2")) == [1]
    assert timed(ast.parse("t = perf() - 1\nlasted = time.perf_counter() - begin\nassert 2 > lasted")) == [3]
