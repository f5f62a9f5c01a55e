/** Names that the page's other scripts define. */
declare const L: any;
declare namespace L {
  type Map = any;
  type LatLng = any;
  type LatLngBounds = any;
  type Layer = any;
  type LayerGroup = any;
  type Point = any;
  type Polyline = any;
  type Marker = any;
  type TileLayer = any;
  type GridLayer = any;
  type LeafletMouseEvent = any;
}
declare const dash_clientside: any;
interface Window {
  fairway: any;
  dash_clientside: any;
  dash_ag_grid: any;
}
