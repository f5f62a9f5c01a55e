"""Vessels and routes of the user's own, beside the fleet on its lanes."""
