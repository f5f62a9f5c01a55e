"""Compare the simulator's stream with a recording of real AIS: `python scripts/plot_realism.py RECORDING`.

Draws docs/images/realism.png and prints the figures of docs/realism.md. Needs, beside requirements.txt:
matplotlib==3.11.2.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import matplotlib.pyplot as plt  # noqa: E402  (the line above makes our packages importable)
import numpy as np  # noqa: E402

from fairway.ais.decoder import Decoder  # noqa: E402
from fairway.chart.ports import PortIndex  # noqa: E402
from fairway.feeds import aivdm_file  # noqa: E402
from fairway.traffic.batch import Batch  # noqa: E402
from fairway.traffic.fields import NAV_AT_ANCHOR, NAV_MOORED, ROT_NA, U2_NA  # noqa: E402
from sim.reports.coverage import Coverage  # noqa: E402
from sim.reports.reporting import Reporter  # noqa: E402
from sim.world.world import World  # noqa: E402

NOW = 1_800_000_000.0
SIZE, SECONDS, SEED = 3000, 390, 1
"""The length of the recording, and a number of vessels that gives as many received vessels."""
COLUMNS = ("t", "sog", "cog", "heading", "rot", "nav_status")
COLOURS = {"recording": "#c2571a", "simulator": "#1f6fb2"}
KINDS = {"cargo": range(70, 80), "tanker": range(80, 90)}


class Log:
    """Every report of a source: columns of positions in order of time, and the ship types."""

    def __init__(self, source: Iterator[Batch]) -> None:
        rows, self.ship_type = [], {}
        for batch in source:
            if "ship_type" in batch.static:
                self.ship_type |= dict(zip(batch.mmsi.tolist(), np.asarray(batch.static["ship_type"]), strict=True))
            if "sog" in batch.moving:
                missing = {"rot": ROT_NA, "nav_status": 15}
                none = {name: np.full(len(batch.mmsi), missing.get(name, U2_NA)) for name in COLUMNS}
                moving = none | batch.moving | {"t": batch.t}
                rows.append(np.stack([batch.mmsi, *(moving[name] for name in COLUMNS)], axis=1).astype(np.float64))
        table = np.concatenate(rows)
        table = table[np.lexsort((table[:, 1], table[:, 0]))]
        self.mmsi = table[:, 0]
        self.t, self.sog, self.cog, self.heading, self.rot, self.status = table[:, 1:].T
        self.type = np.array([self.ship_type.get(int(mmsi), 0) for mmsi in self.mmsi])
        self.same = self.mmsi[1:] == self.mmsi[:-1]

    @property
    def moving(self) -> np.ndarray:
        """Reports of class A vessels under way at more than 3 knots."""
        resting = (self.status == NAV_AT_ANCHOR) | (self.status == NAV_MOORED) | (self.status == 15)
        return (self.sog < U2_NA) & (self.sog > 30) & ~resting

    def speeds(self, kind: str) -> np.ndarray:
        """Mean speed of each vessel of a kind under way, knots."""
        chosen = self.moving & np.isin(self.type, KINDS[kind])
        return np.array([self.sog[chosen & (self.mmsi == mmsi)].mean() / 10 for mmsi in np.unique(self.mmsi[chosen])])

    def intervals(self) -> np.ndarray:
        """Seconds between two reports of a vessel under way."""
        both = self.same & self.moving[1:] & self.moving[:-1]
        return (np.diff(self.t) / 1000)[both]

    def rates(self) -> np.ndarray:
        """Rates of turn, degrees a minute, of those under way that report one."""
        return np.abs(self.rot[self.moving & (self.rot != ROT_NA)]) / 10

    def changes(self) -> np.ndarray:
        """Change of course between two reports at most 15 s apart, degrees."""
        both = self.same & self.moving[1:] & self.moving[:-1] & (np.diff(self.t) <= 15_000)
        both &= (self.cog[1:] < 3600) & (self.cog[:-1] < 3600)
        return np.abs((np.diff(self.cog)[both] / 10 + 180) % 360 - 180)

    def drifts(self) -> np.ndarray:
        """Heading less course of those under way, degrees."""
        known = self.moving & (self.heading < 360) & (self.cog < 3600) & (self.sog > 60)
        return (self.heading[known] - self.cog[known] / 10 + 180) % 360 - 180

    def resting_speeds(self) -> np.ndarray:
        """Speeds of vessels that say they are moored or at anchor, knots."""
        resting = ((self.status == NAV_AT_ANCHOR) | (self.status == NAV_MOORED)) & (self.sog < U2_NA)
        return self.sog[resting] / 10


def recorded(path: str) -> Iterator[Batch]:
    decoder = Decoder()
    for time, sentence in aivdm_file._timed(path, aivdm_file.first_time(path)):
        decoder.take([sentence], round(time * 1000))
    yield from decoder.batches("recording")


def simulated() -> Iterator[Batch]:
    world = World(SEED, SIZE, NOW)
    for _ in range(120):
        world.step(60.0)
    reporter = Reporter(world, 30.0, "itu", Coverage.of_ports(PortIndex.load()), SEED)
    yield from [batch for batch in reporter.everything() if batch.static]
    for _ in range(SECONDS):
        world.step(1.0)
        yield from reporter.due()


def cumulative(axes: plt.Axes, values: dict[str, np.ndarray], low: float, high: float, label: str) -> None:
    for name, found in values.items():
        clipped = np.sort(np.clip(found, low, None))
        axes.step(clipped, np.arange(1, len(clipped) + 1) / len(clipped), color=COLOURS[name], label=name)
    axes.set(xscale="log", xlim=(low, high), ylim=(0, 1), xlabel=label, ylabel="share of reports")


def histogram(axes: plt.Axes, values: dict[str, np.ndarray], bins: np.ndarray, label: str, what: str) -> None:
    for name, found in values.items():
        weights = np.full(len(found), 1 / max(len(found), 1))
        axes.hist(np.clip(found, bins[0], bins[-1] - 1e-6), bins, weights=weights, histtype="step", lw=1.5,
                  color=COLOURS[name], label=f"{name} (n={len(found)})")  # fmt: skip
    axes.set(xlabel=label, ylabel=f"share of {what}")


def main(path: str) -> None:
    logs = {"recording": Log(recorded(path)), "simulator": Log(simulated())}
    figure, axes = plt.subplots(2, 3, figsize=(13, 7.5), layout="constrained")
    for place, kind in enumerate(KINDS):
        values = {name: log.speeds(kind) for name, log in logs.items()}
        histogram(axes[0, place], values, np.arange(3, 26, 1.0), f"speed of {kind} ships under way, knots", "vessels")
    intervals = {name: log.intervals() for name, log in logs.items()}
    histogram(axes[0, 2], intervals, np.arange(0.5, 41, 1.0), "seconds between two reports under way", "reports")
    rates = {name: log.rates() for name, log in logs.items()}
    cumulative(axes[1, 0], rates, 0.1, 100, "rate of turn, degrees a minute")
    changes = {name: log.changes() for name, log in logs.items()}
    cumulative(axes[1, 1], changes, 0.1, 100, "change of course between two reports, degrees")
    drifts = {name: log.drifts() for name, log in logs.items()}
    histogram(axes[1, 2], drifts, np.arange(-15, 15.5, 1.0), "heading less course over 6 knots, degrees", "reports")
    for each in axes.flat:
        each.legend(fontsize=8, frameon=False)
        each.spines[["top", "right"]].set_visible(False)
    figure.savefig(ROOT / "docs" / "realism.png", dpi=90)
    kinds = {f"speed {kind}": {name: log.speeds(kind) for name, log in logs.items()} for kind in KINDS}
    resting = {name: log.resting_speeds() for name, log in logs.items()}
    absolute = {name: np.abs(found) for name, found in drifts.items()}
    tables = kinds | {"interval": intervals, "rate of turn": rates, "course change": changes}
    for title, values in (tables | {"heading less course": absolute, "speed at rest": resting}).items():
        for name, found in values.items():
            parts = " ".join(f"{part} % {np.percentile(found, part):6.2f}" for part in (10, 50, 90, 99))
            print(f"{title:20} {name:10} n={len(found):6} {parts}")


if __name__ == "__main__":
    main(sys.argv[1])
