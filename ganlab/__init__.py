"""Small generative models: trained, measured, and shown in a web app."""

__version__ = "0.1.0"
