"""Checkpoints: the state that outlives the process, in one SQLite file."""
