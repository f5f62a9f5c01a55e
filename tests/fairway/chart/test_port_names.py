"""PortNames as sailors write them."""

import pytest

from fairway.chart.port_names import PortNames

NAMES = ["Rotterdam", "Singapore", "Georgetown", "Georgetown", "Port Hedland", "Le Havre", "Los Angeles", "Reykjavík"]
COUNTRIES = ["Netherlands", "Singapore", "Guyana", "Cayman Islands", "Australia", "France", "United States", "Iceland"]
CODES = ["NLRTM", "SGSIN", "GYGEO", "", "AUPHE", "FRLEH", "USLAX", "ISREY"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("NLRTM", "Rotterdam"),
        ("nl rtm", "Rotterdam"),
        ("NL-RTM", "Rotterdam"),
        ("NLRTM MAASVLAKTE", "Rotterdam"),
        ("NL RTM 3", "Rotterdam"),
        ("SGSIN>NLRTM", "Rotterdam"),
        ("SG SIN >> NL RTM", "Rotterdam"),
        ("AUPHE=>SGSIN", "Singapore"),
        ("NLRTM>", "Rotterdam"),
        ("ROTTERDAM", "Rotterdam"),
        ("ROTTERDAM  ", "Rotterdam"),
        ("PORT OF ROTTERDAM", "Rotterdam"),
        ("ROTTERDAM, NL", "Rotterdam"),
        ("ROTTERDAM/NETHERLANDS", "Rotterdam"),
        ("ROTTERDAM ANCH", "Rotterdam"),
        ("ROTTERDAM EUROPOORT 5", "Rotterdam"),
        ("SINGAPORE OPL", "Singapore"),
        ("SINGAPORE FOR ORDERS", None),
        ("LE HAVRE", "Le Havre"),
        ("REYKJAVIK", "Reykjavík"),
        ("LOS ANGELES UNITED STATES", "Los Angeles"),
        ("GEORGETOWN", None),
        ("GEORGETOWN GUYANA", "Georgetown"),
        ("ROTTERDAM HAMBURG", None),
        ("NLXXX", None),
        ("HEDLAND", None),
        ("FOR ORDERS", None),
        ("FISHING", None),
        ("SEA", None),
        (">", None),
        ("", None),
        ("@@@ \x00", None),
    ],
)
def test_resolve(text, name):
    """UN/LOCODEs in all spellings, names with what is put around them; what is not clear is not guessed."""
    found = PortNames(NAMES, COUNTRIES, CODES).resolve(text)
    assert (NAMES[found] if found >= 0 else None) == name


def test_a_name_that_begins_with_port():
    """The port's own name wins over the word that is put before names."""
    assert PortNames(NAMES, COUNTRIES, CODES).resolve("PORT HEDLAND") == NAMES.index("Port Hedland")


def test_ports_that_share_a_name():
    """A great port is meant rather than its namesakes; of two in one country the first is."""
    names, countries, codes = ["Sydney", "Sydney", "Newcastle", "Newcastle"], ["Australia", "Canada"] * 2, [""] * 4
    resolve = PortNames(names, countries, codes, leading=1).resolve
    assert [resolve(text) for text in ("SYDNEY", "SYDNEY CANADA", "NEWCASTLE")] == [0, 1, -1]
    assert PortNames(["Dubai", "Dubai"], ["United Arab Emirates"] * 2, ["AEDXB", "AEPRA"]).resolve("DUBAI") == 0
    assert PortNames(["Dubai", "Dubai"], ["United Arab Emirates"] * 2, ["AEDXB", ""]).resolve("DUBAI") == 0


def test_the_worlds_ports(index):
    """The index that comes with the program answers, and remembers a bounded number of texts."""
    for text, name in (
        ("NLRTM", "Rotterdam"),
        ("SGSIN>NLRTM", "Rotterdam"),
        ("SINGAPORE", "Singapore"),
        ("AU BNE", "Brisbane"),
        ("SYDNEY", "Sydney"),
    ):
        found = index.resolve(text)
        assert index.names[found] == name
        assert index.resolve(text) == found
    for number in range(60_000):
        index.resolve(f"PLACE {number}")
    assert len(index.resolved) <= 50_000
