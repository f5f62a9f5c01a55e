import assert from "node:assert/strict";
import { test } from "node:test";

import { density, ramp } from "../../../assets/map/heat.mjs";

test("density is highest where the vessels are, keeps their number, and ignores vessels outside the map", () => {
  const points = [...Array(10).fill([150, 150]), [60, 240], [-5, 3], [1e6, 3]];
  const cells = density(points, 50, 50);
  const most = cells.indexOf(Math.max(...cells));
  assert.deepEqual([most % 50, Math.floor(most / 50)], [25, 25]);
  assert.ok(Math.abs(cells.reduce((a, b) => a + b) - 11) < 1e-3);
});

test("no vessels are transparent, the densest cell is red", () => {
  assert.equal(ramp(0)[3], 0);
  assert.deepEqual(ramp(1), [234, 67, 53, 190]);
});
