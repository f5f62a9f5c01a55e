import assert from "node:assert/strict";
import { test } from "node:test";

import "../support/browser.mjs";
import { outputRemarks, remarks, serverWords } from "../../../assets/ui/sources.mjs";

const FEED = { reason: null, rejected: {}, ahead: 0, latency_s: null, stations: {} };

test("a healthy source has no remarks", () => {
  assert.equal(remarks(FEED), "");
});

test("the remarks name the reason, the rejected reports, the clocks and the stations", () => {
  const feed = { reason: "refused", rejected: { "not a ship": 1200, other: 0 }, ahead: 3, latency_s: 0, stations: { a: 1 } };
  assert.equal(remarks(feed), "refused · not used: 1,200 not a ship · 3 from clocks that are ahead · 0 s from event to arrival · 1 station: a");
});

test("an output shows its problem, its queue and its clients, 0 too", () => {
  assert.equal(outputRemarks({ problem: "away", queued: 2, clients: 0 }), "away · 2 wait · 0 clients");
  assert.equal(outputRemarks({ problem: null, queued: 0 }), "");
});

test("the server shows its version, memory, clients and failed threads", () => {
  const status = { version: "1", memory: { rss_bytes: 1e8 }, clients: { ws: 2, socketio: 0 }, dropped: {}, threads: [{ name: "feed", running: false, last_error: "x" }] };
  assert.equal(serverWords(status), "Fairway 1 · 100 MB · 2 on /ws, 0 on Socket.IO · thread feed has ended: x");
});
