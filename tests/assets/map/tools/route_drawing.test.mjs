import assert from "node:assert/strict";
import { test } from "node:test";

import "../../support/browser.mjs";
import { positionIn } from "../../../../assets/map/tools/route_drawing.mjs";

test("two numbers within their ranges are a position, other texts are not", () => {
  assert.deepEqual(positionIn("51.9, -4.1"), { lat: 51.9, lon: -4.1 });
  assert.deepEqual(positionIn("-90 180"), { lat: -90, lon: 180 });
  for (const text of ["", "Rotterdam", "91, 0", "0, 181", "1", "1, 2, 3", "1e3, 4"]) assert.equal(positionIn(text), null, text);
});
