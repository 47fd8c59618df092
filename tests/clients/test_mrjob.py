"""mrjob's EMR runner as a process of its own, with jobs that are files one can run."""

from __future__ import annotations

from pathlib import Path

import pytest

from emrsim import Emulator
from tests.clients.programs import Ended, client_environment, program_or_skip, run_program
from tests.support.calls import Caller

# A cluster waits for the steps that mrjob adds.
pytestmark = pytest.mark.emrsim(first_step_seconds=5)

JOBS = Path(__file__).parent / "jobs"

# mrjob waits ten minutes for the logs of a cluster that goes on; here they are there when a step has ended.
START = (
    "import mrjob.emr, runpy, sys; mrjob.emr._S3_LOG_WAIT_MINUTES = 0; sys.argv.pop(0); "
    "runpy.run_path(sys.argv[0], run_name='__main__')"
)

CONFIGURATION = """\
runners:
  emr:
    region: us-east-1
    emr_endpoint: {url}
    s3_endpoint: {url}
    iam_endpoint: {url}
    ec2_endpoint: {url}
    cloud_tmp_dir: s3://b/tmp/
    cloud_log_dir: s3://b/logs/
    cleanup: NONE
    check_cluster_every: 0.2
    # Bootstrap actions are not run; mrjob is in this Python already.
    bootstrap_mrjob: false
    bootstrap_python: false
    python_bin: {python}
    # A cluster of mrjob's ends with its last step: all have to be there before the first has ended.
    add_steps_in_batch: true
"""


class MrJob:
    """`python JOB -r emr ARGUMENTS`, with the emulator as its AWS."""

    def __init__(self, python: str, emulator: Emulator, home: Path) -> None:
        self._python = python
        self._environment = client_environment(emulator, home)
        self.home = home
        (home / "mrjob.conf").write_text(CONFIGURATION.format(url=emulator.url, python=python))

    def __call__(self, job: str, *arguments: str) -> Ended:
        command = [self._python, "-c", START, str(JOBS / job), "-r", "emr", "-c", "mrjob.conf", *arguments]
        return run_program(command, self._environment, self.home)


@pytest.fixture
def mrjob(emrsim: Emulator, tmp_path: Path) -> MrJob:
    (emrsim.root / "b").mkdir()
    home = tmp_path / "home"
    home.mkdir()
    return MrJob(program_or_skip("EMRSIM_MRJOB_PYTHON", "python3", imports="mrjob"), emrsim, home)


# Releases with YARN, and Hadoop 1: their logs are of different kinds.
@pytest.mark.parametrize("version", ["5.36.0", "2.4.9"])
def test_two_steps_give_output_and_counters(mrjob: MrJob, version: str) -> None:
    (mrjob.home / "in").write_text("to be or not\nto be\nto\n")

    ended = mrjob("mr_most_used_word.py", "--image-version", version, "in")

    assert ended.code == 0, ended.stderr
    assert ended.stdout == '3\t"to"\n'
    assert "Waiting for Step 2 of 2" in ended.stderr
    # Hadoop 2 prints them; Hadoop 1 has them in the job history only.
    assert "\t\tlines=3" in ended.stderr
    assert "\t\tdifferent=4" in ended.stderr


@pytest.mark.parametrize("version", ["5.36.0", "2.4.9"])
def test_error_of_a_failing_mapper_is_found_in_the_logs(mrjob: MrJob, version: str) -> None:
    (mrjob.home / "in").write_text("good\nbad line\n")

    ended = mrjob("mr_fails_on_bad.py", "--image-version", version, "in")

    assert ended.code != 0
    cause = ended.stderr.partition("Probable cause of failure:")[2]
    assert "ValueError: cannot use 'bad line'" in cause, ended.stderr
    assert "while reading input from" in cause


def test_default_roles_are_used(mrjob: MrJob, emrsim: Emulator) -> None:
    (mrjob.home / "in").write_text("good\n")

    mrjob("mr_fails_on_bad.py", "in")

    emr = Caller(emrsim.port, "json")
    (listed,) = emr.call("ListClusters")["Clusters"]
    cluster = emr.call("DescribeCluster", ClusterId=listed["Id"])["Cluster"]
    assert cluster["ServiceRole"] == "EMR_DefaultRole"
    assert cluster["Ec2InstanceAttributes"]["IamInstanceProfile"] == "EMR_EC2_DefaultRole"
