/** The ports on the map, as circles with a tooltip. Not drawn by Dash, which would need two components for each. */

const STYLE = { radius: 3, color: "#5b6b79", fillColor: "#ffffff", fillOpacity: 1, weight: 1.5 };

/** The layer of all ports. @param {{name: string, country: string, locode: string, lat: number, lon: number}[]} ports @returns {L.LayerGroup} */
export function portLayer(ports) {
  return L.layerGroup(ports.map(({ name, country, locode, lat, lon }) => {
    const words = document.createElement("span");
    words.textContent = `${name}, ${country} (${locode})`;
    return L.circleMarker([lat, lon], STYLE).bindTooltip(words);
  }));
}
