/** Colours of vessels by type, status or speed, each also in a set that colour-blind people can tell apart. */

const SPEED_STEP_KN = 2.5;
/** Viridis at 0, 2.5, ... 25 kn. */
const SPEEDS = [
  "#440154", "#482475", "#414487", "#355f8d", "#2a788e", "#21918c", "#22a884", "#44bf70", "#7ad151", "#bddf26", "#fde725",
];
const UNKNOWN_SPEED = "#8a8a8a";

/** @typedef {{colours: string[], of: (slot: number) => number, entries: {words: string, colour: string, name: string?}[]}} Palette `of` returns a vessel's index in `colours` */

const title = (name) => name.replaceAll("_", " ");

/**
 * The palette of a colour mode.
 * @param {"type"|"status"|"speed"} mode
 * @param {boolean} safe for colour-blind people
 * @param {{palettes: Record<string, string[]>, vessel_types: string[], statuses: string[]}} constants
 * @param {import("./fleet.mjs").Fleet} fleet
 * @returns {Palette} `entries` are the lines of the legend
 */
export function paletteOf(mode, safe, constants, fleet) {
  if (mode === "speed") return bySpeed(fleet);
  const names = mode === "type" ? constants.vessel_types : constants.statuses;
  const colours = constants.palettes[safe ? `${mode}_safe` : mode];
  const entries = names.map((name, code) => ({ words: title(name), colour: colours[code], name }));
  return { colours, entries, of: mode === "type" ? (slot) => fleet.type[slot] : (slot) => fleet.status[slot] };
}

function bySpeed(fleet) {
  const colours = [...SPEEDS, UNKNOWN_SPEED];
  const last = SPEEDS.length - 1;
  const of = (slot) => {
    const sog = fleet.sog[slot];
    return Number.isNaN(sog) ? last + 1 : Math.min(Math.floor(sog / SPEED_STEP_KN), last);
  };
  const steps = [0, 2, 4, 6, 8, 10].map((at) => ({ words: at === last ? "25 kn and more" : `${at * SPEED_STEP_KN} kn`, colour: SPEEDS[at], name: null }));
  return { colours, of, entries: [...steps, { words: "not known", colour: UNKNOWN_SPEED, name: null }] };
}
