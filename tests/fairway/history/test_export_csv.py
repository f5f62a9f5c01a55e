"""The CSV of the history."""

import csv

import numpy as np

from fairway.history import export_csv, frames
from fairway.history.runs import Run
from tests.support.history import T, fleet, moves

RUN = Run(1, "epoch-1", "live", (("receiver", False), ("simulator", True)), T, T + 60_000)


def table(*parts, names=None, wanted=None):
    lines = export_csv.lines(parts, wanted or (lambda rows: np.ones(len(rows), bool)), lambda run: names or {})
    return list(csv.DictReader("".join(lines).splitlines()))


def test_a_report():
    """A line has time with milliseconds, degrees, knots and the source; unknown values are empty cells."""
    batch = moves(T + 250, mmsi=5, sog=123)
    (line,) = table((RUN, frames.rows_of(batch, {}, 1)), names={5: ("ENDEAVOUR", 9134270)})
    assert (line["timestamp"], line["mmsi"]) == ("2027-01-15T08:00:00.250Z", "5")
    assert (line["imo_number"], line["vessel_name"]) == ("IMO9134270", "ENDEAVOUR")
    assert (line["latitude"], line["longitude"], line["speed_over_ground"]) == ("50.0", "-20.0", "12.3")
    assert (line["heading"], line["course_over_ground"]) == ("", "")
    assert (line["source"], line["simulated"], line["run"]) == ("simulator", "true", "epoch-1")


def test_only_wanted_rows():
    """Rows that the filter rejects are left out, and the header is there without any row."""
    rows = frames.rows_of(fleet(T, 1, 2, 3), {}, 0)
    assert [line["mmsi"] for line in table((RUN, rows), wanted=lambda part: part["mmsi"] != 2)] == ["1", "3"]
    none = list(export_csv.lines([], len, lambda run: {}))
    assert none[0].startswith("timestamp,mmsi,imo_number")


def test_names_that_look_like_formulas():
    """A name that a spreadsheet would run as a formula begins with an apostrophe."""
    (line,) = table((RUN, frames.rows_of(fleet(T, 1), {}, 0)), names={1: ("=1+1", None)})
    assert line["vessel_name"] == "'=1+1"
