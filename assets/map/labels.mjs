/** Selects the vessels whose names have room on the map. Knows neither map nor page. */

const CELL_PX = 16;
const HALF_PX = 7;
const LETTER_PX = 6.2;
const GAP_PX = 10;
const MAX_LABELS = 250;

/**
 * Places names in the given order; a name that would overlap an earlier one is left out.
 * @param {{x: number, y: number, text: string}[]} wanted px, centres of the symbols
 * @returns {{x: number, y: number, text: string}[]} where the text begins, vertically centred
 */
export function placeLabels(wanted) {
  const taken = new Set();
  const placed = [];
  for (const { x, y, text } of wanted) {
    const left = x + GAP_PX;
    const cells = [];
    for (let at = Math.floor(left / CELL_PX); at <= Math.floor((left + text.length * LETTER_PX) / CELL_PX); at++) {
      for (const edge of [-HALF_PX, HALF_PX]) cells.push(`${at}:${Math.floor((y + edge) / CELL_PX)}`);
    }
    if (cells.some((cell) => taken.has(cell))) continue;
    for (const cell of cells) taken.add(cell);
    placed.push({ x: left, y, text });
    if (placed.length === MAX_LABELS) break;
  }
  return placed;
}
