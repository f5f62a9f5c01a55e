/** The built-in basemap: coasts, lakes, borders and names from files that ship with the app. Needs no internet. */

import { boxInTile, CITY, COUNTRY, makeIndexes, namesOf, placeNames, PORT, SEA, TILE_PX, wrapped } from "./basemap_tiles.mjs";
import { worldX, worldY } from "./mercator.mjs";
import { paintCanals, paintInland, paintLand, paintNames, paintSea, widthOf } from "./basemap_paint.mjs";

const FINE_FROM_ZOOM = 5;
const CITIES_FROM_ZOOM = 4;
const HARBOURS_FROM_ZOOM = 8;
/** From these zooms on the outline is visibly wrong: Natural Earth's, and around the ports OpenStreetMap's, which is right to 100 m. */
const COARSE_FROM_ZOOM = 9;
const COARSE_HARBOUR_FROM_ZOOM = 12;
const COARSE_NOTE = "The outline is coarse at this zoom";
const MISSING_NOTE = "Part of the map could not be loaded";
const ATTRIBUTION =
  'Natural Earth | GeoNames | © <a href="https://www.openstreetmap.org/copyright">OpenStreetMap</a> contributors';
const COLOURS = {
  light: { sea: "#dfe9ef", land: "#f4f1ea", coast: "#a9b8bf", border: "#b9b3a4", label: "#66655f", "sea-label": "#4d6f83" },
  dark: { sea: "#0f1a24", land: "#1b2a36", coast: "#3d5363", border: "#40505d", label: "#93a3ae", "sea-label": "#6d90a6" },
};

/** The map's colours from the style sheet, or COLOURS where it has none. @param {"light"|"dark"} theme @returns {Record<string, string>} */
function palette(theme) {
  const style = getComputedStyle(document.documentElement);
  const entries = Object.entries(COLOURS[theme] ?? COLOURS.light);
  return Object.fromEntries(entries.map(([name, fallback]) => [name, style.getPropertyValue(`--map-${name}`).trim() || fallback]));
}

/** The content of a baked file, unpacked here unless the browser has already unpacked it. */
async function load(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  const packed = !response.headers.get("Content-Encoding");
  const body = packed ? response.body.pipeThrough(new DecompressionStream("gzip")) : response.body;
  return new Response(body).json();
}

/** Fine coasts within a box, in an index of their own, because boxes may overlap. */
const harbour = async (baked) => ({ box: baked.box, indexes: await makeIndexes(baked, async () => {}) });

/** Lets the page handle events. */
const pause = () => new Promise((resolve) => setTimeout(resolve));

/** The layer of the basemap. It extends Leaflet's class, so the module must load after Leaflet. */
export class Basemap extends L.GridLayer {
  /** @param {{url: string, theme: "light"|"dark"}} options address of the folder of the baked files, ending in a slash */
  constructor({ url, theme }) {
    super({ attribution: ATTRIBUTION, className: "basemap", keepBuffer: 4, updateWhenZooming: false });
    this.url = url;
    this.colours = palette(theme);
    this.names = [];
    this.placed = new Map();
    this.harbours = [];
    this.canals = [];
    this.requested = new Set();
    this.missing = new Set();
  }

  getEvents() {
    return { ...super.getEvents(), moveend: this.settle };
  }

  onAdd(map) {
    super.onAdd(map);
    this.settle();
  }

  onRemove(map) {
    map.fire("basemapnote", { words: "" });
    super.onRemove(map);
  }

  createTile(coords) {
    const tile = document.createElement("canvas");
    this.paint(tile, coords);
    return tile;
  }

  /** Draw in the colours of a theme, which the page has already switched to. @param {"light"|"dark"} theme */
  setTheme(theme) {
    this.colours = palette(theme);
    this.repaint();
  }

  /** Whether the outline at a place is too coarse for the zoom. @param {number} zoom @param {L.LatLng} point @returns {boolean} */
  isCoarse(zoom, { lat, lng }) {
    const lon = L.Util.wrapNum(lng, [-180, 180]);
    const inside = ([west, south, east, north]) => west < lon && lon < east && south < lat && lat < north;
    const charted = this.harbours.some(({ box }) => inside(box));
    return zoom >= (charted ? COARSE_HARBOUR_FROM_ZOOM : COARSE_FROM_ZOOM);
  }

  /** The map has stopped: load the files of this zoom, and note how good the outline is here. */
  settle() {
    const zoom = this._map.getZoom();
    this.request("coarse", (baked) => this.addCoarse(baked));
    if (zoom >= CITIES_FROM_ZOOM) this.request("cities", ({ cities, ports }) => this.addNames([...namesOf(CITY, cities), ...namesOf(PORT, ports)]));
    if (zoom >= FINE_FROM_ZOOM) this.request("fine", async (baked) => (this.fine = await makeIndexes(baked, pause)));
    if (zoom >= HARBOURS_FROM_ZOOM) this.request("harbours", (baked) => this.addHarbours(baked));
    this.note();
  }

  async request(name, take) {
    if (this.requested.has(name)) return;
    this.requested.add(name);
    try {
      await take(await load(new URL(`${name}.json.gz`, this.url)));
      this.missing.delete(name);
    } catch (error) {
      // the next move of the map tries again; until then a note says that a part is missing
      this.requested.delete(name);
      this.missing.add(name);
      console.warn(`basemap: ${name}`, error);
    }
    this.repaint();
    this.note();
  }

  async addCoarse(baked) {
    this.rough = await makeIndexes(baked, pause);
    this.addNames([...namesOf(SEA, baked.seas), ...namesOf(COUNTRY, baked.countries)]);
  }

  async addHarbours({ boxes, canals }) {
    this.harbours = await Promise.all(boxes.map(harbour));
    this.canals = canals.map((canal) => canal.map(([lon, lat]) => [worldX(lon), worldY(lat)]));
  }

  /** Add names in their order of importance: seas, countries, cities, ports. The files arrive in any order. */
  addNames(names) {
    this.names = [...this.names, ...names].sort((a, b) => a.kind - b.kind);
    this.placed.clear();
  }

  note() {
    if (!this._map) return;
    const coarse = this.isCoarse(this._map.getZoom(), this._map.getCenter());
    const notes = [coarse && COARSE_NOTE, this.missing.size > 0 && MISSING_NOTE].filter(Boolean);
    this._map.fire("basemapnote", { words: notes.join("; ") });
  }

  /** Draw the visible tiles again; new tiles would flicker. */
  repaint() {
    for (const { el, coords } of Object.values(this._tiles ?? {})) this.paint(el, coords);
  }

  paint(canvas, coords) {
    const ratio = Math.max(1, window.devicePixelRatio || 1);
    canvas.width = canvas.height = Math.round(TILE_PX * ratio);
    const context = canvas.getContext("2d");
    context.scale(canvas.width / TILE_PX, canvas.width / TILE_PX);
    const tile = wrapped(coords);
    paintSea(context, tile, this.colours);
    const indexes = (tile.z >= FINE_FROM_ZOOM && this.fine) || this.rough;
    if (indexes) paintLand(context, indexes, tile, this.colours);
    if (tile.z >= HARBOURS_FROM_ZOOM) this.paintHarbours(context, tile);
    if (indexes) paintInland(context, indexes, tile, this.colours);
    if (tile.z >= HARBOURS_FROM_ZOOM) paintCanals(context, this.canals, tile, this.colours);
    paintNames(context, this.namesAt(tile.z), tile, this.colours);
  }

  paintHarbours(context, tile) {
    for (const { box, indexes } of this.harbours) {
      const [left, top, right, bottom] = boxInTile(box, tile);
      if (right <= 0 || bottom <= 0 || left >= TILE_PX || top >= TILE_PX) continue;
      context.save();
      context.beginPath();
      context.rect(left, top, right - left, bottom - top);
      context.clip();
      paintSea(context, tile, this.colours);
      paintLand(context, indexes, tile, this.colours);
      context.restore();
    }
  }

  namesAt(zoom) {
    if (!this.placed.has(zoom)) this.placed.set(zoom, placeNames(this.names, zoom, widthOf));
    return this.placed.get(zoom);
  }
}
