"""Feeds: sources of reports, one module each. A feed offers `run(publish, clock, settings, stop)`."""
