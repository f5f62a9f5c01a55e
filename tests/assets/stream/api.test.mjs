import assert from "node:assert/strict";
import { test } from "node:test";

import "../support/browser.mjs";
import { ask } from "../../../assets/stream/api.mjs";

/** Answers each request with the next answer, and records the requests. */
function serve(...answers) {
  const requests = [];
  globalThis.fetch = async (url, options) => {
    requests.push({ url: String(url), ...options });
    const [status, body] = answers.shift();
    return { status, ok: status < 300, json: async () => body };
  };
  return requests;
}

test("a request goes to the api below the page, and its answer comes back", async () => {
  const requests = serve([200, { zones: [] }]);
  assert.deepEqual(await ask("GET", "realtime/zones"), { zones: [] });
  assert.deepEqual([requests[0].url, requests[0].body], ["http://fairway.test/base/api/realtime/zones", undefined]);
});

test("an empty answer is null, an error has the server's message", async () => {
  serve([204], [409, { message: "a name twice" }]);
  assert.equal(await ask("DELETE", "realtime/zones/1"), null);
  await assert.rejects(ask("POST", "realtime/zones", { name: "x" }), { message: "a name twice" });
});

test("a known token is sent with each request", async () => {
  sessionStorage.setItem("token", "secret");
  const requests = serve([200, {}]);
  await ask("POST", "simulation/step", { seconds: 1 });
  assert.equal(requests[0].headers.Authorization, "Bearer secret");
  assert.equal(requests[0].body, '{"seconds":1}');
});
