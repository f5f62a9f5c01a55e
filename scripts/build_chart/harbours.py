"""The ports of the simulator: places chosen by hand on the chart."""

from __future__ import annotations

from dataclasses import dataclass

Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Harbour:
    """A port. Places are (latitude, longitude); `track` leads from the berth to the entrance, both included."""

    name: str
    country: str
    locode: str
    track: tuple[Place, ...]
    anchorage: Place


HARBOURS = (
    Harbour("Singapore", "SG", "SGSIN", ((1.2625, 103.845), (1.252, 103.868)), (1.232, 103.905)),
    Harbour(
        "Rotterdam", "NL", "NLRTM", ((51.957, 4.045), (51.968, 4.085), (51.984, 4.06), (51.998, 4.0)), (52.03, 3.88)
    ),
    Harbour(
        "Hong Kong",
        "HK",
        "HKHKG",
        ((22.325, 114.122), (22.295, 114.108), (22.26, 114.118), (22.23, 114.145), (22.2, 114.162)),
        (22.16, 114.187),
    ),
    Harbour("Tokyo", "JP", "JPTYO", ((35.605, 139.772), (35.58, 139.795), (35.56, 139.83)), (35.525, 139.865)),
    Harbour("Los Angeles", "US", "USLAX", ((33.735, -118.26), (33.705, -118.24)), (33.65, -118.2)),
    Harbour("New York", "US", "USNYC", ((40.655, -74.03), (40.605, -74.046), (40.555, -74.03)), (40.51, -73.92)),
    Harbour("Miami", "US", "USMIA", ((25.77, -80.165), (25.762, -80.13), (25.76, -80.1)), (25.765, -80.03)),
    Harbour("Bahrain", "BH", "BHKBS", ((26.195, 50.718), (26.25, 50.76)), (26.35, 50.8)),
    Harbour("Abu Dhabi", "AE", "AEAUH", ((24.53, 54.375), (24.565, 54.36)), (24.65, 54.33)),
    Harbour("Marseille", "FR", "FRMRS", ((43.335, 5.335), (43.333, 5.305)), (43.3, 5.21)),
    Harbour("Vitoria", "BR", "BRVIX", ((-20.289, -40.246), (-20.31, -40.245)), (-20.37, -40.2)),
    Harbour("Santos", "BR", "BRSSZ", ((-23.985, -46.298), (-24.0, -46.318), (-24.025, -46.33)), (-24.1, -46.29)),
    Harbour(
        "Qingdao",
        "CN",
        "CNTAO",
        ((36.012, 120.215), (36.022, 120.24), (36.034, 120.27), (36.033, 120.3), (36.015, 120.335)),
        (35.96, 120.44),
    ),
    Harbour("Felixstowe", "GB", "GBFXT", ((51.953, 1.308), (51.938, 1.312), (51.915, 1.35)), (51.91, 1.47)),
    Harbour("Algeciras", "ES", "ESALG", ((36.137, -5.43), (36.12, -5.4)), (36.07, -5.38)),
    Harbour("Barcelona", "ES", "ESBCN", ((41.338, 2.16), (41.33, 2.168), (41.315, 2.2)), (41.27, 2.27)),
    Harbour("Piraeus", "GR", "GRPIR", ((37.95, 23.597), (37.925, 23.605)), (37.87, 23.57)),
    Harbour("Jeddah", "SA", "SAJED", ((21.465, 39.16), (21.445, 39.075)), (21.42, 38.98)),
    Harbour("Dubai", "AE", "AEJEA", ((25.02, 55.055), (25.06, 55.03)), (25.14, 55.0)),
    Harbour("Colombo", "LK", "LKCMB", ((6.945, 79.845), (6.965, 79.815)), (6.97, 79.73)),
    Harbour("Busan", "KR", "KRPUS", ((35.105, 129.082), (35.085, 129.1), (35.07, 129.118)), (35.01, 129.15)),
    Harbour("Kaohsiung", "TW", "TWKHH", ((22.555, 120.31), (22.54, 120.27)), (22.5, 120.19)),
    Harbour(
        "Shanghai",
        "CN",
        "CNSHA",
        ((30.618, 122.062), (30.603, 122.088), (30.59, 122.115), (30.565, 122.17)),
        (30.56, 122.27),
    ),
    Harbour("Durban", "ZA", "ZADUR", ((-29.875, 31.03), (-29.862, 31.075)), (-29.84, 31.16)),
    Harbour("Cape Town", "ZA", "ZACPT", ((-33.908, 18.435), (-33.89, 18.44)), (-33.855, 18.39)),
    Harbour("Fremantle", "AU", "AUFRE", ((-32.045, 115.745), (-32.055, 115.715)), (-31.99, 115.66)),
    Harbour(
        "Sydney",
        "AU",
        "AUSYD",
        ((-33.968, 151.215), (-33.99, 151.222), (-34.004, 151.236), (-34.015, 151.26)),
        (-34.05, 151.34),
    ),
    Harbour("Halifax", "CA", "CAHAL", ((44.63, -63.56), (44.575, -63.525)), (44.5, -63.44)),
)
