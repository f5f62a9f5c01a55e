import assert from "node:assert/strict";
import { test } from "node:test";

import { membersOf, VesselSelection } from "../../../assets/fleet/selection.mjs";
import { INITIAL, State } from "../../../assets/fleet/state.mjs";

function selection() {
  const state = new State(INITIAL);
  return [new VesselSelection(state), () => [state.get("selected"), state.get("group"), state.get("tab")], state];
}

test("one vessel is selected, and its panel opens", () => {
  const [selected, now] = selection();
  selected.pick(1);
  assert.deepEqual(now(), [1, [], "vessel"]);
});

test("a second vessel makes a group, and taking it out ends the group", () => {
  const [selected, now] = selection();
  selected.pick(1);
  selected.toggle(2);
  assert.deepEqual(now(), [1, [1, 2], "vessel"]);
  selected.toggle(2);
  assert.deepEqual(now(), [1, [], "vessel"]);
});

test("a member of the group is picked without ending the group, another vessel ends it", () => {
  const [selected, now] = selection();
  selected.add([1, 2, 2, 3]);
  selected.pick(2);
  assert.deepEqual(now(), [2, [1, 2, 3], "vessel"]);
  selected.pick(9);
  assert.deepEqual(now(), [9, [], "vessel"]);
});

test("no vessel ends following and isolation", () => {
  const [selected, now, state] = selection();
  selected.pick(1);
  state.set({ follow: true, isolate: true });
  selected.replace([]);
  assert.deepEqual(now().slice(0, 2), [null, []]);
  assert.deepEqual([state.get("follow"), state.get("isolate")], [false, false]);
});

test("the members are the group, or the one vessel, or none", () => {
  assert.deepEqual(membersOf({ selected: 1, group: [] }), [1]);
  assert.deepEqual(membersOf({ selected: 1, group: [1, 2] }), [1, 2]);
  assert.deepEqual(membersOf({ selected: null, group: [] }), []);
});
