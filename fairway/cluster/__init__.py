"""Cluster: one ingest process and many web processes that serve the same fleet through Redis."""
