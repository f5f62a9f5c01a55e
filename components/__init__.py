"""The dashboard: `page` builds it from panels, one module each. Public: `page.mount`."""
