"""Who may do what on a server that several people use, and how much. Pages act through `access.actions` alone."""
