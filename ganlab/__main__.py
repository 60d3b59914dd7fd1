"""Entry of `python -m ganlab`, and of the command `ganlab`."""

import sys

from ganlab.cli import main


def run() -> None:
    """Run the command that the arguments name, and end with its exit code."""
    sys.exit(main())


if __name__ == "__main__":
    run()
