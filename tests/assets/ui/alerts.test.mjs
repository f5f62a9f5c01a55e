import assert from "node:assert/strict";
import { test } from "node:test";

import "../support/browser.mjs";
import { nextOpen, withEarlier, wordsOf } from "../../../assets/ui/alerts.mjs";

const event = (seq, state = "raised") => ({ event_seq: seq, event_id: `e${seq}`, state });

test("an alert names the vessel, or its MMSI, and the place or speed", () => {
  const vessel = { mmsi: 5, vessel_name: "" };
  assert.equal(wordsOf({ kind: "entered_port", vessel: { mmsi: 5, vessel_name: "<b>" }, zone: null }), "<b> entered a port");
  assert.equal(wordsOf({ kind: "high_speed", vessel, evidence: { speed_over_ground: 31 } }), "MMSI 5 at 31 kn");
  assert.equal(wordsOf({ kind: "too_close", vessel }), "MMSI 5: too close");
});

test("earlier alerts come first, each once, without those that have ended", () => {
  const found = withEarlier([event(3)], [event(1), event(2, "cleared"), event(3)]);
  assert.deepEqual(found.map(({ event_seq: seq }) => seq), [1, 3]);
  assert.equal(withEarlier([], Array.from({ length: 500 }, (_, at) => event(at))).length, 200);
});

test("the walk through the open alerts begins with the newest and goes round", () => {
  const open = [event(1), event(2), event(3)];
  assert.deepEqual([null, 3, 2, 1, 99].map((seq) => nextOpen(open, seq).event_seq), [3, 2, 1, 3, 3]);
});
