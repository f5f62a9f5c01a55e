import assert from "node:assert/strict";
import { test } from "node:test";

import "../support/browser.mjs";
import { faultWords } from "../../../assets/simulation/simulation_forms.mjs";

const NONE = { active: false, silence: false, drop: 0, duplicate: 0, disorder: 0, late: 0, late_s: 60, counts: {} };

test("the active faults are listed with their shares, and what they did so far", () => {
  const faults = { ...NONE, active: true, silence: true, drop: 0.125, late: 0.5, counts: { dropped: 1200, late: 0 } };
  assert.equal(faultWords(faults), "Injected: silence, drop 12.5 %, late 50 %, by 60 s. So far 1,200 dropped.");
});

test("no fault is said to be none", () => {
  assert.equal(faultWords(NONE), "Nothing goes wrong on purpose.");
});
