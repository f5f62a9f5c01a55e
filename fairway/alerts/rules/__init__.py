"""Alert rules, one file each. A rule offers `check(snapshot, active, ...) -> active` and `rules(...)`."""
