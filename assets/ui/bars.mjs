/**
 * Clicks on the bars of a chart. Plotly loses a click when it redraws the chart under the pointer, and the page redraws once a
 * second. Here the place where the pointer went down decides, and the whole row or column of a bar is the target.
 */

const NEAR_PX = 6;

/**
 * The bar at a place: the nearest one, within half the distance between two.
 * @param {number[]} middles of the bars along their axis, equally spaced @param {number} place on the same axis
 * @returns {number?} its index, null for a place beside all bars
 */
export function barAt(middles, place) {
  const pitch = middles.length > 1 ? Math.abs(middles[1] - middles[0]) : 1;
  const apart = middles.map((middle) => Math.abs(middle - place));
  const nearest = apart.indexOf(Math.min(...apart));
  return apart[nearest] <= pitch / 2 ? nearest : null;
}

/**
 * Call back for each click on a bar.
 * @param {HTMLElement} root around the charts: Dash may replace the charts themselves
 * @param {(chart: string, bar: {customdata?: any, x: number}) => void} onClick called with the chart's id, and the bar's name, if
 *   it has one, and place
 */
export function clickBars(root, onClick) {
  let down = null;
  root.addEventListener("pointerdown", (event) => (down = event.button === 0 ? pressed(event) : null), { capture: true });
  // Plotly covers the page while a button is down, so the release comes from another element
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
  // Plotly places names at 0, 1, 2, ... of their axis
  const place = lying ? yaxis.p2c(y - top - yaxis._offset) : xaxis.p2c(x - left - xaxis._offset);
  const at = barAt(lying ? [...names.keys()] : values, place);
  return at === null ? null : { x, y, id: graph.id, bar: { customdata: customdata?.[at], x: values[at] } };
}
