"""The subcommands of `python -m ganlab`: one function each, which prints and returns the exit code."""
