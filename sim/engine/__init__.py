"""A Simulation at the clock's time: `loop` steps it, `executor` executes commands, `resume` saves and restores it."""
