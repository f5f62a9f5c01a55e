"""The chart: geodesy, land, ports, sea lanes and routes by water. No vessel is known here."""
