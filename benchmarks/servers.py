"""What the benchmarks share: server processes, what is measured of them, and a Python that has moto.

moto is installed into a virtual environment of its own under benchmarks/out, unless MOTO_PYTHON names a
Python that has it. CPU is the server process's own (user and system, from /proc), so this needs Linux.
"""

from __future__ import annotations

import os
import socket
import subprocess
import time
import venv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass
class Server:
    """A server process, and what was measured of it: values by name of the measure, one a round."""

    name: str
    pid: int
    port: int
    measures: dict[str, list[float]] = field(default_factory=dict)

    def cpu_seconds(self) -> float:
        """User and system time of the process so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND

    def peak_mb(self) -> float:
        """The most memory that the process ever had resident."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024

    def note(self, measure: str, value: float) -> None:
        """Keeps a measured value."""
        self.measures.setdefault(measure, []).append(value)

    def timed(self, work: Callable[[], None]) -> tuple[float, float]:
        """Wall and CPU seconds that the work took, the latter the server's."""
        cpu, wall = self.cpu_seconds(), time.perf_counter()
        work()
        return time.perf_counter() - wall, self.cpu_seconds() - cpu


@contextmanager
def running(name: str, command: list[str], port: int) -> Iterator[Server]:
    """The server while it runs, from when it answers."""
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, stdout=quiet, stderr=quiet) as process:
        try:
            while not answers(port):
                if process.poll() is not None:
                    raise RuntimeError(f"{name} ended before it answered")
                time.sleep(0.1)
            yield Server(name, process.pid, port)
        finally:
            process.kill()


def answers(port: int) -> bool:
    """Whether something listens on the port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def moto_python() -> Path:
    """A Python that has moto's server; made if need be."""
    if given := os.environ.get("MOTO_PYTHON"):
        return Path(given)
    home = Path(__file__).parent / "out" / "moto-venv"
    python = home / "bin" / "python"
    if not (home / "bin" / "moto_server").exists():
        venv.create(home, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "moto[server,s3]"], check=True)
    return python


def print_table(servers: list[Server]) -> None:
    """Medians of both and their ratio, as a Markdown table."""
    ours, theirs = servers
    for measure, values in ours.measures.items():
        mine, other = median(values), median(theirs.measures[measure])
        print(f"| {measure} | {mine:.3g} | {other:.3g} | {mine / other:.2f} |")
