"""A real Slurm of one machine, from Debian's packages, which `make slurm` unpacks without installing them."""

import getpass
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.ports import free_port

UNPACKED = Path(sys.prefix) / "slurm"
CPUS = 4  # that it believes to have, so that two trainings can run on any machine
REQUEUE_SECONDS = 5  # before a job that was put back may start again; the least that Slurm takes
KILL_WAIT_SECONDS = 20

CONFIG = """\
ClusterName=one
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller_port}
SlurmdPort={node_port}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/none
AuthInfo=cred_expire={requeue}
CredType=cred/none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SwitchType=switch/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
PluginDir={plugins}
StateSaveLocation={folder}/controller
SlurmdSpoolDir={folder}/node
SlurmctldPidFile={folder}/controller.pid
SlurmdPidFile={folder}/node.pid
SlurmctldLogFile={folder}/controller.log
SlurmdLogFile={folder}/node.log
KillWait={kill_wait}
ReturnToService=2
SlurmdParameters=config_overrides
SchedulerParameters=sched_interval=1,batch_sched_delay=0,sched_min_interval=0
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} RealMemory=1000
PartitionName=all Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""


def missing() -> str:
    """Why there can be no Slurm here; empty when there can."""
    if sys.platform != "linux":
        return "Slurm's packages are Debian's"
    if not (UNPACKED / "usr/bin/sbatch").is_file():
        return f"no Slurm in {UNPACKED}: `make slurm` unpacks it where Debian's packages can be had"
    return ""


@contextmanager
def running(folder: Path) -> Iterator[dict[str, str]]:
    """Start it with its files in `folder`, and end it; yields the environment in which its programs are found."""
    plugins = next((UNPACKED / "usr/lib").glob("*/slurm-wlm"))
    host = socket.gethostname().partition(".")[0]
    config = CONFIG.format(
        host=host,
        user=getpass.getuser(),
        controller_port=free_port(),
        node_port=free_port(),
        requeue=REQUEUE_SECONDS,
        kill_wait=KILL_WAIT_SECONDS,
        plugins=plugins,
        folder=folder,
        cpus=CPUS,
    )
    (folder / "slurm.conf").write_text(config, encoding="utf-8")
    for name in ("controller", "node"):
        (folder / name).mkdir()
    environment = {
        "SLURM_CONF": str(folder / "slurm.conf"),
        "LD_LIBRARY_PATH": f"{plugins}:{plugins.parent}",
        "PATH": f"{UNPACKED / 'usr/bin'}:{os.environ['PATH']}",
    }
    daemons = UNPACKED / "usr/sbin"
    commands = [
        [str(daemons / "slurmctld-wlm"), "-D"],
        [str(daemons / "slurmd-wlm"), "-D", "-d", str(daemons / "slurmstepd-wlm")],
    ]
    processes = []
    try:
        with (folder / "printed.txt").open("wb") as out:
            for command in commands:
                processes.append(subprocess.Popen(command, stdout=out, stderr=out, env=os.environ | environment))
        _wait_until_idle(environment, folder)
        yield environment
        _said(environment, "scancel", "--user", getpass.getuser())
        _wait_until_idle(environment, folder)  # a node that ends before its jobs leaves them behind
    finally:
        for process in reversed(processes):
            process.terminate()
        for process in processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_until_idle(environment: dict[str, str], folder: Path) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        found = _said(environment, "sinfo", "-h", "-o", "%T")
        if found.strip() == "idle":
            return
        time.sleep(0.2)
    logs = "\n".join(path.read_text(encoding="utf-8", errors="replace")[-1500:] for path in folder.glob("*.log"))
    raise RuntimeError(f"Slurm is not idle: {found}\n{logs}")


def _said(environment: dict[str, str], *command: str) -> str:
    done = subprocess.run(command, capture_output=True, encoding="utf-8", env=os.environ | environment)
    return done.stdout + done.stderr
