"""Relays of every report, one file each. An output offers `run(report_queue, clock, settings, stop)`."""
