"""Runtime: clock, supervised threads, backoff, listening socket, signals, logs and memory of a process."""
