"""No test asserts how long something takes: a speed is a figure of `bench/`."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted(path for path in (ROOT / "tests").rglob("*.py") if "node_modules" not in path.parts)
TIMERS = {"perf_counter", "monotonic", "time", "process_time", "thread_time"}


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
def test_no_timed_assertion(path):
    """No line asserts an upper bound of a time."""
    assert timed(ast.parse(path.read_text())) == []


def test_the_check_sees():
    """A bound of a difference is found, also through a variable; a deadline of a wait is not."""
    assert timed(ast.parse("assert time.monotonic() - begin < 2")) == [1]
    assert timed(ast.parse("lasted = time.perf_counter() - begin\nassert 2 > lasted")) == [2]
    assert timed(ast.parse("assert time.monotonic() < deadline")) == []
