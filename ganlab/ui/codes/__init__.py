"""The Codes page's views and tables."""
