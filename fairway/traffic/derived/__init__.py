"""Columns that Traffic derives from reports: status and port, flag state, receiving station, plausibility."""
