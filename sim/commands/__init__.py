"""What commands do to a Simulation, and their replies, by subject: vessels, routes, truth, and a scenario's start."""
