import assert from "node:assert/strict";
import { test } from "node:test";

import { placeLabels } from "../../../assets/map/labels.mjs";

test("labels do not overlap", () => {
  const placed = placeLabels([{ x: 0, y: 0, text: "first" }, { x: 5, y: 2, text: "over it" }, { x: 0, y: 40, text: "below" }]);
  assert.deepEqual(placed.map(({ text }) => text), ["first", "below"]);
});
