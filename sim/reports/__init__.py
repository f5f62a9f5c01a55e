"""What a receiver hears of the truth: intervals, sensor errors, crew errors, coverage, spoofing, faults."""
