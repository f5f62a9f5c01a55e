import assert from "node:assert/strict";
import { test } from "node:test";

import { ReplayBuffer, split } from "../../../assets/replay/replay_buffer.mjs";
import { bytesOf } from "../support/frames.mjs";

const T0 = Date.parse("2026-01-01T00:00:00Z");

/** What the server answers: messages at seconds after T0, one after the other. */
function answer(...messages) {
  const parts = messages.map(([seconds, vessels, head]) => new Uint8Array(bytesOf(vessels, { time: T0 + 1000 * seconds, ...head })));
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((offset, part) => (whole.set(part, offset), offset + part.length), 0);
  return whole.buffer;
}

const STRETCH = answer(
  [0, [{ mmsi: 1, lon: 10, age: 5 }, { mmsi: 2, lon: 20 }], { snapshot: true }],
  [60, [{ mmsi: 1, lon: 11, age: 20 }]],
  [120, [{ mmsi: 2, lon: 21 }, { mmsi: 1, lon: 12, age: 10 }], { removed: [3] }],
);

test("an answer is split into its frames", () => {
  const frames = split(STRETCH);
  assert.deepEqual(frames.map(({ n, snapshot, time }) => [n, snapshot, (time - T0) / 1000]), [[2, true, 0], [1, false, 60], [2, false, 120]]);
  assert.deepEqual([...frames[2].removed], [3]);
  assert.throws(() => split(STRETCH.slice(0, 70)));
  assert.deepEqual(split(new ArrayBuffer(0)), []);
});

test("frames come when they are due, each once", () => {
  const buffer = new ReplayBuffer();
  assert.equal(buffer.end, -Infinity);
  buffer.replace(split(STRETCH));
  assert.equal(buffer.end, T0 + 120_000);
  assert.equal(buffer.due(T0).length, 1);
  assert.equal(buffer.due(T0 + 59_000).length, 0);
  assert.equal(buffer.due(T0 + 500_000).length, 2);
  assert.equal(buffer.due(T0 + 500_000).length, 0);
});

test("the next report of a vessel is found, over the end of the buffer too", () => {
  const buffer = new ReplayBuffer();
  buffer.replace(split(STRETCH));
  const lonAfter = (mmsi, seconds) => {
    const found = buffer.after(mmsi, T0 + 1000 * seconds);
    return found && found[0].lon[found[1]] / 600_000;
  };
  assert.deepEqual([lonAfter(1, -5), lonAfter(1, 40), lonAfter(1, 110), lonAfter(2, 0), lonAfter(9, 0)], [11, 12, null, 21, null]);
  buffer.due(T0 + 120_000);
  buffer.append(split(answer([120, [{ mmsi: 1, lon: 12, age: 10 }, { mmsi: 2, lon: 21 }], { snapshot: true }], [180, [{ mmsi: 1, lon: 13 }]])));
  assert.deepEqual([lonAfter(1, 110), lonAfter(2, 120)], [13, null]);
});
