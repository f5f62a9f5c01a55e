"""A track in four formats, and parts of it."""

import csv
import io
import json
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from fairway.web.api import track_formats
from fairway.web.api.track_formats import TrackDocument

GPX = "{http://www.topografix.com/GPX/1/1}"


def track(lon, lat=None, name="SHIP", sog=12.0) -> TrackDocument:
    """A point a minute from 2024-01-15T10:30Z."""
    lon = np.array(lon, float)
    t = 1_705_314_600_000 + 60_000 * np.arange(len(lon))
    lat = np.zeros(len(lon)) if lat is None else np.array(lat, float)
    return TrackDocument(211_000_001, "IMO7000009", name, t, lat, lon, np.broadcast_to(sog, len(lon)))


def test_json():
    """Points with their time; a speed that is not known is null."""
    answer = json.loads(track_formats.as_json(track([1, 2], sog=[12.04, np.nan])))
    assert (answer["mmsi"], answer["count"]) == (211_000_001, 2)
    assert answer["points"] == [
        {"timestamp": "2024-01-15T10:30:00Z", "latitude": 0.0, "longitude": 1.0, "speed_over_ground": 12.0},
        {"timestamp": "2024-01-15T10:31:00Z", "latitude": 0.0, "longitude": 2.0, "speed_over_ground": None},
    ]


@pytest.mark.parametrize(
    ("lon", "lat", "geometry"),
    [
        ([], [], None),
        ([1], [2], {"type": "Point", "coordinates": [1, 2]}),
        ([1, 3], [2, 4], {"type": "LineString", "coordinates": [[1, 2], [3, 4]]}),
        ([179, -179], [0, 2],
         {"type": "MultiLineString", "coordinates": [[[179, 0], [180, 1]], [[-180, 1], [-179, 2]]]}),
        ([-179, 179], [0, 2],
         {"type": "MultiLineString", "coordinates": [[[-179, 0], [-180, 1]], [[180, 1], [179, 2]]]}),
    ],
)  # fmt: skip
def test_geojson(lon, lat, geometry):
    """A line, cut at the antimeridian; its times stand beside it."""
    feature = json.loads(track_formats.as_geojson(track(lon, lat)))
    assert feature["geometry"] == geometry
    assert len(feature["properties"]["times"]) == len(lon)


def test_gpx():
    """GPX 1.1 that an XML parser reads, whatever the name holds."""
    root = ET.fromstring(track_formats.as_gpx(track([1, 2], [3, 4], name="A<b>&\x00\x1b")))
    assert root.tag == f"{GPX}gpx"
    assert root.find(f".//{GPX}name").text == "A<b>&  "
    points = root.findall(f".//{GPX}trkpt")
    assert [(p.get("lat"), p.get("lon")) for p in points] == [("3.000000", "1.000000"), ("4.000000", "2.000000")]
    assert points[0].find(f"{GPX}time").text == "2024-01-15T10:30:00Z"


def test_csv():
    """A table with a head; what is not known is an empty cell."""
    rows = list(csv.reader(io.StringIO(track_formats.as_csv(track([1], [3], sog=np.nan)).decode())))
    assert rows == [
        ["mmsi", "timestamp", "latitude", "longitude", "speed_over_ground"],
        ["211000001", "2024-01-15T10:30:00Z", "3.0", "1.0", ""],
    ]
