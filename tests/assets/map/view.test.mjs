import assert from "node:assert/strict";
import { test } from "node:test";

import "../support/browser.mjs";
import { quantiles } from "../../../assets/map/view.mjs";

test("quantiles leave the values in their order", () => {
  const values = [5, 1, 4, 2, 3];
  assert.deepEqual(quantiles(values, [0, 0.5, 1]), [1, 3, 5]);
  assert.deepEqual(values, [5, 1, 4, 2, 3]);
});
