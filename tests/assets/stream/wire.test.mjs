import assert from "node:assert/strict";
import { test } from "node:test";

import { decode, known, knownTenths } from "../../../assets/stream/wire.mjs";
import { T0 } from "../support/fleets.mjs";
import { bytesOf, frameOf } from "../support/frames.mjs";

test("a frame is read as it was written", () => {
  const vessel = { mmsi: 235000001, lat: -33.9, lon: 18.4, age: 2.5, sog: 12.3, cog: 359.9, heading: 0, type: 1, status: 2 };
  const frame = frameOf([vessel], { snapshot: true, seq: 5, prev: 4, time: T0, removed: [7, 8] });
  assert.deepEqual([frame.snapshot, frame.n, frame.seq, frame.prev, frame.time], [true, 1, 5, 4, T0]);
  assert.deepEqual([...frame.removed], [7, 8]);
  assert.deepEqual([frame.mmsi[0], frame.lat[0], frame.age[0], frame.sog[0], frame.heading[0]], [235000001, -20_340_000, 25, 123, 0]);
});

test("another message, or a part of one, is rejected", () => {
  assert.throws(() => decode(new ArrayBuffer(8)));
  assert.throws(() => decode(new ArrayBuffer(64)));
  assert.throws(() => decode(bytesOf([{ mmsi: 1 }]).slice(0, -1)));
});

test("the value for not known is NaN, 0 is a value", () => {
  assert.deepEqual([known(65535), knownTenths(65535), known(0), knownTenths(123)], [NaN, NaN, 0, 12.3]);
});
