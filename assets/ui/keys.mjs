/** The keyboard: a key does what the button that bears it in `aria-keyshortcuts` does. The list of keys is made of those buttons. */

const WORDS = { Space: "Space", Escape: "Esc" };
const typing = (target) => target.closest?.("input, textarea, select, [contenteditable], .ag-root");

/** @param {(target: HTMLElement) => void} onEscape */
export function keys(onEscape) {
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    // a dialog that asks has the keyboard
    const asked = document.querySelector("dialog:modal");
    if (event.key === "Escape") {
      if (!asked) onEscape(event.target);
      return;
    }
    // Space on a button that has the focus is its own
    if (typing(event.target) || asked || (event.key === " " && event.target.closest("button, summary, a, [role=tab]"))) return;
    const bearer = bearerOf(event.key);
    if (!bearer) return;
    event.preventDefault();
    if (bearer.matches("input")) bearer.focus();
    else bearer.click();
  });
}

/** Opens the list of keys. @param {HTMLDialogElement} dialog */
export function showKeys(dialog) {
  const rows = [...bearers()].map(([name, one]) => row(name, one.dataset.does ?? one.getAttribute("aria-label") ?? one.textContent));
  // the one key without a button of its own
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

function bearerOf(key) {
  const name = key === " " ? "Space" : key.length === 1 ? key.toUpperCase() : key;
  return bearers().get(name);
}

/** By key what it presses. The clock of the simulation and that of a replay take turns: what can be seen has the key. */
function bearers() {
  const found = new Map();
  for (const one of document.querySelectorAll("[aria-keyshortcuts]")) {
    const name = one.getAttribute("aria-keyshortcuts");
    if (!found.get(name)?.checkVisibility() && (!found.has(name) || one.checkVisibility())) found.set(name, one);
  }
  return found;
}
