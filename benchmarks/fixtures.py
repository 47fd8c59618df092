"""What a test with emrsim's fixtures costs, against the bare processes of its job and against moto's server.

    python benchmarks/fixtures.py [--tests N] [--parallel N]

Each contender is a file of N equal tests, run by pytest in one process; what a test costs, set-up and
tear-down included, is measured around it: wall time, and CPU time of the process and of all its children.
The first test of each file, which imports everything, is left out. The contenders take turns within three
rounds, so that whatever else the machine does hits all; the table has medians.

- word count: a job flow of one streaming step through boto 2, one line of input, its result read and compared
- shell: the same mapper and reducer as a pipeline with sort, started by a test
- create cluster: RunJobFlow through boto3 on a fresh server, nothing else
- moto: the same on moto's ThreadedMotoServer, of the same Python

Then the word count 200 times under pytest-xdist -n 2, to see that no test gets in another's way.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROUNDS = 3
TEXT = "to be or not to be that is the question"

MAPPER = """\
import sys
for line in sys.stdin:
    for word in line.split():
        print(word + "\\t1")
"""
REDUCER = """\
import itertools, sys
pairs = (line.rstrip("\\n").split("\\t") for line in sys.stdin)
for word, group in itertools.groupby(pairs, key=lambda pair: pair[0]):
    print(word + "\\t" + str(sum(int(count) for _, count in group)))
"""

# Appends what each test costs to the file that COSTS names.
CONFTEST = """
import json, os, resource, time
import pytest

def cpu():
    usages = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)

@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item, nextitem):
    wall, processor = time.perf_counter(), cpu()
    yield
    cost = [time.perf_counter() - wall, cpu() - processor]
    with open(os.environ["COSTS"], "a") as file:
        print(json.dumps(cost), file=file)
    return True
"""

HEAD = f'''
import os, subprocess, sys
from pathlib import Path
import pytest

HERE = Path(__file__).parent
PYTHON = sys.executable
EXPECTED = "be\\t2\\nis\\t1\\nnot\\t1\\nor\\t1\\nquestion\\t1\\nthat\\t1\\nthe\\t1\\nto\\t2\\n"
each = pytest.mark.parametrize("number", range(int(os.environ["TESTS"])))
GROUPS = [dict(InstanceRole="MASTER", InstanceType="m4.large", InstanceCount=1)]
CLUSTER = dict(Name="a cluster", ReleaseLabel="emr-5.36.0", JobFlowRole="EMR_EC2_DefaultRole",
               ServiceRole="EMR_DefaultRole",
               Instances=dict(InstanceGroups=GROUPS, KeepJobFlowAliveWhenNoSteps=True))
TEXT = "{TEXT}"
'''

TESTS = {
    "word count": '''
import emrsim.boto2
from boto.emr.step import StreamingStep

@each
def test_word_count(emrsim, emr_connection, number):
    emrsim.put("s3://bucket/in", TEXT + "\\n")
    step = StreamingStep("count", mapper=f"{PYTHON} map.py", reducer=f"{PYTHON} reduce.py",
                         cache_files=[f"file://{HERE}/{name}#{name}" for name in ("map.py", "reduce.py")],
                         input="s3n://bucket/in", output="s3n://bucket/out")
    jobid = emr_connection.run_jobflow("a job flow", steps=[step])
    emrsim.wait(jobid, "COMPLETED")
    assert emrsim.read("s3://bucket/out") == EXPECTED
''',
    "shell": '''
@each
def test_shell(tmp_path, number):
    (tmp_path / "in").write_text(TEXT + "\\n")
    pipeline = f"{PYTHON} {HERE}/map.py < in | LC_ALL=C sort | {PYTHON} {HERE}/reduce.py > out"
    subprocess.run(["sh", "-c", pipeline], cwd=tmp_path, check=True)
    assert (tmp_path / "out").read_text() == EXPECTED
''',
    "create cluster": '''
@each
def test_create(emr_client, number):
    assert emr_client.run_job_flow(**CLUSTER)["JobFlowId"]
''',
    "moto": '''
import boto3
from moto.server import ThreadedMotoServer

@pytest.fixture
def emr_client():
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield boto3.client("emr", endpoint_url=f"http://{host}:{port}", region_name="us-east-1",
                       aws_access_key_id="a", aws_secret_access_key="b")
    server.stop()

@each
def test_create(emr_client, number):
    assert emr_client.run_job_flow(**CLUSTER)["JobFlowId"]
''',
}  # fmt: skip


class Costs:
    """Wall and CPU seconds of the tests of one contender, in all rounds."""

    def __init__(self) -> None:
        self.wall: list[float] = []
        self.cpu: list[float] = []

    def add(self, path: Path) -> None:
        """Add what a run has noted, without its first test."""
        for line in path.read_text().splitlines()[1:]:
            wall, cpu = json.loads(line)
            self.wall.append(wall)
            self.cpu.append(cpu)


def write(folder: Path) -> None:
    """The tests and what they need."""
    (folder / "map.py").write_text(MAPPER)
    (folder / "reduce.py").write_text(REDUCER)
    (folder / "conftest.py").write_text(CONFTEST)
    for name, test in TESTS.items():
        (folder / file_of(name)).write_text(HEAD + test)


def file_of(name: str) -> str:
    return f"test_{name.replace(' ', '_')}.py"


def run(folder: Path, name: str, tests: int, *arguments: str) -> Path:
    """Run a contender's tests; the file with what each cost. RuntimeError if one fails."""
    costs = folder / f"costs-{time.monotonic_ns()}"
    # hypothesis is not used, and takes a second at the end of each run.
    command = [sys.executable, "-W", "ignore", "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    command += ["-p", "no:hypothesispytest", *arguments, file_of(name)]
    environment = {**os.environ, "COSTS": str(costs), "TESTS": str(tests)}
    ended = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise RuntimeError(f"{name}: {ended.stdout}{ended.stderr}")
    return costs


def measure(folder: Path, tests: int) -> dict[str, Costs]:
    """All contenders, in turns."""
    costs = {name: Costs() for name in TESTS}
    for _ in range(ROUNDS):
        for name in TESTS:
            costs[name].add(run(folder, name, tests))
    return costs


def show(costs: dict[str, Costs], ours: str, theirs: str) -> None:
    """One line of the table for wall time, and one for CPU."""
    for what, values in (("wall", "wall"), ("CPU", "cpu")):
        mine, other = (median(getattr(costs[name], values)) for name in (ours, theirs))
        print(f"| {ours}, {what} s | {mine:.3f} | {theirs} | {other:.3f} | {mine / other:.2f} |")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tests", type=int, default=11)
    parser.add_argument("--parallel", type=int, default=200)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-fixtures-") as scratch:
        folder = Path(scratch)
        write(folder)
        costs = measure(folder, arguments.tests)
        print("| a test (medians) | emrsim | peer | peer's | ratio |\n|---|---|---|---|---|")
        show(costs, "word count", "shell")
        show(costs, "create cluster", "moto")
        began = time.perf_counter()
        run(folder, "word count", arguments.parallel, "-n", "2")
        seconds = time.perf_counter() - began
        print(f"\n{arguments.parallel} word counts under -n 2, all passed: {seconds:.1f} s")


if __name__ == "__main__":
    main()
