/** The page itself: which panel shows, and light or dark. */

const root = document.documentElement;
const dark = matchMedia("(prefers-color-scheme: dark)");
const listeners = [];

export const theme = {
  get current() {
    return root.dataset.theme;
  },
  /** @param {(name: "light"|"dark") => void} listener */
  onChange: (listener) => listeners.push(listener),
  set(name) {
    root.dataset.theme = name;
    for (const listener of listeners) listener(name);
  },
};

/** Whether a person has asked for less motion. */
export const calm = matchMedia("(prefers-reduced-motion: reduce)");

const narrow = matchMedia("(max-width: 699px)");
const HEIGHTS = ["low", "half", "high"];

/** Let the tabs, the sheet and the theme's button work; the theme follows the system until a person chooses. */
export function panels() {
  const tabs = [...document.querySelectorAll("[role=tab]")];
  for (const tab of tabs) tab.addEventListener("click", () => show(tab, tabs));
  document.querySelector("[role=tablist]").addEventListener("keydown", (event) => walk(event, tabs));
  document.querySelector(".legend").open = !narrow.matches;
  sheet(document.getElementById("sheet-handle"));
  theme.set(localStorage.getItem("theme") ?? (dark.matches ? "dark" : "light"));
  dark.addEventListener("change", () => localStorage.getItem("theme") ?? theme.set(dark.matches ? "dark" : "light"));
  document.getElementById("theme-toggle").addEventListener("click", () => {
    theme.set(theme.current === "dark" ? "light" : "dark");
    localStorage.setItem("theme", theme.current);
  });
}

/** On a phone: bring a folded sheet up to half. */
export function raiseSheet() {
  if (root.dataset.sheet === "low") root.dataset.sheet = "half";
}

/** @param {number} seconds @returns {string} */
export function ageWords(seconds) {
  if (seconds < 120) return `${Math.max(0, Math.round(seconds))} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

/** A tap takes the next height, a drag the nearest one. */
function sheet(handle) {
  root.dataset.sheet = "half";
  const nearest = (at) => (at < 0.25 ? "low" : at < 0.65 ? "half" : "high");
  let from = null;
  let dragged = false;
  handle.addEventListener("pointerdown", (event) => {
    handle.setPointerCapture(event.pointerId);
    [from, dragged] = [event.clientY, false];
  });
  handle.addEventListener("pointermove", (event) => {
    if (from === null || Math.abs(event.clientY - from) < 8) return;
    dragged = true;
    root.dataset.sheet = nearest(1 - event.clientY / innerHeight);
  });
  handle.addEventListener("pointerup", () => (from = null));
  handle.addEventListener("click", () => {
    if (!dragged) root.dataset.sheet = HEIGHTS[(HEIGHTS.indexOf(root.dataset.sheet) + 1) % HEIGHTS.length];
  });
}

function walk(event, tabs) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const at = tabs.indexOf(event.target);
  if (!step || at < 0) return;
  const next = tabs[(at + step + tabs.length) % tabs.length];
  next.click();
  next.focus();
}

function show(chosen, tabs) {
  for (const tab of tabs) {
    tab.setAttribute("aria-selected", String(tab === chosen));
    tab.tabIndex = tab === chosen ? 0 : -1;
    document.getElementById(tab.getAttribute("aria-controls")).hidden = tab !== chosen;
  }
  // figures that were laid out while hidden take their width now
  dispatchEvent(new Event("resize"));
}
