import assert from "node:assert/strict";
import { test } from "node:test";

import { State } from "../../../assets/fleet/state.mjs";

test("a listener is called once for each change, and only for its own values", () => {
  const state = new State({ a: 1, list: [1], b: 2 });
  let calls = 0;
  state.on(["a", "list"], () => calls++);
  state.set({ a: 1, list: [1], b: 3 });
  assert.equal(calls, 0);
  state.set({ a: 2, list: [2] });
  assert.equal(calls, 1);
  state.flip("a");
  assert.equal(state.get("a"), false);
});

test("a copy of the values changes nothing", () => {
  const state = new State({ a: 1 });
  state.all().a = 2;
  assert.equal(state.get("a"), 1);
});
