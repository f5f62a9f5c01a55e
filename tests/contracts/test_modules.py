"""Each module has a test module of the same name; lines of tests per line of code."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOPS = ("fairway", "sim", "components")
TESTED_ELSEWHERE = {
    "fairway/commands/interfaces.py": "a Protocol only",
    "fairway/traffic/interfaces.py": "a Protocol only",
    "fairway/web/websocket/no_reader.py": "only used by the adoption: test_adoption.py beside it",
}
"""Modules without a test module of the same name, and the reason."""
TOGETHER = {
    "fairway/web": ("aisstream/frames", "aisstream/session", "status", "websocket/client"),
    "sim/reports": ("coverage", "faults", "sensors", "spoofing"),
    "sim": ("simulation",),
    "sim/world": (
        "composition", "convoys", "fleet", "itinerary", "moorings", "motion", "passage", "placement", "port_stays",
        "steering", "vessel_types", "voyage_data", "weather",
    ),
}  # fmt: skip
"""Modules that the tests of their folder still test together; each of them shall get a test module of its own."""
RATIO = 0.9
"""Lines of tests per line of code; the goal is 1.1."""


def modules() -> list[Path]:
    """Every module of the product with more than its docstring and imports, relative to the checkout."""
    found = (path for top in TOPS for path in (ROOT / top).rglob("*.py"))
    return sorted(
        path.relative_to(ROOT) for path in found if path.name != "__init__.py" and "migrations" not in path.parts
    )


@pytest.mark.parametrize("module", modules(), ids=str)
def test_each_module_has_its_test(module):
    """`fairway/a/b.py` is tested in `tests/fairway/a/test_b.py`."""
    test = ROOT / "tests" / module.parent / f"test_{module.name}"
    together = {f"{folder}/{name}.py" for folder, names in TOGETHER.items() for name in names}
    assert test.is_file() != (str(module) in TESTED_ELSEWHERE.keys() | together)


def test_the_exceptions_are_few_and_needed():
    """No exception is out of date, and there are at most ten."""
    assert len(TESTED_ELSEWHERE) <= 10
    assert [name for name in TESTED_ELSEWHERE if not (ROOT / name).is_file()] == []


def test_tests_to_code():
    """The tests have at least RATIO times the lines of the code."""
    code, tests = lines(*TOPS, "app.py"), lines("tests")
    assert tests >= RATIO * code


def lines(*places: str) -> int:
    """Number of lines of all Python files in some folders."""
    roots = [ROOT / place for place in places]
    paths = [path for root in roots for path in ([root] if root.is_file() else root.rglob("*.py"))]
    return sum(len(path.read_text().splitlines()) for path in paths if "node_modules" not in path.parts)
