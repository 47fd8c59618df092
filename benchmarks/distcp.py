"""Measure `emrsim s3-dist-cp` against `cp -r`, both run in turns.

    python benchmarks/distcp.py --rounds 7

Works: 10,000 files of 0.1 to 8 KB in 100 folders, and 2 GB in 20 files. Each run copies from a bucket of
the root into an empty folder of another bucket on the same file system. Prints a Markdown table: medians,
and ratios to `cp -r`. Files are in benchmarks/out, removed at the end.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

FOLDER = Path(__file__).parent / "out" / "distcp"
ROOT = FOLDER / "s3"
SOURCE = ROOT / "source"
TARGET = ROOT / "target"
CONTENDERS = {
    "cp -r": ["cp", "-r", str(SOURCE), str(TARGET / "copy")],
    "emrsim": [sys.executable, "-m", "emrsim", "s3-dist-cp", "--src=s3://source", "--dest=s3://target/copy"],
}


class Usage(NamedTuple):
    """Seconds of one run."""

    wall: float
    cpu: float


def make_small(scale: float) -> None:
    """10,000 files of 0.1 to 8 KB."""
    generator = random.Random(1)
    for folder in range(100):
        (SOURCE / f"{folder:03}").mkdir(parents=True)
        for name in range(int(100 * scale)):
            data = generator.randbytes(generator.randint(100, 8000))
            (SOURCE / f"{folder:03}" / f"part-{name:05}").write_bytes(data)


def make_large(scale: float) -> None:
    """2 GB in 20 files."""
    SOURCE.mkdir(parents=True)
    for name in range(20):
        with open(SOURCE / f"part-{name:05}", "wb") as file:
            for _ in range(int(100 * scale)):
                file.write(os.urandom(1_000_000))


WORKS: dict[str, Callable[[float], None]] = {"10,000 small files": make_small, "2 GB": make_large}


def measure(argv: Sequence[str]) -> Usage:
    """Run a command on an empty target."""
    shutil.rmtree(TARGET, ignore_errors=True)
    TARGET.mkdir()
    os.sync()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    environment = {**os.environ, "EMRSIM_ROOT": str(ROOT), "PYTHONPATH": str(Path(__file__).parents[1])}
    environment.pop("EMRSIM_HDFS", None)
    subprocess.run(argv, check=True, env=environment, stderr=subprocess.DEVNULL)
    wall = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Usage(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def check() -> None:
    """The last copy is complete; else the benchmark ends."""
    subprocess.run(["diff", "-r", str(SOURCE), str(TARGET / "copy")], check=True)


def run(name: str, make: Callable[[float], None], rounds: int, scale: float) -> None:
    """Measure a work and print its rows."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    make(scale)
    usages: dict[str, list[Usage]] = {contender: [] for contender in CONTENDERS}
    for number in range(rounds):
        # Who goes first changes, as the machine's other work comes and goes.
        order = list(CONTENDERS) if number % 2 else list(reversed(CONTENDERS))
        for contender in order:
            usages[contender].append(measure(CONTENDERS[contender]))
            check()
    walls, cpus = ({c: median(u[i] for u in measured) for c, measured in usages.items()} for i in (0, 1))
    for contender in CONTENDERS:
        ratios = f"{walls[contender] / walls['cp -r']:.2f} | {cpus[contender] / cpus['cp -r']:.2f}"
        least = min(usage.cpu for usage in usages[contender])
        values = f"{walls[contender]:.2f} | {cpus[contender]:.2f} | {least:.2f}"
        print(f"| {name} | {contender} | {ratios} | {values} |", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--only", nargs="*", default=list(WORKS))
    options = parser.parse_args()
    print("| work | contender | wall | CPU | wall s | CPU s | least CPU s |\n|---|---|---|---|---|---|---|")
    for name in options.only:
        run(name, WORKS[name], options.rounds, options.scale)
    shutil.rmtree(FOLDER, ignore_errors=True)
