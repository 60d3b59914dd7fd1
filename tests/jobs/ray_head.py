"""A real Ray cluster of one machine, which `ray start --head` starts from the package `ray[default]`."""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from tests.ports import free_port

PROGRAM = Path(sys.prefix) / "bin" / "ray"
CPUS = 2  # that it believes to have, so that two trainings can run on any machine
STARTS = 4  # tries: Ray gives up after 30 s, which its processes need for their imports on a busy machine


def missing() -> str:
    """Why there can be no Ray here; empty when there can."""
    if sys.platform == "win32":
        return "jobs of Ray are commands of a POSIX shell"
    return "" if PROGRAM.is_file() else f"no {PROGRAM}: `make test` installs ray[default] where it can be had"


class Cluster:
    """A head of this machine, and the token that it asks for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.token = secrets.token_hex(32)
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        for tries_left in reversed(range(STARTS)):
            try:
                self._start()
            except RuntimeError:
                self.kill()
                if not tries_left:
                    raise
            else:
                return

    def _start(self) -> None:
        ports = {"port": free_port(), "dashboard-port": self.port, "dashboard-agent-listen-port": free_port()}
        ports |= {"ray-client-server-port": free_port()}
        command = [str(PROGRAM), "start", "--head", "--block", "--node-ip-address=127.0.0.1", f"--num-cpus={CPUS}"]
        command += ["--num-gpus=0", "--dashboard-host=127.0.0.1", f"--temp-dir={self.folder}"]
        command += ["--object-store-memory=80000000", "--disable-usage-stats"]
        command += [f"--{name}={number}" for name, number in ports.items()]
        if setpriv := shutil.which("setpriv"):
            command = [setpriv, "--pdeathsig=TERM", *command]  # Ray goes also when the tests are killed
        secret = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": self.token}
        with (self.folder / "printed.txt").open("ab") as out:
            self.process = subprocess.Popen(command, stdout=out, stderr=out, env=os.environ | secret)
        end = time.monotonic() + 120
        while not self._is_ready():
            if time.monotonic() > end or self.process.poll() is not None:
                printed = (self.folder / "printed.txt").read_text(encoding="utf-8", errors="replace")
                raise RuntimeError(f"Ray did not start: {printed[-3000:]}")
            time.sleep(0.2)

    def kill(self) -> None:
        """End all of it, trainers too, as when its machine goes down. Another Ray on this machine is left alone."""
        if self.process is None:
            return
        processes = [psutil.Process(self.process.pid)] if self.process.poll() is None else []
        processes += processes[0].children(recursive=True) if processes else []
        processes += [
            process for process in psutil.process_iter() if process not in processes and self._is_ours(process)
        ]
        for process in processes:
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue
        self.process.wait(30)
        psutil.wait_procs(processes, timeout=30)
        self.process = None

    def _is_ours(self, process: psutil.Process) -> bool:
        try:
            return any(str(self.folder) in word for word in process.cmdline())
        except psutil.Error:
            return False

    def _is_ready(self) -> bool:
        request = urllib.request.Request(
            f"{self.address}/api/v0/nodes?detail=1", headers={"Authorization": f"Bearer {self.token}"}
        )
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return b'"ALIVE"' in answer.read()
        except (OSError, urllib.error.URLError):
            return False


@contextmanager
def running() -> Iterator[Cluster]:
    """Start one and end it, whatever happens: it takes 1.5 GB."""
    with tempfile.TemporaryDirectory(prefix="ray-", ignore_cleanup_errors=True) as folder:  # short: it holds sockets
        cluster = Cluster(Path(folder))
        try:
            cluster.start()
            yield cluster
        finally:
            cluster.kill()
