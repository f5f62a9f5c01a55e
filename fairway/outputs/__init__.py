"""Outputs that relay every report, one module each. An output offers `run(report_queue, clock, settings, stop)`."""
