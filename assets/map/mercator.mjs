/** Web Mercator: longitude and latitude to world coordinates, both 0..1 with y downwards. */

export const EARTH_M = 40_075_016.68;
const MAX_LATITUDE = 85.05112878;

/** World coordinate of a longitude. @param {number} lon degrees @returns {number} 0 at -180, 1 at 180 */
export const worldX = (lon) => (lon + 180) / 360;

/** World coordinate of a latitude. @param {number} lat degrees, cut at 85.05 @returns {number} 0 in the north, 1 in the south */
export function worldY(lat) {
  const sin = Math.sin((Math.min(Math.max(lat, -MAX_LATITUDE), MAX_LATITUDE) * Math.PI) / 180);
  return 0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI);
}

/** Longitude of a world coordinate. @param {number} x @returns {number} degrees in [-180, 180) */
export const longitude = (x) => (x - Math.floor(x)) * 360 - 180;

/** Latitude of a world coordinate. @param {number} y @returns {number} degrees */
export const latitude = (y) => (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI;

/**
 * The motion of a vessel in one second, in world coordinates.
 * @param {number} lat degrees @param {number} sog knots @param {number} cog degrees
 * @returns {[number, number]}
 */
export function velocity(lat, sog, cog) {
  const perSecond = (sog * 1852) / 3600 / (EARTH_M * Math.cos((lat * Math.PI) / 180));
  const course = (cog * Math.PI) / 180;
  return [perSecond * Math.sin(course), -perSecond * Math.cos(course)];
}

const RADIUS_NM = 6371.0088 / 1.852;
const radians = (degrees) => (degrees * Math.PI) / 180;

/** Great-circle distance in nautical miles. @param {{lat: number, lng: number}} from @param {{lat: number, lng: number}} to */
export function distanceNm(from, to) {
  const [lat1, lat2] = [radians(from.lat), radians(to.lat)];
  const half = Math.sin((lat2 - lat1) / 2) ** 2 + Math.cos(lat1) * Math.cos(lat2) * Math.sin(radians(to.lng - from.lng) / 2) ** 2;
  return 2 * RADIUS_NM * Math.asin(Math.sqrt(Math.min(1, half)));
}

/** Course at the start of a great circle, 0 to 360 degrees. @param {{lat: number, lng: number}} from @param {{lat: number, lng: number}} to */
export function bearing(from, to) {
  const [lat1, lat2, apart] = [radians(from.lat), radians(to.lat), radians(to.lng - from.lng)];
  const north = Math.cos(lat1) * Math.sin(lat2) - Math.sin(lat1) * Math.cos(lat2) * Math.cos(apart);
  return ((Math.atan2(Math.sin(apart) * Math.cos(lat2), north) * 180) / Math.PI + 360) % 360;
}
