import assert from "node:assert/strict";
import { test } from "node:test";

import { pieces, speedColour } from "../../../assets/map/track.mjs";

test("points of one colour are one line, and the next line begins where it ended", () => {
  const [slow, fast] = pieces([0, 1, 2, 3], [[0, 0, 1], [0, 1, 1], [0, 2, 24], [0, 3, 24]]);
  assert.deepEqual([slow.line, fast.line], [[[0, 0], [0, 1], [0, 2]], [[0, 2], [0, 3]]]);
});

test("a track continues over 180 degrees", () => {
  assert.deepEqual(pieces([0, 1], [[0, 179, 1], [0, -179, 1]])[0].line, [[0, 179], [0, 181]]);
});

test("more than ten minutes without a report are a gap", () => {
  const gaps = pieces([0, 600_000, 1_300_000], [[0, 0, 1], [0, 1, 1], [0, 2, 1]]).map(({ gap }) => gap);
  assert.deepEqual(gaps, [false, true]);
});

test("the colour of a speed ends at 0 and at 25 knots", () => {
  assert.deepEqual([speedColour(-1), speedColour(99)], [speedColour(0), speedColour(25)]);
  assert.notEqual(speedColour(0), speedColour(25));
});
