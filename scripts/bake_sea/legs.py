"""Which legs there are: the five routes of the guide, and what vessels without a route may choose from."""

from __future__ import annotations

from typing import TypedDict


class RouteRow(TypedDict):
    """A route of the guide; `ports` are names of harbours."""

    name: str
    ports: tuple[str, ...]
    waypoints: tuple[str, ...]
    vessel_types: tuple[str, ...]


ROUTES: tuple[RouteRow, ...] = (
    {
        "name": "Asia-Europe (Suez Route)",
        "ports": ("Singapore", "Rotterdam"),
        "waypoints": ("Singapore", "Bab el-Mandeb", "Suez Canal", "Rotterdam"),
        "vessel_types": ("container", "general_cargo"),
    },
    {
        "name": "Trans-Pacific Route",
        "ports": ("Hong Kong", "Tokyo", "Los Angeles"),
        "waypoints": ("Hong Kong", "Tokyo", "Los Angeles"),
        "vessel_types": ("container", "bulker"),
    },
    {
        "name": "Trans-Atlantic Route",
        "ports": ("Rotterdam", "New York", "Miami"),
        "waypoints": ("Rotterdam", "New York", "Miami"),
        "vessel_types": ("container", "general_cargo"),
    },
    {
        "name": "Middle East Oil Route",
        "ports": ("Bahrain", "Abu Dhabi", "Marseille"),
        "waypoints": ("Bahrain", "Abu Dhabi", "Suez Canal", "Marseille"),
        "vessel_types": ("tanker",),
    },
    {
        "name": "Brazil-China Iron Ore Route",
        "ports": ("Vitoria", "Santos", "Singapore", "Qingdao"),
        "waypoints": ("Vitoria", "Santos", "Singapore", "Qingdao"),
        "vessel_types": ("bulker",),
    },
)

COASTAL = (
    ("Rotterdam", "Felixstowe"),
    ("Algeciras", "Barcelona"),
    ("Barcelona", "Marseille"),
    ("Bahrain", "Abu Dhabi"),
    ("Bahrain", "Dubai"),
    ("Dubai", "Abu Dhabi"),
    ("Qingdao", "Busan"),
    ("Qingdao", "Shanghai"),
    ("Shanghai", "Busan"),
    ("Shanghai", "Kaohsiung"),
    ("Kaohsiung", "Hong Kong"),
    ("Tokyo", "Busan"),
    ("New York", "Halifax"),
    ("New York", "Miami"),
    ("Vitoria", "Santos"),
    ("Durban", "Cape Town"),
)
OCEAN = (
    ("Felixstowe", "Algeciras"),
    ("Felixstowe", "Halifax"),
    ("Algeciras", "New York"),
    ("Algeciras", "Miami"),
    ("Algeciras", "Santos"),
    ("Algeciras", "Cape Town"),
    ("Algeciras", "Piraeus"),
    ("Barcelona", "Piraeus"),
    ("Piraeus", "Jeddah"),
    ("Jeddah", "Colombo"),
    ("Dubai", "Colombo"),
    ("Colombo", "Singapore"),
    ("Colombo", "Durban"),
    ("Colombo", "Fremantle"),
    ("Cape Town", "Santos"),
    ("Durban", "Fremantle"),
    ("Durban", "Singapore"),
    ("Fremantle", "Singapore"),
    ("Fremantle", "Sydney"),
    ("Sydney", "Tokyo"),
    ("Sydney", "Los Angeles"),
    ("Busan", "Los Angeles"),
    ("Kaohsiung", "Singapore"),
    ("Hong Kong", "Singapore"),
)
