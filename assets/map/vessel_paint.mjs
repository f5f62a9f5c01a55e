/** Draws on the vessels' canvas what is no sprite: hulls to scale, names, rings and the course vector. */

import { outline, pxPerMetre } from "./hulls.mjs";

export const RING_PX = 13;
const VECTOR_S = 600;
/** A ring keeps clear of a hull: its radius is this share of the ship's length. */
const RING_PER_LENGTH = 0.7;

/**
 * @typedef {{colour: string, halo: string, accent: string, outline: string}} Ink of labels, of what surrounds them, of the
 *   selected vessels, and around each symbol; any CSS colour, `outline` "#rrggbb"
 */

/**
 * The hull of one vessel.
 * @param {CanvasRenderingContext2D} context @param {import("../fleet/fleet.mjs").Fleet} fleet @param {number} slot
 * @param {{px: number, py: number, opacity: number, scale: number, ratio: number, fill: string, ink: Ink}} how device px of the
 *   antenna; `scale` is the width of the world in CSS px, `ratio` device px per CSS px
 */
export function paintHull(context, fleet, slot, { px, py, opacity, scale, ratio, fill, ink }) {
  const { bow, stern, port, starboard, heading, cog } = fleet;
  const size = { bow: bow[slot], stern: stern[slot], port: port[slot], starboard: starboard[slot] };
  const direction = Number.isNaN(heading[slot]) ? cog[slot] : heading[slot];
  const corners = outline(size, direction, pxPerMetre(fleet.y[slot], scale) * ratio);
  context.globalAlpha = opacity;
  context.beginPath();
  for (let at = 0; at < corners.length; at += 2) context.lineTo(px + corners[at], py + corners[at + 1]);
  context.closePath();
  Object.assign(context, { fillStyle: fill, strokeStyle: ink.outline, lineWidth: 1.4 * ratio });
  context.fill();
  context.stroke();
  context.globalAlpha = 1;
}

/**
 * Names beside their vessels.
 * @param {CanvasRenderingContext2D} context @param {{x: number, y: number, text: string}[]} labels CSS px @param {number} ratio @param {Ink} ink
 */
export function paintLabels(context, labels, ratio, ink) {
  const font = `${11 * ratio}px system-ui, sans-serif`;
  Object.assign(context, { font, textBaseline: "middle", lineJoin: "round", lineWidth: 3 * ratio });
  Object.assign(context, { strokeStyle: ink.halo, fillStyle: ink.colour });
  for (const { x, y, text } of labels) {
    context.strokeText(text, x * ratio, y * ratio);
    context.fillText(text, x * ratio, y * ratio);
  }
}

/**
 * A thin ring around each vessel of the selected group.
 * @param {CanvasRenderingContext2D} context @param {{x: number, y: number}[]} places CSS px @param {number} ratio @param {Ink} ink
 */
export function paintRings(context, places, ratio, ink) {
  const { width, height } = context.canvas;
  const radius = (RING_PX - 2) * ratio;
  Object.assign(context, { lineWidth: 1.5 * ratio, strokeStyle: ink.accent });
  context.beginPath();
  for (const { x, y } of places) {
    const [px, py] = [x * ratio, y * ratio];
    if (px < -radius || py < -radius || px > width + radius || py > height + radius) continue;
    context.moveTo(px + radius, py);
    context.arc(px, py, radius, 0, 2 * Math.PI);
  }
  context.stroke();
}

/**
 * The selected vessel's ring, and a vector to where its course takes it in ten minutes.
 * @param {CanvasRenderingContext2D} context @param {import("../fleet/fleet.mjs").Fleet} fleet @param {number} slot
 * @param {{x: number, y: number}} place CSS px @param {number} scale CSS px to the width of the world @param {number} ratio @param {Ink} ink
 */
export function paintSelected(context, fleet, slot, { x, y }, scale, ratio, ink) {
  const [dx, dy] = [fleet.vx[slot] * VECTOR_S * scale, fleet.vy[slot] * VECTOR_S * scale];
  const length = Math.hypot(dx, dy);
  const radius = Math.max(RING_PX, fleet.sizeOf(slot)[0] * pxPerMetre(fleet.y[slot], scale) * RING_PER_LENGTH);
  Object.assign(context, { lineWidth: 2 * ratio, strokeStyle: ink.accent });
  context.beginPath();
  context.arc(x * ratio, y * ratio, radius * ratio, 0, 2 * Math.PI);
  if (length > radius) {
    context.moveTo((x + (dx / length) * radius) * ratio, (y + (dy / length) * radius) * ratio);
    context.lineTo((x + dx) * ratio, (y + dy) * ratio);
  }
  context.stroke();
}
