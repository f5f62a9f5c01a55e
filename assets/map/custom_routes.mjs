/** The custom routes: their names for the fleet, and their lines on the map. */

import { ask } from "../stream/api.mjs";

/** Other people draw routes as well: read the list this often. */
const POLL_MS = 30_000;
const MIN_POLL_MS = 2000;
const STYLE = { color: "#8a5cc2", weight: 2, opacity: 0.9, className: "custom-route" };

export class CustomRoutes {
  /** @param {L.Map} map @param {import("../fleet/fleet.mjs").Fleet} fleet @param {() => void} onNames called when names have changed */
  constructor(map, fleet, onNames) {
    this.map = map;
    this.fleet = fleet;
    this.onNames = onNames;
    this.requestedAt = -Infinity;
    /** As the server lists them. @type {{name: string, index: number, length_nm: number, waypoints: object[], legs: [number, number][][]}[]} */
    this.all = [];
    this.layer = L.featureGroup();
  }

  /** Call once a second while the server simulates: reads the routes when they are due, or when a vessel sails an unknown one. */
  poll() {
    const { fleet } = this;
    const since = performance.now() - this.requestedAt;
    const unknown = () => fleet.route.subarray(0, fleet.size).some((index) => index >= 0 && !fleet.routes[index]);
    if (!document.hidden && (since > POLL_MS || (since > MIN_POLL_MS && unknown()))) this.refresh();
  }

  /** Read the routes from the server. */
  async refresh() {
    this.requestedAt = performance.now();
    try {
      const { routes } = await ask("GET", "simulation/routes");
      this.#show(routes);
    } catch {
      // the connection state already says that the server does not answer
    }
  }

  /** Add the lines to the map, or remove them. @param {boolean} on */
  show(on) {
    this.map[on ? "addLayer" : "removeLayer"](this.layer);
  }

  /** The bounds of a route. @param {string} name @returns {L.LatLngBounds?} */
  bounds(name) {
    const route = this.named(name);
    return route ? L.latLngBounds(route.legs.flat()) : null;
  }

  /** The route of a name. @param {string} name */
  named(name) {
    return this.all.find((route) => route.name === name);
  }

  #show(routes) {
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

/** A line moved to the copy of the world in which it begins nearest to a longitude. @param {[number, number][]} line @param {number} lng */
export function shifted(line, lng) {
  const by = 360 * Math.round((lng - line[0][1]) / 360);
  return line.map(([lat, lon]) => /** @type {[number, number]} */ ([lat, lon + by]));
}

/** Legs moved so that each begins where the last one ended, over 180 degrees too. @param {[number, number][][]} legs @returns {[number, number][][]} */
export function joined(legs) {
  /** @type {[number, number][][]} */
  const found = [];
  for (const leg of legs) found.push(shifted(leg, found.at(-1)?.at(-1)[1] ?? leg[0][1]));
  return found;
}

/**
 * The place at a share of a route's length.
 * @param {[number, number][][]} legs of [latitude, longitude] @param {number} share 0 to 1
 * @returns {[number, number]}
 */
export function placeAlong(legs, share) {
  const points = legs.flat();
  const step = (at) => Math.hypot(points[at][0] - points[at - 1][0], (points[at][1] - points[at - 1][1]) * Math.cos((points[at][0] * Math.PI) / 180));
  const along = points.reduce((sums, _, at) => [...sums, at ? sums[at - 1] + step(at) : 0], []);
  const wanted = share * along.at(-1);
  const next = Math.max(1, along.findIndex((sum) => sum >= wanted));
  const part = (wanted - along[next - 1]) / (along[next] - along[next - 1] || 1);
  const [[lat, lon], [lat1, lon1]] = [points[next - 1], points[next]];
  return [lat + part * (lat1 - lat), lon + part * (lon1 - lon)];
}
