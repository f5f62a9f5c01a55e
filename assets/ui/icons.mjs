/** Line drawings for buttons, 24 units wide, in the colour of the text. */

import { all } from "./dom.mjs";

const NS = "http://www.w3.org/2000/svg";
const PATHS = {
  filter: "M3 5h18l-7 8v6l-4-2v-4z",
  table: "M3 5h18v14H3zM3 10h18M3 15h18M9 5v14",
  home: "M4 11l8-7 8 7M6 10v10h12V10",
  measure: "M4 15L15 4l5 5L9 20zM8 11l2 2M11 8l2 2M14 5l2 2",
  labels: "M4 7V4h16v3M12 4v16M9 20h6",
  routes: "M5 19a2 2 0 100-.1M19 5a2 2 0 100-.1M7 19h8a3.5 3.5 0 000-7H9a3.5 3.5 0 010-7h8",
  choose: "M4 4h3M10 4h4M17 4h3v3M20 10v3M4 7v3M4 13v4M4 20h3M10 20h2M14 13l7 3-3 1.5L16.5 21z",
  full: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
  base: "M3 6l6-2 6 2 6-2v14l-6 2-6-2-6 2zM9 4v14M15 6v14",
  zone: "M5 6l9-2 6 7-5 8-10-3z",
  keys: "M3 6h18v12H3zM7 10h.1M11 10h.1M15 10h.1M8 14h8",
  share: "M12 15V3M8 7l4-4 4 4M5 12v8h14v-8",
  follow: "M12 2v5M12 17v5M2 12h5M17 12h5M12 8a4 4 0 100 8 4 4 0 000-8",
  isolate: "M4 4h4M4 4v4M20 4h-4M20 4v4M4 20h4M4 20v-4M20 20h-4M20 20v-4M12 10a2 2 0 100 4 2 2 0 000-4",
  track: "M3 20c3 0 3-5 6-5s3-6 6-6 3-5 6-5",
  route: "M5 20l14-16M4 20h2M18 4h2",
  download: "M12 3v12M8 11l4 4 4-4M5 20h14",
  bell: "M6 17V11a6 6 0 0112 0v6l2 2H4zM10 21h4",
  mute: "M6 17V11a6 6 0 0110-4M18 12v5l2 2H4l2-2M3 3l18 18",
  close: "M6 6l12 12M18 6L6 18",
  play: "M7 4l13 8-13 8z",
  pause: "M8 5v14M16 5v14",
  replay: "M4 5v5h5M4.6 10a8 8 0 111.2 7M12 8v4l3 2",
  back: "M19 5l-9 7 9 7zM6 5v14",
  step: "M5 5l9 7-9 7zM18 5v14",
  check: "M4 12l6 6L20 6",
};

/** The drawing of a name. @param {string} name @returns {SVGElement} */
export function icon(name) {
  const svg = document.createElementNS(NS, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("icon");
  const path = document.createElementNS(NS, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

/** Puts the icon of `data-icon` before the text of each element that has one. */
export function drawIcons() {
  for (const element of all("[data-icon]")) {
    if (!element.querySelector(":scope > .icon")) element.prepend(icon(element.dataset.icon));
  }
}
