"""Typed commands for the simulator, the zones and the alerts, and the one check of what users send.

Public: `union` lists every command and encodes it; `vessels`, `routes`, `clock`, `events`, `queries` and `cluster` hold
the commands by subject; `quantities` the bounded values in them; `validation` turns objects into commands and mistakes
into errors; `interfaces` is the Protocol of whatever executes commands.
"""
