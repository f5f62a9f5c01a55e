"""The simulator: a world of vessels, what they report, and the scenarios and commands that change them."""
