import assert from "node:assert/strict";
import { test } from "node:test";

import { StreamClient } from "../../../assets/stream/stream_client.mjs";
import { Fleet } from "../../../assets/fleet/fleet.mjs";
import { CONSTANTS, T0 } from "../support/fleets.mjs";
import { frameOf, staticOf } from "../support/frames.mjs";

function client() {
  const log = [];
  const made = new StreamClient(new Fleet(CONSTANTS), (kind, text, mmsi) => log.push([kind, text, mmsi]));
  made.panel = { show: (clock) => (made.shown = clock) };
  return [made, log];
}
const frame = (vessels, head) => ({ type: "frame", frame: frameOf(vessels, { time: T0, ...head }) });

test("frames and static data reach the fleet, and updates are counted", () => {
  const [made, log] = client();
  made.receive({ type: "vessel_static", columns: staticOf([{ mmsi: 1, vessel_name: "ONE" }]) });
  made.receive(frame([{ mmsi: 1 }], { snapshot: true }));
  made.receive(frame([{ mmsi: 1 }]));
  assert.deepEqual([made.fleet.nameOf(0), made.arrived], ["ONE", 1]);
  assert.deepEqual(log.map(([, text]) => text), ["1 vessels", "1 vessel updates"]);
});

test("a change of status is logged in words, with the vessel", () => {
  const [made, log] = client();
  made.receive(frame([{ mmsi: 5 }], { snapshot: true }));
  made.receive(frame([{ mmsi: 5, status: 1 }]));
  assert.deepEqual(log[1], ["status", "MMSI 5: at sea → in port", 5]);
});

test("a second greeting is a connection again", () => {
  const [made, log] = client();
  made.receive({ type: "connection_established", summary: { connected_clients: 3 } });
  made.receive({ type: "connection_established", clock: { rate: 2 } });
  assert.deepEqual(log.map(([, text]) => text), ["connected", "connected again"]);
  assert.deepEqual([made.clients, made.shown], [3, { rate: 2 }]);
});

test("a frame far from the clock sets the clock, latency does not", () => {
  const [made] = client();
  made.receive(frame([], { snapshot: true }));
  assert.ok(Math.abs(made.now - T0) < 1000);
  made.receive(frame([], { time: T0 + 2000 }));
  assert.ok(made.now < T0 + 1500);
  made.receive(frame([], { time: T0 + 60_000 }));
  assert.ok(made.now >= T0 + 60_000);
});
