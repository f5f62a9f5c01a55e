/** The legend: the colours of the active mode; a click on a type or a status filters by it. */

import { toggled } from "../fleet/filter.mjs";

/**
 * Fill the legend.
 * @param {HTMLElement} list
 * @param {import("../fleet/palette.mjs").Palette} palette
 * @param {"type"|"status"|"speed"} mode
 * @param {import("../fleet/state.mjs").State} state
 */
export function drawLegend(list, palette, mode, state) {
  const part = { type: "types", status: "status" }[mode];
  const wanted = part ? state.get("filter")[part] : [];
  list.replaceChildren(
    ...palette.entries.map(({ words, colour, name }) => {
      const swatch = document.createElement("span");
      swatch.className = "swatch";
      swatch.style.backgroundColor = colour;
      const item = document.createElement("li");
      const body = part ? document.createElement("button") : item;
      body.append(swatch, words);
      if (!part) return item;
      Object.assign(body, { type: "button", title: `Only ${words}` });
      body.setAttribute("aria-pressed", String(wanted.includes(name)));
      body.classList.toggle("off", wanted.length > 0 && !wanted.includes(name));
      body.addEventListener("click", () => {
        const filter = state.get("filter");
        state.set({ filter: { ...filter, [part]: toggled(filter[part], name) } });
      });
      item.append(body);
      return item;
    }),
  );
}
