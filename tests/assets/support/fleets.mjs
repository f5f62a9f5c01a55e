/** Small fleets for tests. */

import { Fleet } from "../../../assets/fleet/fleet.mjs";
import { frameOf, staticOf } from "./frames.mjs";

export const T0 = Date.parse("2026-01-01T00:00:00Z");
export const CONSTANTS = {
  vessel_types: ["container", "tanker"], statuses: ["at_sea", "in_port", "anchored"], update_interval: 30, routes: ["Suez"],
  colour_modes: ["type", "speed"], palettes: { type: ["#111111", "#222222"], type_safe: ["#333333", "#444444"], status: ["#1", "#2", "#3"] },
};

/** A fleet of these vessels, with their static data, as of T0. @param {object[]} vessels */
export function fleetOf(vessels, head = {}) {
  const fleet = new Fleet(CONSTANTS);
  fleet.describe(staticOf(vessels));
  fleet.merge(frameOf(vessels, { time: T0, ...head }));
  return fleet;
}
