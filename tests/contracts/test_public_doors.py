"""Tests use public names of the product."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted(path for path in (ROOT / "tests").rglob("*.py") if "node_modules" not in path.parts)
OF_OTHERS = {"_asdict", "_replace", "_fields", "_make", "_exit", "_traverse", "_callback_list", "_fixtureinfo"}
"""Names with an underscore of the standard library, Dash and pytest."""
INSIDE = {
    "tests/fairway/alerts/test_zones.py": "fills the disk below the database",
    "tests/fairway/web/aisstream/test_stream.py": "counts the frames that wait",
    "tests/fairway/web/socketio/test_engineio.py": "packets of engineio",
    "tests/fairway/web/socketio/test_listeners.py": "transports by session",
    "tests/fairway/web/websocket/test_hub.py": "the hub's clients and its turns",
    "tests/fairway/web/websocket/test_message_reader.py": "wsproto's state machine",
    "tests/sim/world/test_encounters.py": "steps of the lookout",
    "tests/sim/world/test_world.py": "data of voyages",
}
"""Test modules that still look inside the product, and at what; each of them shall use public names."""


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


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_private_names(path):
    """A test reaches no name with an underscore but its own."""
    allowed = str(path.relative_to(ROOT)) in INSIDE
    assert bool(private(ast.parse(path.read_text()))) == allowed


def test_the_checks_see():
    """The check finds private attributes, and names that a test replaces."""
    assert private(ast.parse("import x\nx.y._z = 1\nself._a = x._a")) == {"_z"}
    assert private(ast.parse("monkeypatch.setattr(x, '_z', 1)")) == {"_z"}
