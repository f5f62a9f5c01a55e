import assert from "node:assert/strict";
import { test } from "node:test";

import { blit, makeSprites, shapeOf } from "../../../assets/map/symbols.mjs";

const STATUSES = ["at_sea", "in_port", "anchored"];
const { size, sprites } = makeSprites(["#c62828"], 1);

test("an arrow under way, a ring at anchor, a disc when moored, at rest or of unknown direction", () => {
  assert.equal(shapeOf(12, 0, 90, 0, STATUSES), 16);
  assert.equal(shapeOf(12, 180, NaN, 0, STATUSES), 32);
  assert.equal(shapeOf(12, 0, 359.9, 0, STATUSES), 0);
  assert.equal(shapeOf(0, 0, 0, 2, STATUSES), 65);
  assert.equal(shapeOf(0, 0, 0, 1, STATUSES), 64);
  assert.equal(shapeOf(0.2, 0, 0, 0, STATUSES), 64);
  assert.equal(shapeOf(12, NaN, NaN, 0, STATUSES), 64);
});

test("a sprite is opaque in its middle, in its colour, clear at its corners and soft at its edge", () => {
  const disc = sprites[0][64];
  assert.equal(disc[(size / 2) * size + size / 2].toString(16), "ff2828c6");
  assert.equal(disc[0] >>> 24, 0);
  assert.ok(disc.some((pixel) => pixel >>> 24 > 0 && pixel >>> 24 < 255));
  assert.equal(sprites[0][65][(size / 2) * size + size / 2].toString(16), "ffffffff");
});

test("an arrow to the east is the arrow to the north, turned", () => {
  const lit = (sprite) => sprite.reduce((sum, pixel) => sum + (pixel >>> 24), 0);
  assert.ok(Math.abs(lit(sprites[0][0]) - lit(sprites[0][16])) < 0.02 * lit(sprites[0][0]));
  const right = sprites[0][16].filter((_, at) => at % size >= size / 2);
  assert.ok(lit(right) < 0.55 * lit(sprites[0][16]));
});

test("a sprite is cut at the picture's edges, and fades with its opacity", () => {
  const picture = new Uint32Array(30 * 30);
  for (const [left, top] of [[-15, -15], [25, 25], [-100, 5], [5, 100]]) blit(picture, 30, 30, sprites[0][64], size, left, top, 1);
  assert.equal(picture[15 * 30 + 15], 0);
  blit(picture, 30, 30, sprites[0][64], size, 5, 5, 0.5);
  assert.equal(picture[15 * 30 + 15] >>> 24, 127);
});
