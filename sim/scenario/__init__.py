"""Scenarios: TOML files that say what happens when, and the journal that writes one."""
