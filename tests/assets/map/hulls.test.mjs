import assert from "node:assert/strict";
import { test } from "node:test";

import { outline, pxPerMetre } from "../../../assets/map/hulls.mjs";

test("a hull is as long as its ship, and its bow points ahead", () => {
  const size = { bow: 200, stern: 100, port: 20, starboard: 20 };
  const north = outline(size, 0, 1);
  assert.ok(Math.hypot(north[0], north[1] + 200) < 1e-9);
  const east = outline(size, 90, 0.5);
  assert.ok(Math.hypot(east[0] - 100, east[1]) < 1e-9);
  const ys = north.filter((_, at) => at % 2 === 1);
  assert.equal(Math.max(...ys) - Math.min(...ys), 300);
  const [equator, sixty] = [pxPerMetre(0.5, 1e6), pxPerMetre(0.5 - Math.asinh(Math.tan(Math.PI / 3)) / (2 * Math.PI), 1e6)];
  assert.ok(Math.abs(sixty / equator - 2) < 1e-9);
});
