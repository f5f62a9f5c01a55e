"""Alert rules, one file each: `check(snapshot, active, ...) -> active` and `rules(settings, zones)`."""
