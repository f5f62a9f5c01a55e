"""Custom vessels and routes, which users add beside the fleet on the lanes.

Public: Vessel, VesselType, CustomRoute and Waypoint describe them; CustomError names the key of a value that is wrong.
"""

from sim.custom.errors import CustomError as CustomError
from sim.custom.paths import Waypoint as Waypoint
from sim.custom.routes import CustomRoute as CustomRoute
from sim.custom.vessel import Vessel as Vessel
from sim.world.vessel_types import VesselType as VesselType
