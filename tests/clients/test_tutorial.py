"""The boto EMR tutorial, piece by piece, with boto 2.49 over a real port."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tarfile
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import emrsim as emrsim_package
from emrsim import Emulator
from emrsim.boto2 import emr_connection as connect
from emrsim.storage import BUILT_IN_BUCKETS
from tests.waiting import wait_for_job_flow, wait_until

# isort: split
from boto.emr.bootstrap_action import BootstrapAction
from boto.emr.step import JarStep, StreamingStep

WORD_COUNT = BUILT_IN_BUCKETS["elasticmapreduce"] / "samples" / "wordcount"
SAMPLE = "s3n://elasticmapreduce/samples/wordcount"


@pytest.fixture
def bucket(emrsim: Emulator) -> Path:
    """The directory of the bucket `b`."""
    path = emrsim.root / "b"
    path.mkdir()
    return path


def word_count(output: str = "s3n://b/out", **changes: Any) -> StreamingStep:
    arguments = {
        "name": "My wordcount example",
        "mapper": f"{SAMPLE}/wordSplitter.py",
        "reducer": "aggregate",
        "input": f"{SAMPLE}/input",
        "output": output,
    }
    return StreamingStep(**{**arguments, **changes})


def run(connection: Any, *steps: Any, **others: Any) -> Any:
    """The job flow of `steps` after its end."""
    job_flow_id = connection.run_jobflow(name="My jobflow", steps=list(steps), **others)
    return wait_for_job_flow(connection, job_flow_id)


def parts(output: Path) -> list[list[str]]:
    return [part.read_text().splitlines() for part in sorted(output.glob("part-*"))]


def counted_by_the_shell() -> dict[str, int]:
    """`cat input | wordSplitter | sort | sum`, as processes."""
    command = f"cat {WORD_COUNT}/input/* | {WORD_COUNT}/wordSplitter.py | LC_ALL=C sort"
    lines = subprocess.run(["sh", "-c", command], check=True, capture_output=True, text=True).stdout
    return dict(Counter(line.split(":")[1].split("\t")[0] for line in lines.splitlines()))


@pytest.mark.parametrize("reducers", [1, 3])
def test_word_counts_are_those_of_the_shell(emr_connection: Any, bucket: Path, reducers: int) -> None:
    step = word_count(step_args=["-jobconf", f"mapred.reduce.tasks={reducers}"])

    job_flow = run(emr_connection, step)

    assert job_flow.state == "COMPLETED"
    assert (bucket / "out" / "_SUCCESS").exists()
    found = parts(bucket / "out")
    assert len(found) == reducers
    assert all(lines == sorted(lines) for lines in found)
    pairs = [line.split("\t") for lines in found for line in lines]
    assert {word: int(count) for word, count in pairs} == counted_by_the_shell()


def test_a_failing_mapper_fails_step_and_job_flow_and_its_stderr_is_kept(
    emr_connection: Any, bucket: Path
) -> None:
    step = word_count(mapper="/bin/sh -c 'echo no such luck >&2; exit 1'")

    job_flow = run(emr_connection, step, log_uri="s3://b/logs")

    assert (job_flow.state, job_flow.steps[0].state) == ("FAILED", "FAILED")
    assert "no such luck" in job_flow.steps[0].laststatechangereason
    assert not (bucket / "out" / "_SUCCESS").exists()
    logs = bucket / "logs" / job_flow.jobflowid
    assert any("no such luck" in path.read_text() for path in logs.rglob("stderr"))


def test_cache_files_and_archives_are_in_the_working_folder(
    emr_connection: Any, bucket: Path, tmp_path: Path
) -> None:
    (bucket / "in").write_text("line\n")
    (bucket / "dict.txt").write_text("from the file\n")
    (tmp_path / "inner.txt").write_text("from the archive\n")
    with zipfile.ZipFile(bucket / "a.zip", "w") as archive:
        archive.write(tmp_path / "inner.txt", "inner.txt")
    for ending, mode in {"tar": "w", "tgz": "w:gz"}.items():
        with tarfile.open(bucket / f"a.{ending}", mode) as tar:  # type: ignore[call-overload]
            tar.add(tmp_path / "inner.txt", "inner.txt")

    job_flow = run(
        emr_connection,
        word_count(
            mapper="/bin/sh -c 'cat words z/inner.txt t/inner.txt g/inner.txt'",
            reducer=None,
            input="s3n://b/in",
            cache_files=["s3n://b/dict.txt#words"],
            cache_archives=["s3n://b/a.zip#z", "s3n://b/a.tar#t", "s3n://b/a.tgz#g"],
        ),
    )

    assert job_flow.state == "COMPLETED"
    assert Counter(line.rstrip("\t") for lines in parts(bucket / "out") for line in lines) == {
        "from the file": len(parts(bucket / "out")),
        "from the archive": 3 * len(parts(bucket / "out")),
    }


def test_an_archive_member_that_would_leave_its_folder_is_refused(emr_connection: Any, bucket: Path) -> None:
    with zipfile.ZipFile(bucket / "evil.zip", "w") as archive:
        archive.writestr("../../escaped.txt", "out!")

    job_flow = run(emr_connection, word_count(cache_archives=["s3n://b/evil.zip#e"]))

    assert job_flow.steps[0].state == "FAILED"
    assert not list(bucket.parent.parent.rglob("escaped.txt"))


def test_several_inputs_combiner_and_step_args(emr_connection: Any, bucket: Path, emrsim: Emulator) -> None:
    (bucket / "one").write_text("x\nx\ny\n")
    (bucket / "two").mkdir()
    (bucket / "two" / "more").write_text("y\nz\n")
    (bucket / "sum.py").write_text(
        "import sys\nfrom itertools import groupby\n"
        "rows = (line.rstrip('\\n').split('\\t') for line in sys.stdin)\n"
        "for key, group in groupby(rows, lambda row: row[0]):\n"
        "    print(key, sum(int(value) for _, value in group), sep='\\t')\n"
    )
    summing = f"{sys.executable} sum.py"

    job_flow = run(
        emr_connection,
        word_count(
            mapper="sed s/$/\\t1/",
            combiner=summing,
            reducer=summing,
            input=["s3n://b/one", "s3n://b/two"],
            cache_files=["s3n://b/sum.py#sum.py"],
            step_args=["-D", "mapred.reduce.tasks=2"],
        ),
    )

    assert job_flow.state == "COMPLETED"
    assert len(parts(bucket / "out")) == 2
    assert sorted(line for lines in parts(bucket / "out") for line in lines) == ["x\t2", "y\t2", "z\t1"]


@pytest.mark.parametrize("main_class", [None, "org.example.Main"])
def test_a_jar_that_is_not_there_fails_its_step(emr_connection: Any, main_class: str | None) -> None:
    step = JarStep("Coudburst example", "s3n://elasticmapreduce/samples/x.jar", main_class, step_args=[36, 3])

    job_flow = run(emr_connection, step)

    assert (job_flow.state, job_flow.steps[0].state) == ("FAILED", "FAILED")
    assert "No such file or directory" in job_flow.steps[0].laststatechangereason
    assert [arg.value for arg in job_flow.steps[0].args] == ["36", "3"]


def test_all_that_run_jobflow_says_is_kept(emr_connection: Any, bucket: Path) -> None:
    job_flow = run(
        emr_connection,
        word_count(),
        log_uri="s3://b/logs",
        ec2_keyname="my-key",
        availability_zone="us-east-1c",
        master_instance_type="m1.large",
        slave_instance_type="c1.xlarge",
        num_instances=4,
        enable_debugging=True,
        ami_version="2.4.2",
        visible_to_all_users=False,
        api_params={"Tags.member.1.Key": "team", "Tags.member.1.Value": "red"},
    )

    assert job_flow.state == "COMPLETED"
    assert (job_flow.ec2keyname, job_flow.availabilityzone) == ("my-key", "us-east-1c")
    assert (job_flow.masterinstancetype, job_flow.slaveinstancetype) == ("m1.large", "c1.xlarge")
    assert (job_flow.instancecount, job_flow.amiversion, job_flow.loguri) == ("4", "2.4.2", "s3n://b/logs/")
    assert job_flow.visibletoallusers == "false"
    assert [step.name for step in job_flow.steps] == ["Setup Hadoop Debugging", "My wordcount example"]
    assert [group.instancerole for group in job_flow.instancegroups] == ["MASTER", "CORE"]
    tags = emr_connection.describe_cluster(job_flow.jobflowid).tags
    assert {tag.key: tag.value for tag in tags} == {"team": "red"}


def test_a_job_flow_with_a_bootstrap_action_fails_honestly(emr_connection: Any, bucket: Path) -> None:
    action = BootstrapAction("prepare", "s3://b/prepare.sh", ["x"])

    job_flow = run(emr_connection, word_count(), bootstrap_actions=[action])

    assert job_flow.state == "FAILED"
    assert "bootstrap action 1" in job_flow.laststatechangereason
    assert [step.state for step in job_flow.steps] == ["CANCELLED"]
    assert not hasattr(job_flow, "readydatetime")
    assert job_flow.bootstrapactions[0].path == "s3://b/prepare.sh"


def test_every_documented_state_is_passed_through(tmp_path: Path) -> None:
    seen = []
    with Emulator(tmp_path / "s3", boot_seconds=0.4, shutdown_seconds=0.2) as emulator:
        (tmp_path / "s3" / "b").mkdir()
        connection = connect(emulator.host, emulator.port)
        job_flow_id = connection.run_jobflow(name="n", steps=[word_count()])

        def look() -> bool:
            state: str = connection.describe_jobflow(job_flow_id).state
            if state not in seen:
                seen.append(state)
            return state == "COMPLETED"

        wait_until(look)

    assert seen == ["STARTING", "BOOTSTRAPPING", "RUNNING", "SHUTTING_DOWN", "COMPLETED"]


def test_steps_can_be_added_while_waiting_and_while_running(emr_connection: Any, bucket: Path) -> None:
    job_flow_id = emr_connection.run_jobflow(name="n", keep_alive=True)
    wait_for_job_flow(emr_connection, job_flow_id, "WAITING")

    emr_connection.add_jobflow_steps(job_flow_id, [word_count("s3n://b/one")])
    wait_for_job_flow(emr_connection, job_flow_id, "RUNNING")
    added = emr_connection.add_jobflow_steps(job_flow_id, word_count("s3n://b/two"))

    job_flow = wait_for_job_flow(emr_connection, job_flow_id, "WAITING")
    assert [step.state for step in job_flow.steps] == ["COMPLETED", "COMPLETED"]
    assert len(added.stepids) == 1
    assert (bucket / "two" / "_SUCCESS").exists()


@pytest.mark.parametrize(
    ("action", "keep_alive", "expected"),
    [
        ("TERMINATE_JOB_FLOW", True, ("FAILED", ["FAILED", "CANCELLED"])),
        ("TERMINATE_CLUSTER", False, ("FAILED", ["FAILED", "CANCELLED"])),
        ("CANCEL_AND_WAIT", True, ("WAITING", ["FAILED", "CANCELLED"])),
        ("CANCEL_AND_WAIT", False, ("COMPLETED", ["FAILED", "CANCELLED"])),
        ("CONTINUE", True, ("WAITING", ["FAILED", "COMPLETED"])),
        ("CONTINUE", False, ("COMPLETED", ["FAILED", "COMPLETED"])),
    ],
)
def test_action_on_failure(
    emr_connection: Any, bucket: Path, action: str, keep_alive: bool, expected: tuple[str, list[str]]
) -> None:
    (bucket / "in").write_text("x\n")
    fails = word_count(mapper="/bin/false", input="s3n://b/in", action_on_failure=action)
    follows = word_count("s3n://b/second", mapper="cat", reducer="cat", input="s3n://b/in")
    job_flow_id = emr_connection.run_jobflow(name="n", steps=[fails, follows], keep_alive=keep_alive)

    job_flow = wait_for_job_flow(emr_connection, job_flow_id, expected[0])

    assert [step.state for step in job_flow.steps] == expected[1]


@pytest.mark.parametrize("state", ["STARTING", "BOOTSTRAPPING"])
def test_terminate_while_launching(tmp_path: Path, state: str) -> None:
    with Emulator(tmp_path / "s3", boot_seconds=0.6) as emulator:
        connection = connect(emulator.host, emulator.port)
        job_flow_id = connection.run_jobflow(name="n", steps=[word_count()])
        wait_for_job_flow(connection, job_flow_id, state)

        connection.terminate_jobflow(job_flow_id)

        job_flow = wait_for_job_flow(connection, job_flow_id, "TERMINATED")
        assert [step.state for step in job_flow.steps] == ["CANCELLED"]


def test_terminate_while_waiting(emr_connection: Any) -> None:
    job_flow_id = emr_connection.run_jobflow(name="n", keep_alive=True)
    wait_for_job_flow(emr_connection, job_flow_id, "WAITING")

    emr_connection.terminate_jobflow(job_flow_id)

    job_flow = wait_for_job_flow(emr_connection, job_flow_id, "TERMINATED")
    assert job_flow.laststatechangereason == "Terminated by user request"


def endless(bucket: Path) -> StreamingStep:
    """A step whose mapper starts a child of its own, writes down both process ids, and never ends."""
    (bucket / "in").write_text("x\n")
    pids = bucket / "pids"
    mapper = f"/bin/sh -c 'sleep 600 & echo $$ $! > {pids}.new; mv {pids}.new {pids}; wait'"
    return word_count(mapper=mapper, input="s3n://b/in")


def is_alive(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and ") Z " not in stat.read_text()


def test_terminate_while_running_leaves_no_process_and_no_output(emr_connection: Any, bucket: Path) -> None:
    job_flow_id = emr_connection.run_jobflow(name="n", steps=[endless(bucket)])
    pids = [
        int(pid) for pid in wait_until((bucket / "pids").exists) and (bucket / "pids").read_text().split()
    ]
    assert all(is_alive(pid) for pid in pids)

    emr_connection.terminate_jobflow(job_flow_id)

    job_flow = wait_for_job_flow(emr_connection, job_flow_id, "TERMINATED")
    assert [step.state for step in job_flow.steps] == ["INTERRUPTED"]
    wait_until(lambda: not any(is_alive(pid) for pid in pids), "the mapper and its child are gone")
    assert not list((bucket / "out").glob("part-*"))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_process_outlives_the_server(tmp_path: Path, number: signal.Signals) -> None:
    root = tmp_path / "s3"
    bucket = root / "b"
    bucket.mkdir(parents=True)
    command = [sys.executable, "-m", "emrsim", "serve", "--port", "0", "--root", str(root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        port = int(server.stdout.readline().rsplit(":", 1)[1])
        connect("127.0.0.1", port).run_jobflow(name="n", steps=[endless(bucket)])
        wait_until((bucket / "pids").exists)
        pids = [int(pid) for pid in (bucket / "pids").read_text().split()]

        server.send_signal(number)

        server.wait(timeout=30)
        wait_until(lambda: not any(is_alive(pid) for pid in pids), "the mapper and its child are gone")
        expected = -number if number == signal.SIGKILL else 0
        assert server.returncode == expected


def test_logs_are_complete_when_the_step_ends(emr_connection: Any, bucket: Path) -> None:
    (bucket / "in").write_text("x\n")
    step = word_count(mapper="cat", reducer="cat", input="s3n://b/in")
    job_flow_id = emr_connection.run_jobflow(name="n", steps=[step], log_uri="s3n://b/logs/")

    wait_until(lambda: emr_connection.list_steps(job_flow_id).steps[0].status.state == "COMPLETED")

    step_id = emr_connection.list_steps(job_flow_id).steps[0].id
    logs = bucket / "logs" / job_flow_id / "steps" / step_id
    assert sorted(path.name for path in logs.iterdir()) == ["controller", "stderr", "stdout", "syslog"]
    controller = (logs / "controller").read_text()
    assert "INFO Ensure step 1 jar file /home/hadoop/contrib/streaming/hadoop-streaming.jar" in controller
    assert "INFO Step succeeded with exitCode 0" in controller.splitlines()[-1]
    assert "map 100%" in (logs / "syslog").read_text()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"input": "s3n://nowhere/in"}, "nowhere"),
        ({"input": "s3n://b/missing"}, "Input path does not exist: s3n://b/missing"),
        ({"output": "s3n://nowhere/out"}, "nowhere"),
        ({"output": "s3n://b/there"}, "Output directory s3n://b/there already exists"),
        ({"output": "s3n://elasticmapreduce/out"}, "cannot be written to"),
        ({"input": "s3n://b/../../etc/passwd"}, "s3n://b/../../etc/passwd"),
        ({"mapper": "no-such-program"}, 'Cannot run program "no-such-program"'),
        ({"mapper": "s3n://b/no-such-mapper.py"}, "s3n://b/no-such-mapper.py"),
        ({"cache_files": ["s3n://b/no-such-file#x"]}, "s3n://b/no-such-file"),
        ({"step_args": ["-no-such-option"]}, "-no-such-option"),
    ],
)
def test_a_step_that_cannot_work_says_what_is_wrong(
    emr_connection: Any, bucket: Path, changes: dict[str, Any], reason: str
) -> None:
    (bucket / "there").mkdir()
    before = set(bucket.rglob("*"))

    job_flow = run(emr_connection, word_count(**{"output": "s3n://b/out", **changes}))

    assert (job_flow.state, job_flow.steps[0].state) == ("FAILED", "FAILED")
    assert reason in job_flow.steps[0].laststatechangereason
    assert not list(bucket.rglob("part-*"))
    assert set(bucket.rglob("*")) - before <= {
        bucket / "out"
    }  # a failed job may leave its empty directory, as on Hadoop
    assert emr_connection.describe_jobflows()  # the server is well


def test_the_sample_bucket_gives_way_to_one_of_the_users_own(
    emr_connection: Any, bucket: Path, emrsim: Emulator
) -> None:
    own = emrsim.root / "elasticmapreduce" / "samples" / "wordcount"
    shutil.copytree(WORD_COUNT, own)
    for text in (own / "input").iterdir():
        text.unlink()
    (own / "input" / "0001").write_text("mine all mine\n")

    job_flow = run(emr_connection, word_count())

    assert job_flow.state == "COMPLETED"
    assert parts(bucket / "out") == [["all\t1", "mine\t2"]]


def test_two_job_flows_share_the_slots(tmp_path: Path) -> None:
    """With one slot, the tasks of two job flows never run at the same time."""
    bucket = tmp_path / "s3" / "b"
    bucket.mkdir(parents=True)
    (bucket / "in").write_text("x\n")
    alone = f"/bin/sh -c 'mkdir {tmp_path}/busy || exit 9; cat; rmdir {tmp_path}/busy'"
    with Emulator(tmp_path / "s3", slots=1) as emulator:
        connection = connect(emulator.host, emulator.port)
        ids = [
            connection.run_jobflow(
                name="n",
                steps=[word_count(f"s3n://b/out{n}", mapper=alone, reducer="cat", input="s3n://b/in")],
            )
            for n in range(3)
        ]

        ended = [wait_for_job_flow(connection, job_flow_id) for job_flow_id in ids]

    assert [job_flow.state for job_flow in ended] == ["COMPLETED"] * 3


def test_importing_emrsim_loads_nothing_heavy() -> None:
    heavy = "{'moto', 'numpy', 'pyarrow', 'boto3', 'flask'}"
    program = (
        f"import sys, emrsim; sys.exit(str({heavy} & set(sys.modules)) if {heavy} & set(sys.modules) else 0)"
    )

    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env={**os.environ}
    )

    assert ended.returncode == 0, ended.stderr
    assert emrsim_package.__version__
