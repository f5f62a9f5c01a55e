"""Alerts: the engine that runs the rules over each Snapshot, the log of events, and the zones."""
