"""The simulated truth: vessels on the sea lanes, advanced step by step. It knows nothing of reports."""
