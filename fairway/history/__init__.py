"""The history: every report in SQLite or PostgreSQL, written by one thread, read as tracks, snapshots and CSV."""
