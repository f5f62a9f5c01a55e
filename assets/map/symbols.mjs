/** Vessel symbols as anti-aliased pixels: an arrowhead in 64 headings, a disc (moored), a ring (at anchor). */

export const HEADINGS = 64;
const DISC = HEADINGS;
const RING = HEADINGS + 1;
const SAMPLES = 3;
const SHARE = 1 / SAMPLES ** 2;
const HALF = 10;
const ARROW = [[0, -8], [5, 6.5], [0, 3.5], [-5, 6.5]];
const OUTLINE = 1.2;

/**
 * The shape that shows a vessel.
 * @param {number} sog knots @param {number} cog degrees @param {number} heading degrees; each NaN where not known
 * @param {number} status code @param {string[]} statuses names by code
 * @returns {number} 0 to HEADINGS - 1 for an arrowhead, then disc and ring
 */
export function shapeOf(sog, cog, heading, status, statuses) {
  if (statuses[status] === "anchored") return RING;
  if (statuses[status] === "in_port" || sog < 0.5) return DISC;
  const direction = Number.isNaN(heading) ? cog : heading;
  return Number.isNaN(direction) ? DISC : Math.round((direction / 360) * HEADINGS) % HEADINGS;
}

/** Distance from a point to a polygon's edge, negative inside. */
function polygonDistance(x, y, points) {
  let inside = false;
  let nearest = Infinity;
  for (let i = 0, j = points.length - 1; i < points.length; j = i++) {
    const [ax, ay] = points[i];
    const [dx, dy] = [points[j][0] - ax, points[j][1] - ay];
    if (ay > y !== ay + dy > y && x < (dx * (y - ay)) / dy + ax) inside = !inside;
    const t = Math.min(Math.max(((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy), 0), 1);
    nearest = Math.min(nearest, (x - ax - t * dx) ** 2 + (y - ay - t * dy) ** 2);
  }
  return inside ? -Math.sqrt(nearest) : Math.sqrt(nearest);
}

/** The shape's distance function: negative inside the body, at most OUTLINE where its outline lies. */
function distanceTo(shape) {
  if (shape === DISC) return (x, y) => Math.hypot(x, y) - 4.2;
  // the middle of a ring is filled with the outline's colour, so that it looks hollow on any background
  if (shape === RING) return (x, y) => Math.min(Math.abs(Math.hypot(x, y) - 4.4) - 1.3, Math.hypot(x, y) < 4.4 ? 0.1 : 9);
  const [cos, sin] = [Math.cos((-shape / HEADINGS) * 2 * Math.PI), Math.sin((-shape / HEADINGS) * 2 * Math.PI)];
  return (x, y) => polygonDistance(x * cos - y * sin, x * sin + y * cos, ARROW);
}

/** Device pixels per CSS pixel, at most 2: finer symbols cost time and look the same. @returns {number} */
export const ratioNow = () => Math.min(window.devicePixelRatio || 1, 2);

/** Compute the shapes before the first picture needs them. */
export const warmUp = () => masksAt(ratioNow());

const masks = new Map();

/** The coverage of every shape, computed once for each scale. @param {number} scale */
function masksAt(scale) {
  const size = Math.ceil(2 * HALF * scale);
  if (!masks.has(scale)) masks.set(scale, Array.from({ length: HEADINGS + 2 }, (_, shape) => coverage(shape, size, scale)));
  return masks.get(scale);
}

/** Share of each pixel that the shape and its outline cover: [body, body and outline], Float32Array each. */
function coverage(shape, size, scale) {
  const [body, whole] = [new Float32Array(size * size), new Float32Array(size * size)];
  const distance = distanceTo(shape);
  for (let pixel = 0; pixel < size * size; pixel++) {
    const [left, top] = [pixel % size, Math.floor(pixel / size)];
    for (let sample = 0; sample < SAMPLES * SAMPLES; sample++) {
      const x = (left + ((sample % SAMPLES) + 0.5) / SAMPLES) / scale - HALF;
      const y = (top + (Math.floor(sample / SAMPLES) + 0.5) / SAMPLES) / scale - HALF;
      const apart = distance(x, y);
      body[pixel] += apart < 0 ? SHARE : 0;
      whole[pixel] += apart < OUTLINE ? SHARE : 0;
    }
  }
  return [body, whole];
}

/**
 * Every shape in every colour.
 * @param {string[]} colours "#rrggbb"
 * @param {number} scale device pixels per CSS pixel
 * @param {string} halo "#rrggbb" of the outline
 * @returns {{size: number, sprites: Uint32Array[][]}} sprites[colour][shape], ABGR pixels, size x size
 */
export function makeSprites(colours, scale, halo = "#ffffff") {
  const size = Math.ceil(2 * HALF * scale);
  return { size, sprites: colours.map((colour) => masksAt(scale).map(([body, whole]) => paint(colour, halo, body, whole))) };
}

function paint(colour, halo, body, whole) {
  const parts = (text) => [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16));
  const [[red, green, blue], around] = [parts(colour), parts(halo)];
  const sprite = new Uint32Array(body.length);
  for (let pixel = 0; pixel < sprite.length; pixel++) {
    const [inside, shown] = [body[pixel], whole[pixel]];
    if (shown === 0) continue;
    const mix = (value, edge) => Math.round(value * inside + edge * (1 - inside));
    sprite[pixel] = (Math.round(shown * 255) << 24) | (mix(blue, around[2]) << 16) | (mix(green, around[1]) << 8) | mix(red, around[0]);
  }
  return sprite;
}

/**
 * Draw a sprite over the picture (source over).
 * @param {Uint32Array} picture ABGR @param {number} width @param {number} height
 * @param {Uint32Array} sprite @param {number} size @param {number} left @param {number} top @param {number} opacity
 */
export function blit(picture, width, height, sprite, size, left, top, opacity) {
  const fromX = Math.max(0, -left);
  const toX = Math.min(size, width - left);
  for (let y = Math.max(0, -top); y < Math.min(size, height - top); y++) {
    for (let x = fromX, at = (top + y) * width + left + fromX; x < toX; x++, at++) {
      const pixel = sprite[y * size + x];
      const alpha = ((pixel >>> 24) * opacity) | 0;
      if (alpha !== 0) picture[at] = alpha === 255 ? pixel : over(pixel, alpha, picture[at]);
    }
  }
}

function over(pixel, alpha, below) {
  const rest = ((below >>> 24) * (255 - alpha)) / 255;
  if (rest === 0) return ((alpha << 24) | (pixel & 0xffffff)) >>> 0;
  const total = alpha + rest;
  const blue = (((pixel >>> 16) & 255) * alpha + ((below >>> 16) & 255) * rest) / total;
  const green = (((pixel >>> 8) & 255) * alpha + ((below >>> 8) & 255) * rest) / total;
  const red = ((pixel & 255) * alpha + (below & 255) * rest) / total;
  return ((Math.round(total) << 24) | ((blue | 0) << 16) | ((green | 0) << 8) | (red | 0)) >>> 0;
}
