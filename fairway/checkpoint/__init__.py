"""Checkpoints: the state that outlives the process, saved in one SQLite file."""
