"""Streaming jobs against their own commands alone, the shell and mrjob: ratios of medians, in one run.

    python benchmarks/streaming.py [--rounds N] [--scale S] [--only WORK ...] [--mrjob PYTHON] [--seconds S]

The data is made here, from a seed. In each round the contenders take turns, so that whatever else the
machine does hits all of them; the first of a work's contenders is what the ratios of the others refer to.
CPU is user and system time with all children; memory is the largest sum over the process tree, looked at
every 50 ms. Linux only.

--rounds   how often each contender runs; the table shows medians (3)
--scale    1 is the full size: 200 MB, 500 MB, 2,000 files; about 15 minutes on two cores (1)
--only     the works to run, by their names in the table; `growth` runs with these alone (all others)
--mrjob    a Python that has mrjob, which then takes part
--seconds  what takes longer is ended, and left out of its row (900)

`growth` sorts unique records of 10 MB to 5 GB with `--memory 512m`, and shows CPU per MB beside GNU sort's.
GNU parallel takes part if it is installed.
"""

from __future__ import annotations

import argparse
import math
import os
import resource
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import NamedTuple

import numpy as np

FOLDER = Path(__file__).parent / "out" / "streaming"
PYTHON = shlex.quote(sys.executable)
CORES = len(os.sched_getaffinity(0))
SORT = "LC_ALL=C sort"
SAMPLE_SECONDS = 0.05
GROWTH_MB = (10, 50, 200, 500, 1000, 2000, 5000)
PARALLEL = f"parallel --will-cite -j {CORES} --pipe --block 10M"

SCRIPTS = {
    "map.py": """import sys
for line in sys.stdin:
    for word in line.split():
        print(word + "\\t1")
""",
    "aggregate.py": """import sys
for line in sys.stdin:
    for word in line.split():
        print("LongValueSum:" + word + "\\t1")
""",
    "reduce.py": """import sys
last, total = None, 0
for line in sys.stdin:
    key, _, value = line.rstrip("\\n").partition("\\t")
    if key != last:
        if last is not None:
            print(last + "\\t" + str(total))
        last, total = key, 0
    total += int(value)
if last is not None:
    print(last + "\\t" + str(total))
""",
    "pass.py": """import sys
for line in sys.stdin:
    key, _, value = line.rstrip("\\n").partition("\\t")
    print(key + "\\t" + value)
""",
    "distinct.py": """import sys
last, seen = None, set()
for line in sys.stdin:
    key, _, value = line.rstrip("\\n").partition("\\t")
    if key != last:
        if last is not None:
            print(last + "\\t" + str(len(seen)))
        last, seen = key, set()
    seen.add(value)
if last is not None:
    print(last + "\\t" + str(len(seen)))
""",
}

MRJOB = """from mrjob.job import MRJob


class Job(MRJob):
    def mapper_cmd(self):
        return {mapper!r}

    def reducer_cmd(self):
        return {reducer!r}


if __name__ == "__main__":
    Job.run()
"""


class Usage(NamedTuple):
    """What one run took: seconds of wall and CPU, peak memory in MB."""

    wall: float
    cpu: float
    memory: float


class Work(NamedTuple):
    """One kind of job: how its data is made, and the contenders' shell commands, the reference first."""

    name: str
    prepare: Callable[[float], None]
    contenders: dict[str, str]
    default: bool = True


def text(size_mb: float, seed: int) -> bytes:
    """Lines of words with Zipf's frequencies; the same seed gives the same text."""
    generator = np.random.default_rng(seed)
    vocabulary = np.array([_word(generator, rank) for rank in range(60_000)], dtype=object)
    weights = np.cumsum(1 / np.arange(1, len(vocabulary) + 1) ** 1.05)
    blocks: list[bytes] = []
    size = 0
    while size < size_mb * 1e6:
        words = vocabulary[np.searchsorted(weights, generator.random(400_000) * weights[-1])].tolist()
        ends = np.cumsum(generator.integers(3, 16, 60_000))
        starts = [0, *ends[:-1].tolist()]
        lines = [" ".join(words[a:b]) for a, b in zip(starts, ends.tolist(), strict=True) if b <= len(words)]
        blocks.append(("\n".join(lines) + "\n").encode())
        size += len(blocks[-1])
    return b"".join(blocks)[: int(size_mb * 1e6)].rpartition(b"\n")[0] + b"\n"


def _word(generator: np.random.Generator, rank: int) -> str:
    size = min(2 + generator.poisson(3.5) + (rank > 1000), 14)
    letters = np.minimum(generator.geometric(0.12, size) - 1, 25)
    return "".join("etaoinshrdlucmfwypvbgkjqxz"[letter] for letter in letters)


def make_text(scale: float) -> None:
    """200 MB of text in three files of mixed size, whole and in one piece per core, and sorted map output."""
    data = text(200 * scale, seed=1)
    cuts = [0, len(data) // 2, len(data) * 7 // 8, len(data)]
    _write_folder("text", [data[a:b] for a, b in pairwise(cuts)])
    (FOLDER / "text.txt").write_bytes(data)
    shell(f"split -n l/{CORES} text.txt piece. && ./map.py < text.txt | {SORT} > sorted.txt")
    shell(f"split -n l/{CORES} sorted.txt sorted.")


def make_records(scale: float, size_mb: int = 500) -> None:
    """500 MB of records of 100 bytes: a random key of 10 bytes, TAB, filler."""
    generator = np.random.default_rng(2)
    with open(FOLDER / "records.txt", "wb") as target:
        for _ in range(max(int(size_mb / 10 * scale), 1)):
            rows = generator.integers(65, 91, (100_000, 100), dtype=np.uint8)
            rows[:, :10] = generator.integers(33, 127, (100_000, 10), dtype=np.uint8)
            rows[:, 10], rows[:, 99] = 9, 10
            target.write(rows.tobytes())


def make_record_pieces(scale: float) -> None:
    """The same, and in one piece per core."""
    make_records(scale)
    shell(f"split -n l/{CORES} records.txt rpiece.")


def make_postings(scale: float) -> None:
    """200 MB of `word TAB document id`, few repeated lines."""
    generator = np.random.default_rng(3)
    words = text(100 * scale, seed=3).decode().split()
    identifiers = generator.integers(0, 10_000_000, len(words)).tolist()
    with open(FOLDER / "postings.txt", "w") as target:
        target.writelines(f"{word}\td{number}\n" for word, number in zip(words, identifiers, strict=True))
    shell(f"split -n l/{CORES} postings.txt ppiece. && {SORT} -s -t '\t' -k1,1 postings.txt > psorted.txt")
    shell(f"split -n l/{CORES} psorted.txt psorted.")


def make_files(scale: float) -> None:
    """2,000 files of about 4 KB."""
    data = text(8 * scale, seed=4)
    count = max(int(2000 * scale), 10)
    size = len(data) // count
    _write_folder("many", [data[index * size : (index + 1) * size] + b"\n" for index in range(count)])


def make_tiny(scale: float) -> None:
    """1 KB of text."""
    (FOLDER / "tiny.txt").write_bytes(text(0.001, seed=5))


def _write_folder(name: str, contents: Sequence[bytes]) -> None:
    (FOLDER / name).mkdir()
    for index, content in enumerate(contents):
        (FOLDER / name / f"{index:05d}").write_bytes(content)


def works(mrjob: str | None) -> list[Work]:
    """All works; the commands run in FOLDER, where the scripts are."""
    map_all = _on_all_cores("./map.py < {} > /dev/null", "piece")
    reduce_all = _on_all_cores("./reduce.py < {} > /dev/null", "sorted")
    pass_all = _on_all_cores("./pass.py < {} > /dev/null", "ppiece")
    distinct_all = _on_all_cores("./distinct.py < {} > /dev/null", "psorted")
    start_all = f"ls many | xargs -P {CORES} -n 1 sh -c 'exec ./map.py < many/$0 > /dev/null'"
    every = [
        Work("word count", make_text, {
            "limit": f"{map_all}; {reduce_all}",
            "emrsim": _emrsim("text", "map.py", "reduce.py", CORES),
            "shell": f"cat text.txt | ./map.py | {SORT} | ./reduce.py > shell.out",
            "GNU parallel": _parallel("text.txt", "./map.py", f"{SORT} | ./reduce.py"),
            "mrjob local": _mrjob(mrjob, "count", "map.py", "reduce.py", "text/*"),
        }),
        Work("word count, aggregate", make_text, {
            "limit": _on_all_cores("./aggregate.py < {} > /dev/null", "piece"),
            "emrsim": _emrsim("text", "aggregate.py", "aggregate", CORES),
            "shell": f"cat text.txt | ./map.py | {SORT} | ./reduce.py > shell.out",
        }),
        Work("unique records", make_records, {
            "shell": f"{SORT} -s -t '\t' -k1,1 < records.txt > shell.out",
            "emrsim": _emrsim("records.txt", "cat", "cat", 4),
        }),
        Work("postings", make_postings, {
            "limit": f"{pass_all}; {distinct_all}",
            "emrsim": _emrsim("postings.txt", "pass.py", "distinct.py", CORES),
            "shell": f"cat postings.txt | ./pass.py | {SORT} -s -t '\t' -k1,1 | ./distinct.py > shell.out",
            "GNU parallel": _parallel(
                "postings.txt", "./pass.py", f"{SORT} -s -t '\t' -k1,1 | ./distinct.py"
            ),
        }),
        Work("grep, map only", make_record_pieces, {
            # grep stops at once when it sees that its output is /dev/null
            "limit": _on_all_cores("grep ABC < {} > {}.out", "rpiece"),
            "emrsim": _emrsim("records.txt", "grep ABC", "NONE", 0),
        }),
        Work("many small files", make_files, {
            "limit": start_all,
            "emrsim": _emrsim("many", "map.py", "reduce.py", 1),
            "mrjob local": _mrjob(mrjob, "count", "map.py", "reduce.py", "many/*"),
        }),
        Work("1 KB", make_tiny, {
            "shell": f"cat tiny.txt | ./map.py | {SORT} | ./reduce.py > shell.out",
            "emrsim": _emrsim("tiny.txt", "map.py", "reduce.py", 1),
            "mrjob inline": _mrjob(mrjob, "count", "map.py", "reduce.py", "tiny.txt"),
        }),
        *[Work(f"growth, {size} MB", partial(make_records, size_mb=size), {
            "shell": f"{SORT} -s -t '\t' -k1,1 < records.txt > shell.out",
            "emrsim": _emrsim("records.txt", "cat", "cat", 4, "--memory 512m"),
        }, default=False) for size in GROWTH_MB],
    ]  # fmt: skip
    return [work._replace(contenders={k: v for k, v in work.contenders.items() if v}) for work in every]


def _on_all_cores(command: str, prefix: str) -> str:
    """A command on each piece of the data, all at once."""
    pieces = [f"{prefix}.a{chr(ord('a') + index)}" for index in range(CORES)]
    return " & ".join(command.replace("{}", piece) for piece in pieces) + " & wait"


def _parallel(data: str, mapper: str, rest: str) -> str:
    """The shell pipeline with mappers on all cores, if GNU parallel is installed."""
    return f"{PARALLEL} {mapper} < {data} | {rest} > parallel.out" if shutil.which("parallel") else ""


def _emrsim(data: str, mapper: str, reducer: str, reduces: int, own: str = "") -> str:
    files = [f"-file {name}" for name in {mapper, reducer} & set(SCRIPTS)]
    words = ["-input", data, "-output out", "-mapper", f"'{mapper}'", "-reducer", reducer]
    count = f"-numReduceTasks {reduces}"
    return f"rm -rf out; {PYTHON} -m emrsim streaming {' '.join([own, *words, count, *files])} 2> emrsim.log"


def _mrjob(python: str | None, name: str, mapper: str, reducer: str, data: str) -> str:
    if python is None:
        return ""
    job = MRJOB.format(mapper=f"{FOLDER / mapper}", reducer=f"{FOLDER / reducer}")
    (FOLDER / f"mrjob_{name}.py").write_text(job)
    return f"{shlex.quote(python)} mrjob_{name}.py -r local --no-conf -q {data} > mrjob.out"


def shell(command: str) -> None:
    """Run a command in FOLDER; a failure ends the benchmark."""
    subprocess.run(["bash", "-o", "pipefail", "-c", command], cwd=FOLDER, env=_environment(), check=True)


def _environment() -> dict[str, str]:
    """Without settings that change how Python writes: PYTHONUNBUFFERED makes one system call per line."""
    top = str(Path(__file__).parents[1])
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return {**kept, "PYTHONPATH": top}


def measure(command: str, seconds_max: float) -> Usage | str:
    """Run a command and watch it; returns why not, if it failed or had to be ended."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    process = subprocess.Popen(
        ["bash", "-c", command], cwd=FOLDER, env=_environment(), stdout=subprocess.DEVNULL, process_group=0
    )
    peak = 0
    while process.poll() is None:
        if time.monotonic() - began > seconds_max:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return f"over {seconds_max:.0f} s"
        peak = max(peak, _tree_bytes(process.pid))
        time.sleep(SAMPLE_SECONDS if time.monotonic() - began > 1 else SAMPLE_SECONDS / 25)
    wall = time.monotonic() - began
    if process.returncode:
        return f"exit code {process.returncode}"
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Usage(wall, cpu, peak / 1e6)


def _tree_bytes(root: int) -> int:
    """The resident memory of a process and all below it; shared pages count for each.

    A process between vfork and exec still has its parent's memory, as its virtual size shows: it is left out.
    """
    page = os.sysconf("SC_PAGE_SIZE")
    children: dict[int, list[int]] = {}
    sizes: dict[int, tuple[str, str]] = {}  # virtual and resident
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended meanwhile
        children.setdefault(int(fields[1]), []).append(int(folder.name))
        sizes[int(folder.name)] = fields[20], fields[21]
    total, waiting = 0, [root]
    while waiting:
        process = waiting.pop()
        here = sizes.get(process, ("0", "0"))
        total += int(here[1]) * page
        waiting += [child for child in children.get(process, []) if sizes[child][0] != here[0]]
    return total


def run(work: Work, rounds: int, scale: float) -> None:
    """Measure a work and print its rows."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    for name, body in SCRIPTS.items():
        (FOLDER / name).write_text(f"#!{sys.executable}\n{body}")
        (FOLDER / name).chmod(0o755)
    contenders = next(fresh for fresh in works(OPTIONS.mrjob) if fresh.name == work.name).contenders
    work.prepare(scale)
    usages: dict[str, list[Usage]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, command in contenders.items():
            usage = measure(command, OPTIONS.seconds)
            if isinstance(usage, str):
                print(f"| {work.name} | {name} | {usage} | | | | |", flush=True)
            else:
                usages[name].append(usage)
    reference = _medians(next(iter(usages.values())) or [Usage(math.nan, math.nan, math.nan)])
    for name, measured in usages.items():
        if not measured:
            continue
        usage = _medians(measured)
        ratios = f"{usage.wall / reference.wall:.2f} | {usage.cpu / reference.cpu:.2f}"
        numbers = f"{usage.wall:.2f} | {usage.cpu:.2f} | {usage.memory:.0f}"
        print(f"| {work.name} | {name} | {ratios} | {numbers} |", flush=True)


def _medians(usages: Sequence[Usage]) -> Usage:
    return Usage(*(median(column) for column in zip(*usages, strict=True)))


def options() -> argparse.Namespace:
    """The command line."""
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--mrjob", help="a Python that has mrjob")
    parser.add_argument("--seconds", type=float, default=900)
    return parser.parse_args()


if __name__ == "__main__":
    OPTIONS = options()
    print(f"{CORES} cores, {OPTIONS.rounds} rounds, scale {OPTIONS.scale}; ratios to the first contender\n")
    print("| work | contender | wall | CPU | wall s | CPU s | MB |\n|---|---|---|---|---|---|---|")
    FOLDER.mkdir(parents=True, exist_ok=True)
    for work in works(OPTIONS.mrjob):
        wanted = work.name in OPTIONS.only or ("growth" in OPTIONS.only and not work.default)
        if wanted or (work.default and not OPTIONS.only):
            run(work, OPTIONS.rounds, OPTIONS.scale)
    if not shutil.which("parallel"):
        print("\nGNU parallel is not installed (apt-get install parallel) and took no part.")
    shutil.rmtree(FOLDER, ignore_errors=True)
