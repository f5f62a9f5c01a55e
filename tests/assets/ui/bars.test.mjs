import assert from "node:assert/strict";
import { test } from "node:test";

import { barAt } from "../../../assets/ui/bars.mjs";

test("a place on a chart belongs to the nearest bar, a place beside all bars to none", () => {
  assert.deepEqual([-0.4, 0.6, 2.5, 2.6, -3].map((place) => barAt([0, 1, 2], place)), [0, 1, 2, null, null]);
  assert.equal(barAt([1, 3, 5], 4.2), 2);
  assert.equal(barAt([], 0), null);
});
