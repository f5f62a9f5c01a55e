/** The selected vessel's track, coloured by speed, and its route. */

const MAX_SCALE_KN = 25;
/** A longer time between two points is a gap: 10 minutes, and 5 % for the jitter of reports. */
const GAP_MS = 630_000;
/** Viridis at nine points. */
const VIRIDIS = ["#440154", "#472d7b", "#3b528b", "#2c728e", "#21918c", "#28ae80", "#5ec962", "#addc30", "#fde725"];

/** The colour of a speed. @param {number} sog knots @returns {string} */
export function speedColour(sog) {
  const share = Math.min(Math.max(sog / MAX_SCALE_KN, 0), 1);
  return VIRIDIS[Math.round(share * (VIRIDIS.length - 1))];
}

/**
 * Lines of one colour; each begins where the last one ended.
 * @param {number[]} times ms @param {[number, number, number][]} points latitude, longitude, knots
 * @returns {{line: [number, number][], colour: string, gap: boolean}[]} longitudes continue beyond 180 degrees
 */
export function pieces(times, points) {
  /** @type {{line: [number, number][], colour: string, gap: boolean}[]} */
  const found = [];
  let shift = 0;
  for (let at = 1; at < points.length; at++) {
    const [lat0, lon0, sog] = points[at - 1];
    const [lat1, lon1] = points[at];
    /** @type {[number, number]} */
    const start = [lat0, lon0 + shift];
    if (Math.abs(lon1 - lon0) > 180) shift += lon1 < lon0 ? 360 : -360;
    /** @type {[number, number]} */
    const end = [lat1, lon1 + shift];
    const gap = times[at] - times[at - 1] > GAP_MS;
    const colour = speedColour(sog);
    const last = found.at(-1);
    if (last && last.colour === colour && last.gap === gap) last.line.push(end);
    else found.push({ line: [start, end], colour, gap });
  }
  return found;
}

export class Track {
  /** @param {L.Map} map */
  constructor(map) {
    this.layer = L.layerGroup().addTo(map);
    this.drawing = null;
    this.shows = { track: true, route: true };
  }

  /** Draw a track and a route, null for none. @param {{times: number[], points: [number, number, number][], route: [number, number][][]}?} drawing */
  draw(drawing) {
    this.drawing = drawing;
    this.#paint();
  }

  /** Show or hide the track and the route. @param {{track: boolean, route: boolean}} shows */
  show(shows) {
    this.shows = shows;
    this.#paint();
  }

  #paint() {
    this.layer.clearLayers();
    if (!this.drawing) return;
    const { times, points, route } = this.drawing;
    if (this.shows.route) for (const leg of route) this.#line(leg, { color: "#7a8b99", weight: 1.5, dashArray: "2 6" });
    if (!this.shows.track) return;
    for (const { line, colour, gap } of pieces(times, points)) {
      this.#line(line, { color: colour, weight: 3, dashArray: gap ? "4 6" : null });
    }
  }

  #line(points, options) {
    L.polyline(points, { ...options, interactive: false, smoothFactor: 1 }).addTo(this.layer);
  }
}
