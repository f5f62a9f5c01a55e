"""Everything that speaks HTTP: REST, streams, status, and who may do what."""
