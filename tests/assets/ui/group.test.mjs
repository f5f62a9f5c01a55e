import assert from "node:assert/strict";
import { test } from "node:test";

import { countsBy } from "../../../assets/ui/group.mjs";

test("counts come with name and code, the largest first, without zeros", () => {
  assert.deepEqual(countsBy([0, 1, 2], ["a", "b", "c"], [2, 0, 2]), [["c", 2, 2], ["a", 1, 0]]);
});
