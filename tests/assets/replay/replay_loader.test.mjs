import assert from "node:assert/strict";
import { test } from "node:test";

import { ReplayClock } from "../../../assets/replay/replay_clock.mjs";
import { ReplayLoader } from "../../../assets/replay/replay_loader.mjs";
import { Fleet } from "../../../assets/fleet/fleet.mjs";
import { CONSTANTS, T0 } from "../support/fleets.mjs";
import { frameOf, staticOf } from "../support/frames.mjs";

/** A loader over a history with a snapshot at each requested time and a report a minute after it. */
function loader(frames = undefined) {
  const requests = [];
  const at = (time, snapshot) => frameOf([{ mmsi: 1, lon: (time - T0) / 6e6 }], { time, snapshot });
  const history = {
    frames: async (from, to) => (requests.push([from - T0, to - T0]), frames?.(from) ?? [at(from, true), ...(to > from ? [at(from + 60_000, false)] : [])]),
    staticData: async () => staticOf([{ mmsi: 1, vessel_name: "ONE" }]),
  };
  let wall = 0;
  const clock = new ReplayClock(() => wall);
  clock.range = { from: T0, to: T0 + 3_600_000 };
  const [settled, failures] = [[], []];
  const state = { active: true };
  const made = new ReplayLoader({
    fleet: new Fleet(CONSTANTS), clock, history, isActive: () => state.active, onFrame() {},
    onSettled: (time) => settled.push(time - T0), onFailure: (error) => failures.push(error.message),
  });
  return { made, clock, requests, settled, failures, state, pass: (ms) => (wall += ms) };
}

test("a seek loads the picture, the names and the next frames", async () => {
  const { made, clock, requests, settled } = loader();
  clock.set(T0);
  await made.seek(T0, true);
  assert.deepEqual([made.fleet.size, made.fleet.nameOf(0), settled], [1, "ONE", [0]]);
  assert.deepEqual(requests, [[0, 0], [0, 600_000]]);
  assert.equal(clock.waiting, false);
});

test("seeks in between are skipped, and only the last one settles", async () => {
  const { made, clock, requests, settled } = loader();
  clock.set(T0);
  const first = made.seek(T0, true);
  made.seek(T0 + 60_000, false);
  made.seek(T0 + 120_000, true);
  await first;
  assert.deepEqual(requests.slice(0, 2), [[0, 0], [120_000, 120_000]]);
  assert.deepEqual(settled, [120_000]);
});

test("playing applies the frames that are due, and aims vessels at the next ones", async () => {
  const { made, clock, pass } = loader();
  clock.set(T0);
  await made.seek(T0, true);
  assert.equal(made.fleet.until[0], T0 + 60_000);
  clock.playing = true;
  pass(1000);
  made.play();
  assert.equal(made.fleet.time[0], T0 + 60_000);
});

test("a failure is reported, and the clock no longer waits", async () => {
  const { made, clock, failures } = loader(() => { throw new Error("away"); });
  clock.set(T0);
  await made.seek(T0, true);
  assert.deepEqual([failures, clock.waiting], [["away"], false]);
});

test("frames that arrive after the replay has ended change nothing", async () => {
  const { made, clock, state } = loader();
  clock.set(T0);
  const seek = made.seek(T0, true);
  state.active = false;
  await seek;
  assert.equal(made.fleet.size, 0);
});
