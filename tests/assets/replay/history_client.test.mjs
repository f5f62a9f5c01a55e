import assert from "node:assert/strict";
import { test } from "node:test";

import { boxOf, exportUrl, HistoryClient } from "../../../assets/replay/history_client.mjs";
import { bytesOf } from "../support/frames.mjs";

const BASE = "http://fairway.test/base/";
const VIEW = { west: -10, south: 30, east: 10, north: 50 };

function client(body, ok = true) {
  const urls = [];
  const request = async (url) => (urls.push(url.href), { ok, json: async () => body, arrayBuffer: async () => body });
  return [new HistoryClient(BASE, request), urls];
}

test("the box of a view is that of the first copy of the world", () => {
  assert.equal(boxOf({ west: 350, south: -95, east: 370, north: 95 }), "-10.0000,-90.0000,10.0000,90.0000");
  assert.equal(boxOf({ west: -200, south: 0, east: 200, north: 1 }), null);
});

test("an export names its span and view, below the page's own address", () => {
  const url = new URL(exportUrl(BASE, [0, 1000], VIEW));
  assert.equal(url.pathname, "/base/api/history/export.csv");
  assert.deepEqual([...url.searchParams.keys()], ["from", "to", "bbox"]);
  assert.equal(url.searchParams.get("to"), "1970-01-01T00:00:01.000Z");
});

test("the range is in milliseconds, null while nothing is stored", async () => {
  const [full] = client({ kept: true, from: "1970-01-01T00:00:01Z", to: "1970-01-01T00:00:02Z" });
  assert.deepEqual(await full.range(), { stored: true, from: 1000, to: 2000 });
  const [empty] = client({ kept: false, from: null, to: null });
  assert.deepEqual(await empty.range(), { stored: false, from: null, to: null });
});

test("frames are requested with their step, and decoded", async () => {
  const [made, urls] = client(bytesOf([{ mmsi: 7 }], { snapshot: true }));
  const [frame] = await made.frames(0, 1000, 30);
  assert.equal(frame.mmsi[0], 7);
  assert.match(urls[0], /base\/api\/history\/frames\?from=.*&step=30$/);
});

test("static data is requested since a time only where one is known", async () => {
  const [made, urls] = client({ columns: { mmsi: [1] } });
  assert.deepEqual(await made.staticData(1000, null), { mmsi: [1] });
  await made.staticData(2000, 1000);
  assert.deepEqual(urls.map((url) => url.includes("since")), [false, true]);
});

test("a refusal has the server's message", async () => {
  const [made] = client({ message: "too long" }, false);
  await assert.rejects(made.range(), { message: "too long" });
});
