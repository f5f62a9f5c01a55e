import assert from "node:assert/strict";
import { test } from "node:test";

import { positionWords } from "../../../../assets/map/tools/scale.mjs";

test("a position is written in degrees and minutes, also from another copy of the world", () => {
  assert.equal(positionWords(51.95, -4.2), "51° 57.0′ N 004° 12.0′ W");
  assert.equal(positionWords(-0.99999, 539.5), "01° 00.0′ S 179° 30.0′ E");
});
