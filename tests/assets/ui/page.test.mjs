import assert from "node:assert/strict";
import { test } from "node:test";

import "../support/browser.mjs";
import { ageWords, sheetAt, themeNow } from "../../../assets/ui/page.mjs";

test("an age is in seconds, minutes or hours, and never negative", () => {
  assert.deepEqual([-5, 0, 119, 120, 7199, 7200].map(ageWords), ["0 s", "0 s", "119 s", "2 min", "120 min", "2 h"]);
});

test("the sheet takes the nearest of its heights", () => {
  assert.deepEqual([0, 0.3, 0.6, 0.7, 1].map(sheetAt), ["low", "half", "half", "high", "high"]);
});

test("the theme is light until the page says dark", () => {
  assert.equal(themeNow(), "light");
  document.documentElement.dataset.theme = "dark";
  assert.equal(themeNow(), "dark");
});
