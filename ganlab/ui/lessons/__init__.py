"""The page Learn: lessons, and what is remembered of them. Its parts show parts of other pages."""
