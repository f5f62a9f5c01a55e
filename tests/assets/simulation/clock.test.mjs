import assert from "node:assert/strict";
import test from "node:test";

import { describe, nextRate, RATES } from "../../../assets/simulation/clock.mjs";

test("rates go up and down a ladder from 0.1 to 1000, from any rate in between", () => {
  assert.equal(nextRate(1, 1), 2);
  assert.equal(nextRate(1, -1), 0.5);
  assert.equal(nextRate(3, 1), 5);
  assert.equal(nextRate(3, -1), 2);
  assert.equal(nextRate(1000, 1), 1000);
  assert.equal(nextRate(0.1, -1), 0.1);
  assert.deepEqual([RATES[0], RATES.at(-1)], [0.1, 1000]);
});

test("a clock says its rate, that it stands, or that it falls behind", () => {
  assert.deepEqual(describe({ rate: 60, rate_actual: 60.2, paused: false }), { words: "60×", behind: false });
  assert.deepEqual(describe({ rate: 1000, rate_actual: 342.7, paused: false }), { words: "340× of 1000×", behind: true });
  assert.deepEqual(describe({ rate: 2, rate_actual: 0, paused: true }), { words: "paused", behind: false });
});
