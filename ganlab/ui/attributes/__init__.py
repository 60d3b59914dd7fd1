"""The Attributes page's views."""
