"""The chart: great circles, ports, sea lanes."""
