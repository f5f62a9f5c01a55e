import assert from "node:assert/strict";
import { test } from "node:test";

import { boxBetween } from "../../../../assets/map/tools/box_select.mjs";

test("a box has its sides in order, whichever way it was drawn", () => {
  const box = { left: 1, top: 2, right: 5, bottom: 9 };
  assert.deepEqual(boxBetween({ x: 1, y: 9 }, { x: 5, y: 2 }), box);
  assert.deepEqual(boxBetween({ x: 5, y: 2 }, { x: 1, y: 9 }), box);
});
