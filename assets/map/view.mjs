/** Moves the map to the fleet, to a vessel or to the place of the address, and writes the address. */

import { write } from "../ui/url_state.mjs";
import { membersOf } from "../fleet/selection.mjs";
import { calm } from "../ui/page.mjs";

const WRITE_AFTER_MS = 300;
const NEAR_ZOOM = 8;

/** The values below which these shares of all values lie. @param {number[]} values @param {number[]} shares @returns {number[]} */
export function quantiles(values, shares) {
  const sorted = values.toSorted((a, b) => a - b);
  return shares.map((share) => sorted[Math.floor(share * (sorted.length - 1))]);
}

export class View {
  /**
   * @param {L.Map} map @param {import("../fleet/fleet.mjs").Fleet} fleet @param {import("../fleet/state.mjs").State} state
   * @param {() => number} clock ms
   */
  constructor(map, fleet, state, clock) {
    this.map = map;
    this.fleet = fleet;
    this.state = state;
    this.clock = clock;
    const given = state.get("view");
    /** Whether the map already shows the place of the address, or the fleet. */
    this.framed = given !== null;
    if (given) map.setView([given.lat, given.lon], given.zoom, { animate: false });
    map.on("moveend", () => this.#moved());
    map.on("dragstart", () => state.set({ follow: false }));
    state.on(Object.keys(state.all()), () => this.#write());
  }

  /** When the page opens: show the vessels that the address selects, or the fleet. */
  frame() {
    const { fleet, map, state } = this;
    if (this.framed || !fleet.size) return;
    this.framed = true;
    const slots = membersOf(state.all()).map((mmsi) => fleet.slots.get(mmsi)).filter((slot) => slot !== undefined);
    if (slots.length > 1) this.show(slots, false);
    else if (slots.length) map.setView([fleet.lat[slots[0]], fleet.lon[slots[0]]], NEAR_ZOOM, { animate: false });
    else this.home(false);
  }

  /** Show the area of nine in ten vessels, or the world where they are too far apart. */
  home(animate = !calm.matches) {
    const { fleet, map } = this;
    const shown = [...Array(fleet.size).keys()].filter((slot) => !fleet.hidden[slot]);
    if (!shown.length) return;
    const spread = (column) => quantiles(shown.map((slot) => column[slot]), [0.05, 0.5, 0.95]);
    const [[south, centre, north], [west, middle, east]] = [spread(fleet.lat), spread(fleet.lon)];
    if (east - west < 120) map.fitBounds([[south, west], [north, east]], { padding: [40, 40], maxZoom: 12, animate });
    else map.setView([centre, middle], Math.min(map.getZoom(), 3), { animate });
  }

  /** Show all of these vessels. @param {number[]} slots */
  show(slots, animate = !calm.matches) {
    const { lat, lon } = this.fleet;
    if (!slots.length) return;
    // on the copy of the world where the first one is, also over 180 degrees
    const beside = (slot) => lon[slot] + 360 * Math.round((lon[slots[0]] - lon[slot]) / 360);
    this.map.fitBounds(slots.map((slot) => [lat[slot], beside(slot)]), { padding: [60, 60], maxZoom: NEAR_ZOOM + 2, animate });
  }

  /** Fly to a vessel or a port. @param {{mmsi?: number, lat: number, lon: number}} place */
  goTo({ mmsi, lat, lon }) {
    this.map.flyTo([lat, lon], Math.max(this.map.getZoom(), mmsi ? NEAR_ZOOM : NEAR_ZOOM + 1), { duration: 0.8, animate: !calm.matches });
  }

  /** Fly to a vessel. @param {number} mmsi @returns {boolean} whether it is known */
  goToVessel(mmsi) {
    const slot = this.fleet.slots.get(mmsi);
    if (slot !== undefined) this.goTo({ mmsi, lat: this.fleet.lat[slot], lon: this.fleet.lon[slot] });
    return slot !== undefined;
  }

  /** Keep the selected vessel in the middle, while the state says so. @param {(slot: number) => {x: number, y: number}} point */
  follow(point) {
    const slot = this.fleet.slots.get(this.state.get("selected"));
    if (!this.state.get("follow") || slot === undefined || this.map._animatingZoom) return;
    const { x, y } = point(slot);
    const { x: width, y: height } = this.map.getSize();
    const [dx, dy] = [Math.round(x - width / 2), Math.round(y - height / 2)];
    if (Math.abs(dx) > 1 || Math.abs(dy) > 1) this.map.panBy([dx, dy], { animate: !calm.matches && Math.hypot(dx, dy) < 600, duration: 0.5 });
  }

  #moved() {
    const { lat, lng } = this.map.getCenter();
    this.state.set({ view: { lat: Number(lat.toFixed(4)), lon: Number(lng.toFixed(4)), zoom: this.map.getZoom() } });
  }

  #write() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => history.replaceState(null, "", this.link()), WRITE_AFTER_MS);
  }

  /** An address that opens this picture. @returns {string} */
  link() {
    return `${location.origin}${location.pathname}?${write(this.state.all())}`;
  }
}
