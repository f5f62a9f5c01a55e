import assert from "node:assert/strict";
import { test } from "node:test";

import { legWords } from "../../../../assets/map/tools/measure.mjs";

test("a leg shows its length and course, and after the first leg the total", () => {
  assert.equal(legWords(3.456, 7.4, null), "3.46 nm · 007°");
  assert.equal(legWords(123.45, 359.2, 500), "123.5 nm · 359° · 500.0 nm in all");
});
