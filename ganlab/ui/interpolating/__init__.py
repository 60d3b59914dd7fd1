"""The views of the Interpolate page."""
