"""Entry of `python -m ganlab`, and of the command `ganlab`."""

import codecs
import os
import sys

from ganlab import stopping


def run() -> None:
    """Run the command that the arguments name, and end with its exit code."""
    _leave_ascii()
    try:
        with stopping.at_once():
            from ganlab.cli import main  # here, not above: until it is there, a signal would end in a traceback

            code = main()
    except (KeyboardInterrupt, stopping.Stopped) as wish:
        code = stopping.told(wish)
    sys.exit(code)


def _leave_ascii() -> None:
    """Start Python again in its UTF-8 mode where it takes names of files for ASCII, so that any name can be given.

    What is printed stays in the terminal's encoding.
    """
    is_ascii = codecs.lookup(sys.getfilesystemencoding()) == codecs.lookup("ascii")
    if not is_ascii or os.environ.get("PYTHONUTF8") == "1":
        return
    printed = getattr(sys.stdout, "encoding", None) or "ascii"
    environment = {"PYTHONIOENCODING": f"{printed}:replace"} | os.environ | {"PYTHONUTF8": "1"}
    os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], environment)


if __name__ == "__main__":
    run()
