"""Flag state: the country of an MMSI."""

from tests.support.traffic import NOW, report


def test_the_flag_is_that_of_the_mmsi(traffic):
    """The first three digits are a country's; a MID that no country has is none."""
    traffic.put(report([211_000_001, 477_000_001, 740_000_001, 700_000_001]))
    snapshot = traffic.advance(NOW)
    flags = dict(zip(snapshot.columns["mmsi"].tolist(), snapshot.static_columns["flag"].tolist(), strict=True))
    assert flags == {211_000_001: "DE", 477_000_001: "HK", 740_000_001: "FK", 700_000_001: ""}
