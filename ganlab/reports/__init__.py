"""Reports of runs and models: a page, figures, tables and documents that use them."""
