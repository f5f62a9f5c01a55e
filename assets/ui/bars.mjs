/**
 * Clicks on the bars of a chart. Plotly's own are lost when the chart is redrawn under the pointer, as these are once a
 * second: here the place decides, as it was when the pointer went down. The whole row or column of a bar is the target.
 */

const NEAR_PX = 6;

/**
 * Which bar a place belongs to: the nearest, within half of what is between two.
 * @param {number[]} middles of the bars along their axis, evenly spaced @param {number} place on the same axis
 * @returns {number?} its index
 */
export function barAt(middles, place) {
  const pitch = middles.length > 1 ? Math.abs(middles[1] - middles[0]) : 1;
  const apart = middles.map((middle) => Math.abs(middle - place));
  const nearest = apart.indexOf(Math.min(...apart));
  return apart[nearest] <= pitch / 2 ? nearest : null;
}

/**
 * @param {HTMLElement} root around the charts: Dash may put others into their place
 * @param {(chart: string, bar: {customdata?: unknown, x: number}) => void} onClick told the chart's id, the bar's own name, if
 *   it has one, and its place
 */
export function clickBars(root, onClick) {
  let down = null;
  root.addEventListener("pointerdown", (event) => (down = event.button === 0 ? pressed(event) : null), { capture: true });
  // Plotly lays a cover over the page while a button is down, so the release comes from elsewhere
  addEventListener("pointercancel", () => (down = null));
  addEventListener("pointerup", ({ clientX, clientY }) => {
    const here = down && Math.hypot(clientX - down.x, clientY - down.y) < NEAR_PX;
    if (here) onClick(down.id, down.bar);
    down = null;
  });
}

function pressed({ target, clientX: x, clientY: y }) {
  const graph = target.closest(".dash-graph");
  const plot = graph?.querySelector(".js-plotly-plot");
  const [{ orientation, x: values, y: names, customdata } = {}] = plot?.data ?? [];
  if (!values?.length) return null;
  const { left, top } = plot.getBoundingClientRect();
  const { xaxis, yaxis } = plot._fullLayout;
  const lying = orientation === "h";
  // names stand at 0, 1, 2, ... of their axis
  const place = lying ? yaxis.p2c(y - top - yaxis._offset) : xaxis.p2c(x - left - xaxis._offset);
  const at = barAt(lying ? [...names.keys()] : values, place);
  return at === null ? null : { x, y, id: graph.id, bar: { customdata: customdata?.[at], x: values[at] } };
}
