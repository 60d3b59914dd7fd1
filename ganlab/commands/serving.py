"""`app`: serves the pages of the app."""

import os
import subprocess
import sys
from typing import Annotated

import tyro

from ganlab import folders

MOST_PORTS = 65_535


def app(
    *,
    port: int = 8501,
    browser: bool = False,
    settings: Annotated[tuple[str, ...], tyro.conf.arg(name="set", metavar="OPTION=VALUE", help_behavior_hint="")] = (),
) -> int:
    """Serve the app on this machine until Ctrl-C.

    Args:
        port: port of its address, http://localhost:PORT.
        browser: open the address in the browser, too.
        settings: further options of Streamlit, such as server.baseUrlPath=lab.
    """
    if not 1 <= port <= MOST_PORTS:
        raise ValueError(f"--port is {port}; choose one from 1 to {MOST_PORTS:,}")
    script = folders.root() / "app.py"
    command = [sys.executable, "-m", "streamlit", "run", str(script), f"--server.port={port}"]
    command += [f"--server.headless={'false' if browser else 'true'}", *(f"--{setting}" for setting in settings)]
    if os.name == "posix":
        sys.stdout.flush()
        os.execv(sys.executable, command)  # signals reach the server itself
    with subprocess.Popen(command) as server:
        while True:
            try:
                return server.wait()
            except KeyboardInterrupt:
                continue  # the server has heard of it, too, and ends
