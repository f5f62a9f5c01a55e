/** Requests to the server's REST interface, with a token where the server requires one. */

import { byId } from "../ui/dom.mjs";

/**
 * Sends a request; where the server requires a token, asks the person for it and sends the request again.
 * @param {string} method @param {string} path below /api/ @param {object} [body]
 * @returns {Promise<any>} the answer, null for an empty one
 * @throws {Error} with the server's message, for any status but 2xx
 */
export async function ask(method, path, body) {
  let response = await send(method, path, body);
  if (response.status === 401) {
    const token = await question("token-dialog");
    if (token) {
      sessionStorage.setItem("token", token);
      response = await send(method, path, body);
    }
  }
  const answer = response.status === 204 ? null : await response.json();
  if (!response.ok) throw new Error(answer?.message ?? `${response.status}`);
  return answer;
}

function send(method, path, body) {
  const token = sessionStorage.getItem("token");
  const headers = { "Content-Type": "application/json", ...(token ? { Authorization: `Bearer ${token}` } : {}) };
  return fetch(new URL(`./api/${path}`, document.baseURI), { method, headers, body: body && JSON.stringify(body) });
}

/**
 * Asks a person for a line of text.
 * @param {string} id of the dialog
 * @returns {Promise<string?>} null for an empty or a cancelled answer
 */
export function question(id) {
  const [dialog, text] = [byId(id), byId(`${id}-text`)];
  text.value = "";
  dialog.showModal();
  text.focus();
  return new Promise((resolve) => {
    const done = new AbortController();
    const end = (answer) => {
      done.abort();
      dialog.close();
      resolve(answer);
    };
    const on = (target, type, act) => target.addEventListener(type, act, { signal: done.signal });
    const yes = () => end(text.value.trim() || null);
    on(byId(`${id}-yes`), "click", yes);
    on(byId(`${id}-no`), "click", () => end(null));
    on(dialog, "cancel", () => end(null));
    on(text, "keydown", (event) => {
      if (event.key !== "Enter") return;
      // else the key also presses the button that gets the focus back
      event.preventDefault();
      yes();
    });
  });
}
