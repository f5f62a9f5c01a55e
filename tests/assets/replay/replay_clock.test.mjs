import assert from "node:assert/strict";
import { test } from "node:test";

import { RATES, ReplayClock } from "../../../assets/replay/replay_clock.mjs";

/** A clock over 0 to 1,000,000 ms at rate 60, and a function that lets wall time pass. */
function clock() {
  let wall = 0;
  const made = new ReplayClock(() => wall);
  made.range = { from: 0, to: 1_000_000 };
  return [made, (ms) => (wall += ms)];
}

test("the clock stands until it plays, and then runs at its rate", () => {
  const [made, pass] = clock();
  made.set(100);
  pass(1000);
  assert.equal(made.now, 100);
  made.playing = true;
  pass(1000);
  assert.equal(made.now, 60_100);
  made.playing = false;
  pass(1000);
  assert.equal(made.now, 60_100);
});

test("the clock stands exactly while frames are loading", () => {
  const [made, pass] = clock();
  made.playing = true;
  made.set(500);
  made.waiting = true;
  pass(5000);
  assert.equal(made.now, 500);
  made.waiting = false;
  pass(10);
  assert.equal(made.now, 1100);
});

test("the time stays within the range", () => {
  const [made, pass] = clock();
  assert.deepEqual([made.set(-5), made.set(2e6)], [0, 1_000_000]);
  made.set(0);
  made.playing = true;
  pass(1e6);
  assert.equal(made.now, 1_000_000);
});

test("another rate changes the pace, not the time", () => {
  const [made, pass] = clock();
  made.playing = true;
  pass(100);
  assert.equal(made.changeRate(1), true);
  assert.deepEqual([made.now, made.rate], [6000, 600]);
  pass(100);
  assert.equal(made.now, 66_000);
});

test("the rates end at both ends, and a fast replay has longer steps", () => {
  const [made] = clock();
  for (let step = 0; step < 9; step++) made.changeRate(-1);
  assert.deepEqual([made.rate, made.changeRate(-1), made.stepS], [RATES[0], false, 10]);
  for (let step = 0; step < 9; step++) made.changeRate(1);
  assert.deepEqual([made.rate, made.changeRate(1), made.stepS], [RATES.at(-1), false, 1800]);
});
