/** Paints parts of a basemap tile on a canvas context whose unit is a CSS pixel. */

import { BORDER, CITY, COUNTRY, cut, EXTENT, graticule, keyOf, LAKE, LAND, nearest, PORT, SEA, TILE_PX } from "./basemap_tiles.mjs";

const FONTS = {
  [SEA]: "italic 13px Georgia, 'Times New Roman', serif",
  [COUNTRY]: "600 11px system-ui, sans-serif",
  [CITY]: "11px system-ui, sans-serif",
  [PORT]: "11px system-ui, sans-serif",
};
const SPACING = { [SEA]: "0.8px", [COUNTRY]: "0.6px", [CITY]: "0px", [PORT]: "0px" };
const GRATICULE_ALPHA = 0.3;
const NAME_OFFSET_PX = 5;
const DOT_PX = 1.8;
const CANAL_PX = 3;
/** Share of the world: about 300 m at 30 degrees. */
const CANAL_WIDTH = 8.6e-6;

/** Sea and graticule. @param {CanvasRenderingContext2D} context @param {{x: number, y: number, z: number}} tile @param {Record<string, string>} colours */
export function paintSea(context, tile, colours) {
  context.fillStyle = colours.sea;
  context.fillRect(0, 0, TILE_PX, TILE_PX);
  const { meridians, parallels } = graticule(tile);
  context.beginPath();
  for (const x of meridians) {
    context.moveTo(x, 0);
    context.lineTo(x, TILE_PX);
  }
  for (const y of parallels) {
    context.moveTo(0, y);
    context.lineTo(TILE_PX, y);
  }
  context.globalAlpha = GRATICULE_ALPHA;
  stroke(context, colours.coast, 0.6);
  context.globalAlpha = 1;
}

/** Land and its coast. @param {any} context @param {import("../vendor/geojson-vt/index.mjs").default[]} indexes */
export function paintLand(context, indexes, tile, colours) {
  paintAreas(context, cut(indexes, tile), LAND, tile, colours.land, colours.coast);
}

/** Lakes and borders. @param {any} context @param {import("../vendor/geojson-vt/index.mjs").default[]} indexes */
export function paintInland(context, indexes, tile, colours) {
  const outlines = cut(indexes, tile);
  paintAreas(context, outlines, LAKE, tile, colours.sea, colours.coast);
  trace(context, outlines, BORDER, NaN);
  context.setLineDash([4, 3]);
  stroke(context, colours.border, 0.8);
  context.setLineDash([]);
}

function paintAreas(context, outlines, kind, tile, colour, coast) {
  trace(context, outlines, kind, NaN);
  context.fillStyle = colour;
  context.fill("evenodd");
  // the cut of the world at 180 degrees is no coast
  const edge = tile.x === 0 ? 0 : tile.x === 2 ** tile.z - 1 ? EXTENT : NaN;
  if (!Number.isNaN(edge)) trace(context, outlines, kind, edge);
  stroke(context, coast, 0.9);
}

/** Begins a path of all outlines of a kind, without the lines along one edge of the tile (NaN for none). */
function trace(context, { features, scale, left, top }, kind, edge) {
  context.beginPath();
  for (const { tags, geometry } of features) {
    if (tags.kind !== kind) continue;
    for (const line of geometry) {
      context.moveTo(line[0] * scale - left, line[1] * scale - top);
      for (let at = 2; at < line.length; at += 2) {
        const [x, y] = [line[at] * scale - left, line[at + 1] * scale - top];
        if (line[at] === edge && line[at - 2] === edge) context.moveTo(x, y);
        else context.lineTo(x, y);
      }
    }
  }
}

function stroke(context, colour, width) {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.stroke();
}

/** The names of a tile, with their marks. @param {any} context @param {Map<string, import("./basemap_tiles.mjs").Placed[]>} placed by tile */
export function paintNames(context, placed, tile, colours) {
  const world = TILE_PX * 2 ** tile.z;
  context.textBaseline = "middle";
  context.lineJoin = "round";
  for (const { name, x, y } of placed.get(keyOf(tile)) ?? []) {
    const middle = tile.x * TILE_PX + TILE_PX / 2;
    const across = x + nearest(middle - x, world) - tile.x * TILE_PX;
    const down = y - tile.y * TILE_PX;
    if (name.kind === CITY) paintDot(context, across, down, colours);
    if (name.kind === PORT) paintAnchor(context, across, down, colours);
    setFont(context, name.kind);
    context.strokeStyle = name.kind === SEA ? colours.sea : colours.land;
    context.lineWidth = 2.5;
    context.fillStyle = name.kind === SEA || name.kind === PORT ? colours["sea-label"] : colours.label;
    const start = name.kind === CITY || name.kind === PORT ? across + NAME_OFFSET_PX : across;
    context.strokeText(name.text, start, down);
    context.fillText(name.text, start, down);
  }
}

function paintDot(context, x, y, colours) {
  context.beginPath();
  context.arc(x, y, DOT_PX, 0, 2 * Math.PI);
  context.fillStyle = colours.label;
  context.fill();
}

/** A small anchor: ring, shank and arms. */
function paintAnchor(context, x, y, colours) {
  context.beginPath();
  context.arc(x, y - 3, 1.2, 0, 2 * Math.PI);
  context.moveTo(x, y - 1.8);
  context.lineTo(x, y + 4);
  context.moveTo(x - 3.4, y + 1);
  context.quadraticCurveTo(x - 3, y + 4, x, y + 4);
  context.quadraticCurveTo(x + 3, y + 4, x + 3.4, y + 1);
  stroke(context, colours["sea-label"], 1.1);
}

/**
 * Canals, which the outlines leave out, drawn to scale but never thinner than CANAL_PX.
 * @param {any} context @param {[number, number][][]} canals world coordinates
 */
export function paintCanals(context, canals, tile, colours) {
  const world = TILE_PX * 2 ** tile.z;
  context.beginPath();
  for (const canal of canals) {
    canal.forEach(([x, y], at) => context[at ? "lineTo" : "moveTo"](x * world - tile.x * TILE_PX, y * world - tile.y * TILE_PX));
  }
  context.lineJoin = context.lineCap = "round";
  stroke(context, colours.sea, Math.max(CANAL_PX, world * CANAL_WIDTH));
}

function setFont(context, kind) {
  context.font = FONTS[kind];
  context.letterSpacing = SPACING[kind];
  context.textAlign = kind === CITY || kind === PORT ? "left" : "center";
}

const ruler = document.createElement("canvas").getContext("2d");

/** The width of a name, measured once. @param {import("./basemap_tiles.mjs").Name} name @returns {number} px */
export function widthOf(name) {
  if (name.width === undefined) {
    setFont(ruler, name.kind);
    name.width = ruler.measureText(name.text).width;
  }
  return name.width;
}
