/** Where a vessel is between its reports, and how old a report may become. Knows neither map nor page. */

/** A vessel at rest reports every 3 minutes, however short the interval under way. Source: ITU-R M.1371. */
const REST_INTERVAL_S = 180;
/** A report is overdue after this many of its intervals. */
const OVERDUE_INTERVALS = 3;
const MIN_OPACITY = 0.3;
const FADE_S = 1800;
/** Code of the status of a vessel under way. */
const UNDER_WAY = 0;

/** @typedef {import("./fleet.mjs").Fleet} Fleet */

/**
 * Seconds for which a report of this status is dead-reckoned.
 * @param {Fleet} fleet @param {number} status code
 */
export function reachS(fleet, status) {
  return OVERDUE_INTERVALS * (status === UNDER_WAY ? fleet.interval : Math.max(REST_INTERVAL_S, fleet.interval));
}

/** Seconds for which a vessel's last report holds: until its next one where that is known. @param {Fleet} fleet @param {number} slot */
function validityS(fleet, slot) {
  return fleet.until[slot] ? (fleet.until[slot] - fleet.time[slot]) / 1000 : reachS(fleet, fleet.status[slot]);
}

/**
 * Where a vessel is now by dead reckoning; it stops when its report is overdue.
 * @param {Fleet} fleet @param {number} slot @param {number} now ms
 * @returns {[number, number]} world coordinates
 */
export function placeOf(fleet, slot, now) {
  const elapsed = Math.min(Math.max((now - fleet.time[slot]) / 1000, 0), validityS(fleet, slot));
  return [fleet.x[slot] + fleet.vx[slot] * elapsed, fleet.y[slot] + fleet.vy[slot] * elapsed];
}

/** Seconds by which a report is overdue; 0 or less for a fresh one. @param {Fleet} fleet @param {number} slot @param {number} now ms */
export function overdueS(fleet, slot, now) {
  return (now - fleet.time[slot]) / 1000 - validityS(fleet, slot);
}

/** 1 for a fresh report, falling to 0.3 within the 30 minutes after it is overdue. @param {Fleet} fleet @param {number} slot @param {number} now ms */
export function opacityOf(fleet, slot, now) {
  const overdue = overdueS(fleet, slot, now);
  return overdue <= 0 ? 1 : Math.max(MIN_OPACITY, 1 - ((1 - MIN_OPACITY) * overdue) / FADE_S);
}
