/** The page itself: panels, the sheet of a phone, light and dark, notes, and ages in words. */

import { all, byId, element } from "./dom.mjs";

const root = document.documentElement;
const dark = matchMedia("(prefers-color-scheme: dark)");
const narrow = matchMedia("(max-width: 699px)");
const HEIGHTS = ["low", "half", "high"];
const NOTE_MS = 3500;

/** Matches for a person who prefers reduced motion. */
export const calm = matchMedia("(prefers-reduced-motion: reduce)");

/** The active theme. @returns {"light"|"dark"} */
export const themeNow = () => (root.dataset.theme === "dark" ? "dark" : "light");

/**
 * The theme follows the system until a person chooses; an address may have one of its own.
 * @param {import("../fleet/state.mjs").State} state
 * @param {() => void} onChange
 */
export function theme(state, onChange) {
  const apply = () => {
    root.dataset.theme = state.get("theme") ?? localStorage.getItem("theme") ?? (dark.matches ? "dark" : "light");
    onChange();
  };
  dark.addEventListener("change", apply);
  state.on(["theme"], apply);
  byId("theme-toggle").addEventListener("click", () => {
    const name = themeNow() === "dark" ? "light" : "dark";
    localStorage.setItem("theme", name);
    state.set({ theme: name });
  });
  apply();
}

/** Connect the tabs and the sheet. @param {import("../fleet/state.mjs").State} state */
export function panels(state) {
  const tabs = [...document.querySelectorAll(".tabs [role=tab]")];
  const nameOf = (tab) => tab.id.replace("tab-", "");
  for (const tab of tabs) tab.addEventListener("click", () => state.set({ tab: nameOf(tab) }));
  document.querySelector("[role=tablist]").addEventListener("keydown", (event) => walk(event, tabs));
  const open = () => showPanel(tabs.find((tab) => nameOf(tab) === state.get("tab")) ?? tabs[0], tabs);
  state.on(["tab"], open);
  open();
  byId("legend").open = !narrow.matches;
  sheet(byId("sheet-handle"));
}

/** On a phone: raise a folded sheet to half height. */
export function raiseSheet() {
  if (root.dataset.sheet === "low") root.dataset.sheet = "half";
}

/** On a phone: fold the sheet while a person draws on the map, and raise it afterwards. @param {boolean} low */
export function lowerSheet(low) {
  root.dataset.sheet = low ? "low" : "half";
}

/** Show a message for some seconds. @param {string} text */
export function note(text) {
  const place = byId("notes");
  const words = document.createElement("p");
  words.textContent = text;
  place.append(words);
  setTimeout(() => words.remove(), NOTE_MS);
}

/** An age in words. @param {number} seconds @returns {string} */
export function ageWords(seconds) {
  if (seconds < 120) return `${Math.max(0, Math.round(seconds))} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

/** A `time` element with an age in words, which `showAges` renews; the exact time on hover. @param {number} ms UTC @param {number} now ms */
export function moment(ms, now) {
  const exact = new Date(ms).toISOString();
  const time = element("time", { className: "age", dateTime: exact, title: `${exact.slice(0, 19).replace("T", " ")} UTC` });
  time.textContent = ageWords((now - ms) / 1000);
  return time;
}

/** Renew every visible age. @param {number} now ms */
export function showAges(now) {
  for (const time of all("#panel [role=tabpanel]:not([hidden]) time.age")) {
    const words = ageWords((now - Date.parse(time.dateTime)) / 1000);
    if (time.textContent !== words) time.textContent = words;
  }
}

/** Download a text as a file. @param {string} name @param {string} type @param {string} text */
export function save(name, type, text) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  Object.assign(document.createElement("a"), { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Connect the handle of the sheet: a tap takes the next height, a drag the nearest one. */
function sheet(handle) {
  root.dataset.sheet = "half";
  let from = null;
  let dragged = false;
  handle.addEventListener("pointerdown", (event) => {
    handle.setPointerCapture(event.pointerId);
    [from, dragged] = [event.clientY, false];
  });
  handle.addEventListener("pointermove", (event) => {
    if (from === null || Math.abs(event.clientY - from) < 8) return;
    dragged = true;
    root.dataset.sheet = sheetAt(1 - event.clientY / innerHeight);
  });
  handle.addEventListener("pointerup", () => (from = null));
  handle.addEventListener("click", () => {
    if (!dragged) root.dataset.sheet = HEIGHTS[(HEIGHTS.indexOf(root.dataset.sheet) + 1) % HEIGHTS.length];
  });
}

/** The height of the sheet nearest to a share of the window. @param {number} share 0 to 1 @returns {"low"|"half"|"high"} */
export const sheetAt = (share) => (share < 0.25 ? "low" : share < 0.65 ? "half" : "high");

function walk(event, tabs) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const shown = tabs.filter((tab) => !tab.hidden);
  const at = shown.indexOf(event.target);
  if (!step || at < 0) return;
  const next = shown[(at + step + shown.length) % shown.length];
  next.click();
  next.focus();
}

function showPanel(chosen, tabs) {
  for (const tab of tabs) {
    tab.setAttribute("aria-selected", String(tab === chosen));
    tab.tabIndex = tab === chosen ? 0 : -1;
    byId(tab.getAttribute("aria-controls")).hidden = tab !== chosen;
  }
  // Plotly gives charts that were hidden their width on a resize
  dispatchEvent(new Event("resize"));
}
