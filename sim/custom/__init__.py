"""Custom vessels and routes, which users add beside the fleet on the lanes.

Public: Vessel, VesselType, CustomRoute and Waypoint describe them; CustomError names the key of a value that is wrong.
"""

from sim.custom.vessel import CustomError as CustomError
from sim.custom.vessel import CustomRoute as CustomRoute
from sim.custom.vessel import Vessel as Vessel
from sim.custom.vessel import VesselType as VesselType
from sim.custom.vessel import Waypoint as Waypoint
