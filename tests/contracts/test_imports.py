"""Who may import whom: the table of the house, read from every import."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ALLOWED = {
    "config": {"setting_texts"},
    "setting_texts": set(),
    "core": {"config", "feeds", "outputs", "sea", "traffic"},
    "sea": {"numpy", "sea"},
    "sim": {"numpy", "sea", "sim"},
    "traffic": {"numpy", "sea", "traffic"},
    "alerts": {"numpy", "traffic", "sea"},
    "feeds": {"numpy", "traffic", "sea", "config"},
    "outputs": {"numpy", "traffic", "sea", "config"},
    "components": {"numpy", "traffic", "sea", "dash", "dash_leaflet", "plotly", "flask", "components"},
}
MORE = {
    "traffic/wire.py": {"orjson"},
    "traffic/requests.py": {"msgspec"},
    "traffic/schema.py": {"msgspec"},
    "traffic/updates.py": {"orjson"},
    "feeds/simulator.py": {"sim"} | {f"feeds.{name}" for name in ("_engine", "_events", "_journal", "_orders", "_sea")},
    "feeds/_engine.py": {"sim"}
    | {f"feeds.{name}" for name in ("_deceptions", "_events", "_faults", "_journal", "_kept", "_orders", "_sea")},
    "feeds/_journal.py": {"sim", "feeds._orders", "tomli_w"},
    "feeds/_sea.py": {"sim", "feeds._reporting"},
    "feeds/_deceptions.py": {"feeds._sea"},
    "feeds/_faults.py": {"feeds._sea"},
    "feeds/_maneuvers.py": {"sim", "feeds._sea"},
    "feeds/_events.py": {"sim", "feeds._deceptions", "feeds._faults", "feeds._maneuvers", "feeds._sea"},
    "feeds/_orders.py": {"sim", "feeds._events", "feeds._faults", "feeds._maneuvers", "feeds._sea"},
    "feeds/_reporting.py": {"sim", "feeds._coverage", "feeds._quirks", "feeds._sensed"},
    "feeds/_sensed.py": {"sim", "feeds._quirks"},
    "feeds/_quirks.py": {"sim"},
    "feeds/aivdm_file.py": {"feeds", "feeds._aivdm", "feeds._reports"},
    "feeds/aivdm_tcp.py": {"feeds._live"},
    "feeds/aivdm_listen.py": {"feeds._live", "feeds._nmea"},
    "feeds/aivdm_udp.py": {"feeds._live"},
    "feeds/aivdm_pipe.py": {"feeds._live"},
    "feeds/aisstream.py": {"feeds", "feeds._reports", "websockets"},
    "feeds/_live.py": {"feeds", "feeds._aivdm", "feeds._reports"},
    "feeds/_aivdm.py": {"feeds", "feeds._payloads", "feeds._reports"},
    "feeds/_payloads.py": {"feeds"},
    "feeds/_pyais.py": {"pyais", "feeds", "feeds._reports"},
    "outputs/_origin.py": {"flask", "orjson", "werkzeug", "outputs._bucket"},
    "outputs/_headers.py": {"flask"},
    "outputs/_gzip.py": {"flask"},
    "outputs/_logs.py": {"pythonjsonlogger"},
    "outputs/_optional.py": {"outputs._history_past", "outputs"},
    "outputs/alerts.py": {"flask", "msgspec", "orjson", "outputs._api", "outputs._bodies", "spectree"},
    "outputs/redis.py": {"redis", "msgspec"},
    "feeds/redis.py": {"redis", "msgspec"},
    "traffic/entry.py": {"msgspec"},
    "traffic/checkpoint.py": {"msgspec"},
    "traffic/keeper.py": {"msgspec"},
    "feeds/_kept.py": {"msgspec", "sim"}
    | {
        f"feeds.{name}"
        for name in ("_events", "_faults", "_journal", "_maneuvers", "_quirks", "_reporting", "_sea", "_sensed")
    },
    "traffic/orders.py": {"msgspec", "orjson"},
    "traffic/remote.py": {"msgspec"},
    "outputs/health.py": {"flask", "orjson", "prometheus_client", "outputs._status", "outputs._status_page"},
    "outputs/_status_page.py": {"flask"},
    "outputs/history.py": {f"outputs._history_{name}" for name in ("database", "read", "store")},
    "outputs/_history_database.py": {"alembic", "sqlalchemy", "outputs._history_tables"},
    "outputs/_history_store.py": {"sqlalchemy"}
    | {f"outputs._history_{name}" for name in ("database", "frames", "tables")},
    "outputs/_history_read.py": {"sqlalchemy"}
    | {f"outputs._history_{name}" for name in ("database", "frames", "tables")},
    "outputs/_history_snapshots.py": {"outputs._history_read"},
    "outputs/_history_past.py": {f"outputs._history_{name}" for name in ("database", "frames", "read", "snapshots")},
    "outputs/_history_csv.py": {"outputs._history_frames", "outputs._history_read"},
    "outputs/replay.py": {"flask", "msgspec", "spectree"}
    | {f"outputs.{name}" for name in ("_api", "_history_csv", "_history_past", "_listing", "_models", "_selection")},
    "outputs/_listing.py": {"flask", "msgspec", "orjson", "outputs._models", "outputs._selection"},
    "outputs/_history_tables.py": {"sqlalchemy"},
    "outputs/simulation.py": {"flask", "orjson", "spectree", "outputs._api", "outputs._bodies", "outputs._models"},
    "outputs/aivdm_tcp.py": {"outputs._aivdm_encode"},
    "outputs/aivdm_udp.py": {"outputs._aivdm_encode"},
    "outputs/aisstream.py": {"outputs._aisstream_frames", "outputs._aisstream_session"},
    "outputs/_aisstream_frames.py": {"orjson", "outputs._ais_fields", "outputs._aivdm_encode"},
    "outputs/_aisstream_session.py": {"msgspec", "orjson", "outputs._ais_fields", "outputs._aisstream_frames"},
    "outputs/_digitraffic.py": {"orjson", "outputs._aivdm_encode"},
    "outputs/mqtt.py": {"paho", "orjson", "outputs._digitraffic"},
    "outputs/amqp.py": {"pika", "outputs._digitraffic"},
    "outputs/_client.py": {"outputs._inbound"},
    "outputs/_hub.py": {"outputs._client", "outputs._inbound"},
    "outputs/_inbound.py": {"wsproto", "outputs._bucket"},
    "outputs/ws.py": {"flask", "flask_sock", "simple_websocket", "outputs._hub", "outputs._inbound", "outputs._origin"},
    "outputs/socketio.py": {
        "flask",
        "orjson",
        "outputs._engineio",
        "outputs._hub",
        "outputs._listeners",
        "outputs._origin",
    },
    "outputs/_listeners.py": {"orjson", "outputs._bucket", "outputs._hub", "outputs._inbound"},
    "outputs/_engineio.py": {"engineio", "flask", "flask_socketio", "wsproto"}
    | {f"outputs.{name}" for name in ("_inbound", "_listeners", "_origin")},
    "outputs/_api.py": {"flask", "flask_swagger_ui", "msgspec", "orjson", "spectree", "werkzeug", "outputs._origin"},
    "outputs/_models.py": {"msgspec"},
    "outputs/_bodies.py": {"msgspec", "outputs._models"},
    "outputs/_selection.py": {"msgspec", "outputs._models"},
    "outputs/_tracks.py": {"orjson"},
    "outputs/asyncapi.py": {"flask", "orjson"},
    "outputs/rest.py": {"flask", "msgspec", "orjson", "spectree"}
    | {
        f"outputs.{name}"
        for name in ("_api", "_history_past", "_listing", "_models", "_origin", "_selection", "_tracks")
    },
    "sea/lanes.py": {"orjson"},
    "components/table.py": {"dash_ag_grid"},
}
SEAMS = ("alerts", "feeds", "outputs")
FILES = [path.relative_to(ROOT) for name in ALLOWED for path in [*ROOT.glob(f"{name}.py"), *ROOT.glob(f"{name}/*.py")]]


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse((ROOT / path).read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            # of a seam, its file counts: `from outputs import _api` imports outputs._api
            found |= {f"{node.module}.{alias.name}" for alias in node.names} if node.module in SEAMS else {node.module}
    return found


@pytest.mark.parametrize("path", FILES, ids=str)
def test_imports(path):
    """A file imports what its package may, and the libraries that are its own; files of a seam never a sibling."""
    package = path.parts[0].removesuffix(".py")
    allowed = ALLOWED[package] | MORE.get(str(path), set())
    bad = {
        name
        for name in imports(path)
        if name.split(".")[0] not in sys.stdlib_module_names and not {name, name.split(".")[0]} & allowed
    }
    assert bad == set()


def test_only_the_root_imports_app():
    """No package knows the composition root."""
    assert [str(path) for path in FILES if "app" in imports(path)] == []
