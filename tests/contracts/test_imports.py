"""Who may import whom: the layers of docs/architecture.md, read from every import and registry entry of the tree."""

import ast
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LAYERS = (
    (
        "fairway.__version__",
        "fairway.errors",
    ),
    ("fairway.settings",),
    ("fairway.chart", "fairway.runtime"),
    ("fairway.traffic",),
    ("fairway.ais", "fairway.alerts", "fairway.commands"),
    ("fairway.protocol", "fairway.feeds", "fairway.outputs", "fairway.checkpoint"),
    ("fairway.history", "fairway.cluster"),
    ("fairway.web",),
    ("sim.world",),
    ("sim.custom", "sim.reports"),
    ("sim.simulation",),
    ("sim.scenario",),
    ("sim.commands", "sim.saved"),
    ("sim.engine",),
    ("sim.simulator",),
    ("components",),
    ("fairway.registry",),
    ("fairway.server",),
    ("fairway.__main__",),
    ("app",),
)
"""From left to right: a module imports from its own package and from the layers before its own."""
OF_WORLD = {"fairway.chart", "fairway.errors", "sim.world"}
"""All that `sim.world` may import of ours: the truth knows no reports."""
FREE = {"numpy", "orjson", "msgspec"}
LIBRARIES = {
    "alembic": {"fairway.history"},
    "dash": {"components", "fairway.server"},
    "dash_ag_grid": {"components"},
    "dash_leaflet": {"components"},
    "engineio": {"fairway.web"},
    "flask": {"fairway.web", "components", "fairway.server", "app"},
    "flask_socketio": {"fairway.web"},
    "flask_sock": {"fairway.web"},
    "flask_swagger_ui": {"fairway.web"},
    "paho": {"fairway.outputs"},
    "pika": {"fairway.outputs"},
    "plotly": {"components"},
    "prometheus_client": {"fairway.web"},
    "pyais": {"fairway.ais"},
    "pythonjsonlogger": {"fairway.runtime"},
    "redis": {"fairway.cluster"},
    "simple_websocket": {"fairway.web"},
    "spectree": {"fairway.web"},
    "sqlalchemy": {"fairway.history"},
    "tomli_w": {"sim.scenario"},
    "websockets": {"fairway.feeds"},
    "werkzeug": {"fairway.web", "fairway.__main__"},
    "wsproto": {"fairway.web"},
}
"""Which packages may import a library; every other library is free nowhere."""
ENTRY = re.compile(r"((?:fairway|sim|components)(?:\.\w+)+):\w+")
"""A registry's "module:function", which counts as an import of the module."""
RANK = {package: rank for rank, layer in enumerate(LAYERS) for package in layer}
FILES = [ROOT / "app.py", *(p for top in ("fairway", "sim", "components") for p in sorted((ROOT / top).rglob("*.py")))]


def package_of(module: str) -> str:
    """The layer's package that a module belongs to, or the module's own name."""
    return next((package for package in RANK if module == package or module.startswith(package + ".")), module)


def imports(path: Path) -> set[str]:
    """Modules that a file imports or registers; `from package import module` counts as package.module."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and (entry := ENTRY.fullmatch(node.value)):
            found.add(entry[1])
    return found


def may_import(package: str, imported: str) -> bool:
    """Whether a file of `package` may import the module or name `imported`."""
    top, other = imported.split(".")[0], package_of(imported)
    if other in RANK:
        if package == "sim.world":
            return other in OF_WORLD
        same = other == package
        return same or RANK[other] < RANK.get(package, -1)
    return top in sys.stdlib_module_names or top in FREE or package in LIBRARIES.get(top, ())


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports(path):
    """A file imports from its own package, from layers before it, and the libraries that its package may have."""
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    package = package_of(module)
    assert {name for name in imports(path) if not may_import(package, name)} == set()


def test_registry_entries_are_imports(tmp_path):
    """A "module:function" in a text counts as an import of the module; other texts with a colon do not."""
    file = tmp_path / "registry.py"
    file.write_text('FEEDS = {"a": "fairway.web.status:run", "b": "no fairway.web.status:run", "c": "a:b"}')
    assert imports(file) == {"fairway.web.status"}
    assert not may_import("fairway.feeds", "fairway.web.status")


def test_every_module_has_a_layer():
    """Nothing stands outside the layers, but for the packages that hold them."""
    modules = [".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in FILES]
    assert [name for name in modules if package_of(name) not in RANK and name not in ("fairway", "sim")] == []
