import assert from "node:assert/strict";
import { test } from "node:test";

import "../support/browser.mjs";
import { describe, windowOf } from "../../../assets/replay/replay_slider.mjs";

const T0 = Date.parse("2026-01-01T00:00:00Z");

test("the slider spans the hours around the time, or up to the end", () => {
  const range = { from: T0, to: T0 + 100 * 3_600_000 };
  const hours = (hour, now) => windowOf(range, hour, T0 + now * 3_600_000).map((ms) => (ms - T0) / 3_600_000);
  assert.deepEqual(hours(0, 50), [0, 100]);
  assert.deepEqual(hours(6, 99), [94, 100]);
  assert.deepEqual(hours(6, 50), [47, 53]);
  assert.deepEqual(hours(6, 1), [0, 6]);
  assert.equal(describe(Date.parse("2026-11-12T14:03:07Z")), "12 Nov 2026, 14:03:07 UTC");
});
