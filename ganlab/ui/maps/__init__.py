"""The Map page: its controls, its scatter plot, and what is shown of chosen places."""
