import assert from "node:assert/strict";
import { test } from "node:test";

import { describe, Stream } from "../../../assets/stream/stream.mjs";
import { bytesOf } from "../support/frames.mjs";

/** A WebSocket that records what was sent. */
class Socket {
  static opened = [];
  sent = [];
  constructor(url) {
    this.url = url;
    Socket.opened.push(this);
  }
  send(text) {
    this.sent.push(JSON.parse(text));
  }
  close() {}
}

/** A stream on a recording socket; its timers never run. */
function open() {
  Object.assign(globalThis, { WebSocket: Socket, addEventListener() {}, setInterval() {}, setTimeout: () => 1, clearTimeout() {} });
  const [messages, states] = [[], []];
  const stream = new Stream("ws://fairway.test/ws", (message) => messages.push(message), (state) => states.push(state));
  const socket = Socket.opened.at(-1);
  socket.onopen();
  return { stream, socket, messages, states };
}
const json = (message) => ({ data: JSON.stringify(message) });
const frame = (head) => ({ data: bytesOf([{ mmsi: 1 }], head) });

test("the state of a connection, in words", () => {
  const fine = { heard: 100_000, moved: 100_000, intervalS: 30, paused: false, feeds: [{ state: "ok" }] };
  const words = (more, now = 101_000) => describe({ ...fine, ...more }, now).join(": ");
  assert.equal(words({}), "live: live");
  assert.equal(words({ heard: undefined }), "reconnecting: connecting");
  assert.equal(words({ retryAt: 103_500 }), "reconnecting: reconnecting in 3 s");
  assert.equal(words({}, 130_000), "delayed: delayed 30 s");
  assert.equal(words({ paused: true, moved: 0 }), "paused: simulation paused");
  assert.equal(words({ moved: -10_000 }), "silent: connected but no data");
  assert.equal(words({ feeds: [{ state: "silent" }, { state: "down" }] }), "silent: connected but no data");
  assert.equal(words({ feeds: [{ state: "silent" }, { state: "ok" }] }), "live: live, 1 of 2 sources quiet");
});

test("a first subscription asks for everything, and no resume", () => {
  const { socket } = open();
  assert.equal(socket.sent[0].type, "subscribe");
  assert.equal(socket.sent[0].resume, undefined);
});

test("after a lost connection the subscription resumes at the last frame and event", () => {
  const { stream, socket, messages, states } = open();
  socket.onmessage(json({ type: "subscription_confirmed", epoch: "e", event_seq: 4, resumed: false }));
  socket.onmessage(frame({ snapshot: true, seq: 7 }));
  socket.onmessage(json({ type: "event", event_seq: 5 }));
  assert.deepEqual(messages.map(({ type }) => type), ["subscription_confirmed", "frame", "event"]);
  assert.equal(states.at(-1), "live");
  socket.onclose();
  assert.equal(states.at(-1), "reconnecting");
  stream.socket.onopen();
  assert.deepEqual(socket.sent.at(-1).resume, { epoch: "e", seq: 7, event_seq: 5 });
});

test("a frame that does not follow the last one is dropped, and everything is requested again", () => {
  const { socket, messages } = open();
  socket.onmessage(json({ type: "subscription_confirmed", epoch: "e", event_seq: 0, resumed: false }));
  socket.onmessage(frame({ snapshot: true, seq: 7 }));
  socket.onmessage(frame({ prev: 8, seq: 9 }));
  assert.equal(messages.length, 2);
  assert.equal(socket.sent.at(-1).resume, undefined);
  assert.equal(socket.sent.length, 2);
});
