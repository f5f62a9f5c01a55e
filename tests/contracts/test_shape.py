"""Sizes and names of files, folders, functions and classes."""

import ast
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PRODUCT = ("fairway", "sim", "components")
MAX_MODULES, MAX_LINES, MAX_FUNCTION_LINES = 16, 350, 45
LONGER_FILES: dict[str, str] = {
    "fairway/web/websocket/hub.py": "the schedule of ticks shall leave it",
    "tests/fairway/chart/test_lanes.py": "one lane, many properties",
    "tests/fairway/web/aisstream/test_stream.py": "frames and sessions shall leave it",
    "tests/fairway/web/api/test_realtime.py": "one route, many parameters",
    "tests/fairway/web/websocket/test_hub.py": "the schedule of ticks shall leave it",
    "tests/fairway/web/websocket/test_rfc6455.py": "one test for each section of the RFC",
}
"""Files of more than 350 lines, and the reason; 450 is the end for each of them."""
MAX_LINES_WITH_REASON = 450
LARGER_FOLDERS = {"sim/world": 17}
"""Folders that shall be divided."""
FILES = sorted(
    path for top in (*PRODUCT, "tests", "bench", "scripts", "clients") for path in (ROOT / top).rglob("*.py")
)
FILES = [path for path in (ROOT / "app.py", *FILES) if "node_modules" not in path.parts]


def name_of(path: Path) -> str:
    """The path in the checkout."""
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_length(path):
    """A file has at most 350 lines, and a function 45."""
    text = path.read_text()
    allowed = MAX_LINES_WITH_REASON if name_of(path) in LONGER_FILES else MAX_LINES
    assert len(text.splitlines()) <= allowed
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    lengths = {node.name: (node.end_lineno or 0) - node.lineno + 1 for node in functions}
    assert {name: length for name, length in lengths.items() if length > MAX_FUNCTION_LINES} == {}


def test_names_of_modules():
    """No module or folder of the product begins with an underscore."""
    paths = [path.relative_to(ROOT) for path in FILES if path.relative_to(ROOT).parts[0] in PRODUCT]
    private = [path for path in paths if any(p.startswith("_") and not p.startswith("__") for p in path.parts)]
    assert private == []


def test_modules_in_a_folder():
    """A folder has at most 16 modules."""
    counts: defaultdict[str, int] = defaultdict(int)
    for path in FILES:
        if path.name != "__init__.py" and path.relative_to(ROOT).parts[0] in PRODUCT:
            counts[name_of(path.parent)] += 1
    assert {folder: count for folder, count in counts.items() if count > MAX_MODULES} == LARGER_FOLDERS


def test_one_class_name_one_meaning():
    """No two modules of the product define a class of the same name."""
    places: defaultdict[str, list[str]] = defaultdict(list)
    for path in FILES:
        if path.relative_to(ROOT).parts[0] in PRODUCT:
            for node in ast.parse(path.read_text()).body:
                if isinstance(node, ast.ClassDef):
                    places[node.name].append(name_of(path))
    assert {name: files for name, files in places.items() if len(files) > 1} == {}
