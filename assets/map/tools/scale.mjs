/** The map's scale in nautical miles, and the position of the pointer in degrees and minutes. */

const NM_M = 1852;

/**
 * A position in degrees and minutes.
 * @param {number} lat degrees @param {number} lon degrees, from any copy of the world @returns {string}
 */
export function positionWords(lat, lon) {
  const east = ((((lon + 180) % 360) + 360) % 360) - 180;
  return `${minutes(lat, 2, "N", "S")} ${minutes(east, 3, "E", "W")}`;
}

function minutes(degrees, digits, plus, minus) {
  const tenths = Math.round(Math.abs(degrees) * 600);
  const [whole, rest] = [String(Math.floor(tenths / 600)).padStart(digits, "0"), ((tenths % 600) / 10).toFixed(1).padStart(4, "0")];
  return `${whole}° ${rest}′ ${degrees < 0 ? minus : plus}`;
}

/** Add the scale and the position to the map. @param {L.Map} map */
export function addScale(map) {
  const Nautical = L.Control.Scale.extend({
    // Leaflet's scale has metres and feet; below a mile its metres stay
    /** @this {any} @param {number} metres */
    _updateMetric(metres) {
      const miles = metres / NM_M;
      const round = this._getRoundNum(miles);
      if (miles < 1) L.Control.Scale.prototype._updateMetric.call(this, metres);
      else this._updateScale(this._mScale, `${round} nm`, round / miles);
    },
  });
  new Nautical({ position: "bottomleft", imperial: false }).addTo(map);
  const place = L.DomUtil.create("div", "pointer-place", map.getContainer());
  place.hidden = true;
  map.on("mousemove", ({ latlng: { lat, lng } }) => Object.assign(place, { hidden: false, textContent: positionWords(lat, lng) }));
  map.on("mouseout", () => (place.hidden = true));
}
