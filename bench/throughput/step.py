"""A step of the simulator, against one Python object per vessel that does less: `python -m bench.throughput.step`."""

import math
from dataclasses import dataclass

from bench.support.measure import medians, report
from sim.world.world import World

NOW = 1_800_000_000.0


@dataclass
class Vessel:
    """The peer: dead reckoning along a course, as a simple simulator does it, without a lane or a voyage."""

    lat: float
    lon: float
    sog: float
    cog: float
    heading: float

    def step(self, dt: float) -> None:
        nm = self.sog * dt / 3600
        course = math.radians(self.cog)
        self.lat += nm * math.cos(course) / 60
        self.lon += nm * math.sin(course) / 60 / math.cos(math.radians(self.lat))
        self.heading += max(-1.0, min(1.0, self.cog - self.heading))


def main() -> None:
    for size in (500, 10_000, 100_000):
        world = World(1, size, NOW)
        fleet = world.fleet
        columns = (fleet.lat, fleet.lon, fleet.sog, fleet.cog, fleet.heading)
        vessels = [Vessel(*row) for row in zip(*(column.tolist() for column in columns), strict=True)]
        contest = {"columns": lambda world=world: world.step(1.0)}
        contest["objects"] = lambda vessels=vessels: [vessel.step(1.0) for vessel in vessels]
        report(f"step of {size} vessels", "columns", "objects", medians(contest))


if __name__ == "__main__":
    main()
