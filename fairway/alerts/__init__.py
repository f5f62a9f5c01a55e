"""Alerts: the engine that runs the rules over each Snapshot, the event log, and the zones."""
