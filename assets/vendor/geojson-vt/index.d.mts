/** The part of geojson-vt that the basemap uses; the library's own types are not vendored. */
export default class GeoJSONVT {
  constructor(data: object, options: object);
  getTileRaw(z: number, x: number, y: number): { features: { tags: { kind: number }; geometry: number[][] }[] } | null;
}
