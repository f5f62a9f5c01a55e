/** A person's own routes: their names for the fleet, and their lines on the map. */

import { ask } from "../stream/api.mjs";

const LOOK_AGAIN_MS = 30_000;
const AT_MOST_EVERY_MS = 2000;
const STYLE = { color: "#8a5cc2", weight: 2, opacity: 0.9, className: "custom-route" };

export class CustomRoutes {
  /** @param {L.Map} map @param {import("../fleet/fleet.mjs").Fleet} fleet @param {() => void} onNames told when names have changed */
  constructor(map, fleet, onNames) {
    this.map = map;
    this.fleet = fleet;
    this.onNames = onNames;
    this.asked = -Infinity;
    /** As the server tells them. @type {{name: string, index: number, length_nm: number, waypoints: object[], legs: [number, number][][]}[]} */
    this.all = [];
    this.layer = L.featureGroup();
  }

  /** Once a second while there is a simulator: others make routes as well, and vessels appear on them. */
  look() {
    const { fleet } = this;
    const since = performance.now() - this.asked;
    const unknown = () => fleet.route.subarray(0, fleet.size).some((index) => index >= 0 && !fleet.routes[index]);
    if (!document.hidden && (since > LOOK_AGAIN_MS || (since > AT_MOST_EVERY_MS && unknown()))) this.refresh();
  }

  async refresh() {
    this.asked = performance.now();
    try {
      const { routes } = await ask("GET", "simulation/routes");
      this.#take(routes);
    } catch {
      // the connection's own words say that the server is away
    }
  }

  /** @param {boolean} on */
  show(on) {
    this.map[on ? "addLayer" : "removeLayer"](this.layer);
  }

  /** Where on the map a route is. @param {string} name @returns {L.LatLngBounds?} */
  bounds(name) {
    const route = this.named(name);
    return route ? L.latLngBounds(route.legs.flat()) : null;
  }

  /** @param {string} name */
  named(name) {
    return this.all.find((route) => route.name === name);
  }

  #take(routes) {
    const mark = (list) => list.map(({ index, name }) => `${index} ${name}`).join("\n");
    if (mark(routes) === mark(this.all)) return;
    this.all = routes.map((route) => ({ ...route, legs: joined(route.legs) }));
    this.fleet.nameRoutes(routes);
    this.layer.clearLayers();
    for (const { name, legs } of this.all) {
      const words = document.createElement("span");
      words.textContent = name;
      L.polyline(legs, STYLE).bindTooltip(words, { sticky: true }).addTo(this.layer);
    }
    this.onNames();
  }
}

/** A line on that copy of the world where it begins nearest to a longitude. @param {[number, number][]} line @param {number} lng */
export function shifted(line, lng) {
  const by = 360 * Math.round((lng - line[0][1]) / 360);
  return line.map(([lat, lon]) => [lat, lon + by]);
}

/** Legs of which each begins where the one before ended, over 180 degrees too. */
function joined(legs) {
  const found = [];
  for (const leg of legs) found.push(shifted(leg, found.at(-1)?.at(-1)[1] ?? leg[0][1]));
  return found;
}

/**
 * The place at a share of the way along a route.
 * @param {[number, number][][]} legs of [latitude, longitude] @param {number} share 0 to 1
 * @returns {[number, number]}
 */
export function placeAlong(legs, share) {
  const points = legs.flat();
  const step = (at) => Math.hypot(points[at][0] - points[at - 1][0], (points[at][1] - points[at - 1][1]) * Math.cos((points[at][0] * Math.PI) / 180));
  const along = points.reduce((sums, _, at) => [...sums, at ? sums[at - 1] + step(at) : 0], []);
  const wanted = share * along.at(-1);
  const next = Math.max(1, along.findIndex((gone) => gone >= wanted));
  const part = (wanted - along[next - 1]) / (along[next] - along[next - 1] || 1);
  return [0, 1].map((axis) => points[next - 1][axis] + part * (points[next][axis] - points[next - 1][axis]));
}
