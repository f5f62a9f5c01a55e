"""The alert rules and the engine that runs them: put, advance, judge, look at what was told."""

import itertools

import numpy as np
import orjson
import pytest

from fairway.alerts.engine import COOLDOWN_S, MAX_EDGES, AlertEngine
from fairway.alerts.event_log import EventLog
from fairway.alerts.rules import high_speed, port_call, zone
from fairway.alerts.zones import Zone, ZoneError, Zones
from fairway.chart.ports import PortIndex
from fairway.errors import RequestError
from fairway.protocol import encode_json
from fairway.settings import Settings
from fairway.traffic import fields
from fairway.traffic.batch import Batch
from fairway.traffic.traffic import Traffic

NOW = 1_800_000_000.0
MOORED, UNDER_WAY = fields.NAV_MOORED, 0


class Sea:
    """A Traffic with alerts on it, one vessel after the other."""

    def __init__(self, ports: PortIndex, rules, lost_after_s: float = 3600) -> None:
        epochs = itertools.count(1)
        self.traffic = Traffic(ports, lambda: f"e{next(epochs)}", lost_after_s)
        self.events = EventLog()
        self.alerts = AlertEngine(self.events, lambda: rules() if callable(rules) else rules)
        self.now, self._told = NOW, 0
        self.traffic.advance(NOW)

    def report(self, mmsi=235000001, after=60.0, sog=12.0, lat=50.0, lon=-20.0, nav=UNDER_WAY) -> list[dict]:
        """One report; what was told because of it."""
        return self.report_all(np.atleast_1d(mmsi), after, sog, lat, lon, nav)

    def report_all(self, mmsi, after, sog, lat, lon, nav) -> list[dict]:
        self.now += after
        n = len(mmsi)
        moving = {
            "lat": np.full(n, round(lat * fields.LATLON_SCALE), "i4"),
            "lon": np.full(n, round(lon * fields.LATLON_SCALE), "i4"),
            "sog": np.full(n, fields.U2_NA if sog is None else round(sog * 10), "u2"),
            "cog": np.zeros(n, "u2"),
            "nav_status": np.full(n, nav, "u1"),
        }
        times = np.full(n, round(self.now * 1000), np.int64)
        self.traffic.put(Batch(np.asarray(mmsi, np.uint32), times, "receiver", False, moving, {}))
        return self.check()

    def check(self) -> list[dict]:
        self.alerts.check(self.traffic.advance(self.now))
        told, _ = self.events.since(self._told)
        self._told = self.events.seq
        return [orjson.loads(encode_json.event(event)) for event in told]


def kinds(told: list[dict]) -> list[tuple[str, str]]:
    return [(event["kind"], event["state"]) for event in told]


@pytest.fixture(scope="module")
def ports() -> PortIndex:
    return PortIndex.load()


@pytest.fixture
def fast(ports) -> Sea:
    return Sea(ports, high_speed.rules(Settings(speed_alert="20,high_speed=45"), ()))


@pytest.fixture
def rotterdam(ports) -> tuple[float, float]:
    return float(ports.lat[ports.names.index("Rotterdam")]), float(ports.lon[ports.names.index("Rotterdam")])


def test_fast_is_told_once_and_cleared_below_the_limit(fast):
    """Above 20 knots an alert is raised, with the speed as evidence; a knot below the limit it is cleared."""
    assert fast.report(sog=20.0) == []
    (raised,) = fast.report(sog=20.1)
    assert (raised["kind"], raised["state"]) == ("high_speed", "raised")
    assert raised["evidence"]["speed_over_ground"] == 20.1
    assert raised["vessel"]["mmsi"] == 235000001
    assert fast.report(sog=25) == []
    assert fast.report(sog=19.5) == []
    (cleared,) = fast.report(sog=18.9)
    assert cleared["state"] == "cleared"
    assert cleared["event_id"] == raised["event_id"]


def test_fast_at_first_sight_is_told(fast):
    """A vessel that is first heard at 30 knots is news."""
    assert kinds(fast.report(sog=30)) == [("high_speed", "raised")]


def test_a_moored_vessel_is_never_fast(fast):
    """A moored vessel whose receiver jumps, and a speed that is not known, raise nothing."""
    assert fast.report(sog=60, nav=MOORED) == []
    assert fast.report(sog=60, nav=fields.NAV_AT_ANCHOR) == []
    assert fast.report(sog=None) == []


def test_a_type_may_have_a_limit_of_its_own(ports):
    """The limit of a type counts for that type alone, and a type that does not exist is refused by name."""
    snapshot = Sea(ports, ()).traffic.snapshot()
    (rule,) = high_speed.rules(Settings(speed_alert="20,high_speed=45"), ())
    assert rule.check(snapshot, np.zeros(0, bool)).shape == (0,)
    with pytest.raises(ValueError, match="hovercraft"):
        high_speed.rules(Settings(speed_alert="20,hovercraft=45"), ())


def test_the_same_is_not_told_again_at_once(fast):
    """A speed that swings around the limit is told once in ten minutes; later it is news again."""
    fast.report(sog=21)
    fast.report(sog=10)
    assert fast.report(sog=21) == []
    assert fast.report(sog=10) == []
    assert kinds(fast.report(sog=21, after=COOLDOWN_S)) == [("high_speed", "raised")]


def test_who_is_gone_has_nothing_raised(ports):
    """A vessel that falls silent while its alert is up gets it cleared."""
    sea = Sea(ports, high_speed.rules(Settings(speed_alert="20"), ()), lost_after_s=100)
    sea.report(sog=25)
    sea.now += 200
    (cleared,) = sea.check()
    assert (cleared["state"], cleared["evidence"]) == ("cleared", {"reason": "lost"})


def test_entering_and_leaving_a_port(ports, rotterdam):
    """Coming to rest in a port and being under way again are told with the port's name; a shift of berth is not."""
    lat, lon = rotterdam
    sea = Sea(ports, port_call.rules(Settings(), ()))
    assert sea.report(sog=6, lat=lat, lon=lon) == []
    (entered,) = sea.report(sog=0, lat=lat, lon=lon, nav=MOORED)
    assert (entered["kind"], entered["zone"]) == ("entered_port", "Rotterdam")
    assert sea.report(sog=3, lat=lat, lon=lon) == []
    assert sea.report(sog=0, lat=lat, lon=lon, nav=MOORED) == []
    (left,) = sea.report(sog=8, lat=lat, lon=lon)
    assert (left["kind"], left["zone"], left["state"]) == ("left_port", "Rotterdam", "raised")


def test_who_was_in_port_at_first_sight_is_no_news(ports, rotterdam):
    """A feed that begins with moored vessels tells nothing; their leaving is told with the port's name."""
    lat, lon = rotterdam
    sea = Sea(ports, port_call.rules(Settings(), ()))
    assert sea.report(sog=0, lat=lat, lon=lon, nav=MOORED) == []
    assert [(event["kind"], event["zone"]) for event in sea.report(sog=9, lat=lat, lon=lon)] == [
        ("left_port", "Rotterdam")
    ]


SQUARE = [[-21.0, 49.0], [-19.0, 49.0], [-19.0, 51.0], [-21.0, 51.0], [-21.0, 49.0]]


def test_entering_and_leaving_a_zone(ports):
    """The edge of a drawn area is told both ways; a few metres over it are not yet outside."""
    zones = Zones(":memory:")
    drawn = zones.add(" Reef ", SQUARE)
    assert drawn.name == "Reef"
    sea = Sea(ports, lambda: zone.rules(Settings(), zones.all))
    assert sea.report(lon=-22) == []
    (entered,) = sea.report(lon=-20.9, after=3000)
    assert (entered["kind"], entered["zone"]) == ("entered_zone", "Reef")
    assert sea.report(lon=-21.0005, after=3000) == []
    assert kinds(sea.report(lon=-21.1, after=3000)) == [("left_zone", "raised")]
    zones.remove(drawn.id)
    assert sea.report(lon=-20, after=COOLDOWN_S) == []


def test_a_new_zone_tells_nothing_of_who_is_inside(ports):
    """Drawing a zone around vessels is no arrival."""
    zones = Zones(":memory:")
    sea = Sea(ports, lambda: zone.rules(Settings(), zones.all))
    sea.report()
    zones.add("Reef", SQUARE)
    assert sea.report() == []
    assert kinds(sea.report(lon=-21.1, after=3000)) == [("left_zone", "raised")]


def test_a_zone_over_the_antimeridian():
    """180 degrees is no edge, whichever way the longitudes are written."""
    zones = Zones(":memory:")
    drawn = zones.add("Fiji", [[178, -18], [-178, -18], [-178, -16], [178, -16]])
    inside = drawn.holds(np.array([-17.0, -17.0, -17.0, -17.0]), np.array([179.0, -179.0, 177.0, -177.0]))
    assert inside.tolist() == [True, True, False, False]
    assert drawn.distance_m(np.array([-17.0]), np.array([-177.0]))[0] == pytest.approx(106_300, rel=0.01)


def test_distance_is_to_the_nearest_edge():
    """Also inside, and beyond a corner."""
    drawn = Zone(1, "x", np.array(SQUARE[:4]))
    distances = drawn.distance_m(np.array([50.0, 52.0]), np.array([-20.9, -20.0]))
    assert distances == pytest.approx([0.1 * np.cos(np.radians(50)) * 111_120, 111_120], rel=0.01)


def test_zones_are_kept(tmp_path):
    """What was drawn is there after a restart, and an id is never used twice."""
    path = str(tmp_path / "state.db")
    zones = Zones(path)
    first = zones.add("A", SQUARE).id
    zones.remove(first)
    second = zones.add("B", SQUARE).id
    assert second != first
    (again,) = Zones(path).all
    assert (again.id, again.name, again.corners.tolist()) == (second, "B", SQUARE[:4])


def test_a_full_disk(tmp_path):
    """A zone that can't be written is refused in words, and is not there; with room again it is kept."""
    zones = Zones(str(tmp_path / "state.db"))
    first = zones.add("A", SQUARE).id
    zones._db.execute("PRAGMA max_page_count = 1")
    large = [[lon / 10, 1 + lon % 2] for lon in range(400)]
    with pytest.raises(RequestError, match="disk is full") as refused:
        zones.add("B", large)
    assert refused.value.code == "not_kept"
    assert len(Zones(str(tmp_path / "state.db")).all) == len(zones.all)
    zones._db.execute("PRAGMA max_page_count = 100000")
    assert zones.remove(first)
    assert zones.add("C", SQUARE).id


@pytest.mark.parametrize(
    "ring",
    [None, [], [[1, 2], [3, 4]], [[1, 2], [1, 2], [1, 2]], [[1, 2], [3, 4], ["x", 1]], [[0, 0], [1, 95], [2, 0]]],
)
def test_what_is_no_zone_is_refused(ring):
    """Too few corners, corners that are one, text, and places off the globe."""
    with pytest.raises(ZoneError):
        Zones(":memory:").add("x", ring)


@pytest.mark.parametrize("name", ["", "  ", "\u202eenoz", "a\nb"])
def test_a_zone_has_a_name_that_can_be_shown(name):
    """No blanks alone, nothing that turns the line around or breaks it."""
    with pytest.raises(ZoneError, match="printable"):
        Zones(":memory:").add(name, SQUARE)


def test_another_epoch_begins_anew(ports, rotterdam):
    """After the clock was set back who is in port is not news."""
    lat, lon = rotterdam
    sea = Sea(ports, port_call.rules(Settings(), ()))
    sea.report(sog=6, lat=lat, lon=lon)
    sea.now -= 5000
    sea.check()
    assert sea.report(sog=0, lat=lat, lon=lon, nav=MOORED) == []


def test_a_flood_is_bounded(ports):
    """A feed that begins with ten thousand fast vessels does not bury everything else."""
    sea = Sea(ports, high_speed.rules(Settings(speed_alert="20"), ()))
    told = sea.report(mmsi=np.arange(235000000, 235000000 + 3 * MAX_EDGES), sog=30)
    assert len(told) == MAX_EDGES
