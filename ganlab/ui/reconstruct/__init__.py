"""The views of the Reconstruct page."""
