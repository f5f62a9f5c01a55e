"""Each module has a test module of the same name, and the tests are longer than the code."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOPS = ("fairway", "sim", "components")
TESTED_ELSEWHERE = {
    "fairway/settings/outputs.py": "only fields: tests/fairway/settings/test_settings.py",
}
"""Modules without a test module of the same name, and the reason."""
RATIO = 1.1


def modules() -> list[Path]:
    """Every module of the product with more than its docstring and imports, relative to the checkout."""
    found = (path for top in TOPS for path in (ROOT / top).rglob("*.py"))
    return sorted(
        path.relative_to(ROOT) for path in found if path.name != "__init__.py" and "migrations" not in path.parts
    )


def scripts() -> list[Path]:
    """Every JavaScript module of the page that defines functions or classes, relative to `assets/`."""
    paths = (path for path in (ROOT / "assets").rglob("*.mjs") if "vendor" not in path.parts)
    return sorted(path.relative_to(ROOT / "assets") for path in paths)


@pytest.mark.parametrize("module", modules(), ids=str)
def test_each_module_has_its_test(module):
    """`fairway/a/b.py` is tested in `tests/fairway/a/test_b.py`."""
    test = ROOT / "tests" / module.parent / f"test_{module.name}"
    assert test.is_file() or str(module) in TESTED_ELSEWHERE


def test_the_exceptions_are_few_and_needed():
    """No exception is out of date, and there are at most ten."""
    assert len(TESTED_ELSEWHERE) <= 10
    assert [name for name in TESTED_ELSEWHERE if not (ROOT / name).is_file()] == []


def test_tests_to_code():
    """The tests have at least 1.1 times the lines of the code."""
    code, tests = lines(*TOPS, "app.py"), lines("tests")
    print(f"code {code} lines, tests {tests} lines: ratio {tests / code:.2f}")
    assert tests >= RATIO * code


def lines(*places: str) -> int:
    """Number of lines of all Python files in some folders."""
    roots = [ROOT / place for place in places]
    paths = [path for root in roots for path in ([root] if root.is_file() else root.rglob("*.py"))]
    return sum(len(path.read_text().splitlines()) for path in paths if "node_modules" not in path.parts)
