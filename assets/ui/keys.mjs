/** The keyboard: a key presses the button that names it in `aria-keyshortcuts`. The list of keys consists of those buttons. */

import { all } from "./dom.mjs";

const WORDS = { Space: "Space", Escape: "Esc" };
const typing = (target) => target.closest?.("input, textarea, select, [contenteditable], .ag-root");

/** Listen to the keyboard. @param {(target: any) => void} onEscape */
export function keys(onEscape) {
  addEventListener("keydown", (/** @type {any} */ event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    // a modal dialog has the keyboard
    const dialog = document.querySelector("dialog:modal");
    if (event.key === "Escape") {
      if (!dialog) onEscape(event.target);
      return;
    }
    // Space presses the button that has the focus
    if (typing(event.target) || dialog || (event.key === " " && event.target.closest("button, summary, a, [role=tab]"))) return;
    const button = buttons().get(nameOf(event.key));
    if (!button) return;
    event.preventDefault();
    if (button.matches("input")) button.focus();
    else button.click();
  });
}

/** Opens the list of keys. @param {HTMLDialogElement} dialog */
export function showKeys(dialog) {
  const rows = [...buttons()].map(([name, one]) => row(name, one.dataset.does ?? one.getAttribute("aria-label") ?? one.textContent));
  // the only key without a button
  rows.push(row("Escape", "Close or end what is open, then let go of what is chosen"));
  dialog.querySelector("dl").replaceChildren(...rows.flat());
  dialog.showModal();
}

function row(name, does) {
  const [term, key, words] = ["dt", "kbd", "dd"].map((tag) => document.createElement(tag));
  key.textContent = WORDS[name] ?? name;
  term.append(key);
  words.textContent = does;
  return [term, words];
}

/** The name of a key in `aria-keyshortcuts`. @param {string} key of a KeyboardEvent @returns {string} */
export const nameOf = (key) => (key === " " ? "Space" : key.length === 1 ? key.toUpperCase() : key);

/** The button of each key. The clocks of simulation and replay share keys: the visible one has them. */
function buttons() {
  const found = new Map();
  for (const one of all("[aria-keyshortcuts]")) {
    const name = one.getAttribute("aria-keyshortcuts");
    if (!found.get(name)?.checkVisibility() && (!found.has(name) || one.checkVisibility())) found.set(name, one);
  }
  return found;
}
