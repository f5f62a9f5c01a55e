import assert from "node:assert/strict";
import { test } from "node:test";

import { nameOf } from "../../../assets/ui/keys.mjs";

test("a key has the name of aria-keyshortcuts", () => {
  assert.deepEqual([" ", "f", "?", "Escape"].map(nameOf), ["Space", "F", "?", "Escape"]);
});
