"""Sources of reports, one file each. A feed offers `run(publish, clock, settings, stop)`."""
