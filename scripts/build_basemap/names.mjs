/** Chooses the names of the map, each with the zooms at which it may show. Knows nothing of files. */
import polylabel from "polylabel";
import { extent, flatten } from "./rings.mjs";

/** @typedef {[string, number, number, number, number]} Name text, longitude, latitude, first zoom, last zoom */

const LAST_ZOOM = 24;
const TILE_PX = 256;
const LETTER_PX = 8;
/** Two cities nearer than this do not show at the same zoom. */
const APART_PX = 70;
/** A town shows from the first zoom whose bound its population reaches. */
const PEOPLE = [[4, 5e6], [5, 2e6], [6, 7e5], [7, 2.5e5], [8, 1e5], [9, 5e4], [10, 3e4]];
const SETTLEMENTS = new Set(["PPL", "PPLA", "PPLA2", "PPLA3", "PPLA4", "PPLC", "PPLG"]);
const CAPITAL = 3;
/** Its outline in the source winds around the pole and has no middle. */
const PLACED = { Antarctica: [20, -77] };

const mercator = (lat) => (Math.log(Math.tan(Math.PI / 4 + (Math.max(lat, -85) * Math.PI) / 360)) * 180) / Math.PI;
const latitude = (y) => (Math.atan(Math.exp((y * Math.PI) / 180)) * 360) / Math.PI - 90;
const round = (degrees) => Math.round(degrees * 1000) / 1000;

/**
 * A country's name stands in the middle of its largest part, and shows when that part is about as wide as the name.
 * @param {{name: string, polygons: import("./rings.mjs").Line[][]}[]} countries
 * @returns {Name[]} the earliest and largest first
 */
export function countryNames(countries) {
  const found = countries.map(({ name, polygons }) => {
    const flat = polygons.map((polygon) => flatten(polygon).map((ring) => ring.map(([lon, lat]) => [lon, mercator(lat)])));
    const [size, largest] = flat.map((polygon) => [spread(polygon[0]), polygon]).reduce((a, b) => (b[0] > a[0] ? b : a));
    const [lon, y] = polylabel(largest, size / 50);
    const middle = PLACED[name] ?? [round(lon), round(latitude(y))];
    const wide = (name.length * LETTER_PX * 360) / (TILE_PX * size * 1.6);
    const first = Math.min(Math.max(Math.ceil(Math.log2(wide)), 2), 7);
    return { size, name: [name, ...middle, first, first + 4] };
  });
  return found.sort((a, b) => a.name[3] - b.name[3] || b.size - a.size).map(({ name }) => name);
}

/** Width and height of a ring's box as one length, in degrees. */
function spread(ring) {
  const [west, east] = extent(ring);
  const [south, north] = extent(ring.map(([x, y]) => [y, x]));
  return Math.sqrt((east - west) * (north - south));
}

/**
 * @param {{name: string, population: number, featureCode: string, loc: {coordinates: [number, number]}}[]} cities
 * @param {Name[]} countries a city of the same name waits until its country's name has gone
 * @returns {Name[]} the earliest and largest first, thinned where they lie close together
 */
export function cityNames(cities, countries) {
  const weight = ({ population, featureCode }) => population * (featureCode === "PPLC" ? CAPITAL : 1);
  const towns = cities.filter((city) => SETTLEMENTS.has(city.featureCode) && weight(city) >= PEOPLE.at(-1)[1]);
  const taken = new Set();
  const gone = new Map(countries.map(([text, , , , last]) => [text, last]));
  const named = towns
    .sort((a, b) => weight(b) - weight(a))
    .map((city) => [city.name, ...city.loc.coordinates.map(round), firstZoom(weight(city), city.loc.coordinates, taken)]);
  return named
    .filter((name) => name[3] !== null)
    .map(([text, lon, lat, first]) => [text, lon, lat, Math.max(first, (gone.get(text) ?? 0) + 1)])
    .sort((a, b) => a[3] - b[3])
    .map((name) => [...name, LAST_ZOOM]);
}

const OWN_PORT_ZOOM = 7;
const PORT_ZOOM = 9;
/** A port this near to a city of its name needs no second one. */
const SAME_DEG = 0.8;

/**
 * @param {{name: string[], lat: number[], lon: number[]}} world all ports, in columns
 * @param {{name: string, lat: number, lon: number}[]} own the simulator's, which show earlier
 * @param {Name[]} cities
 * @returns {Name[]} the simulator's first
 */
export function portNames(world, own, cities) {
  const near = (a, b) => Math.abs(a[1] - b[1]) < SAME_DEG && Math.abs(a[2] - b[2]) < SAME_DEG;
  const ours = own.map(({ name, lat, lon }) => [name, round(lon), round(lat), OWN_PORT_ZOOM, LAST_ZOOM]);
  const others = world.name.map((name, at) => [name, round(world.lon[at]), round(world.lat[at]), PORT_ZOOM, LAST_ZOOM]);
  const named = new Map();
  for (const city of cities) named.set(city[0].toLowerCase(), [...(named.get(city[0].toLowerCase()) ?? []), city]);
  const fresh = [...ours, ...others.filter((port) => !ours.some((one) => one[0] === port[0] && near(one, port)))];
  return fresh.filter((port) => !(named.get(port[0].toLowerCase()) ?? []).some((city) => near(city, port)));
}

/** Takes a square of the map at the first zoom where it and its neighbours are free, and at all later ones. */
function firstZoom(people, [lon, lat], taken) {
  const from = PEOPLE.find(([, least]) => people >= least)[0];
  const last = PEOPLE.at(-1)[0];
  const place = (zoom) => {
    const perPx = 360 / (TILE_PX * 2 ** zoom) * APART_PX;
    return [Math.floor(lon / perPx), Math.floor(mercator(lat) / perPx)];
  };
  const free = (zoom) => {
    const [x, y] = place(zoom);
    return [-1, 0, 1].every((dx) => [-1, 0, 1].every((dy) => !taken.has(`${zoom}:${x + dx}:${y + dy}`)));
  };
  for (let zoom = from; zoom <= last; zoom++) {
    if (!free(zoom)) continue;
    for (let later = zoom; later <= last; later++) taken.add(`${later}:${place(later).join(":")}`);
    return zoom;
  }
  return null;
}
