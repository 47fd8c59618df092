"""Scripts, commands and bootstrap actions as steps of real clusters: what they find, and what fails them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from emrsim import Emulator
from emrsim.core.model import Cluster, Step
from tests.support.calls import Caller
from tests.waiting import wait_until

SCRIPT_RUNNER = "s3n://us-east-1.elasticmapreduce/libs/script-runner/script-runner.jar"


def jar_step(jar: str, *args: str, **more: Any) -> dict[str, Any]:
    return {
        "Name": "step",
        "ActionOnFailure": "CONTINUE",
        "HadoopJarStep": {"Jar": jar, "Args": list(args), **more},
    }


def command(*args: str) -> dict[str, Any]:
    return jar_step("command-runner.jar", *args)


def put(emulator: Emulator, key: str, text: str | bytes) -> str:
    """An object in the bucket `b`; its URI."""
    path = emulator.root / "b" / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return f"s3://b/{key}"


class Run:
    """A cluster that has run its steps, and what its last one wrote."""

    def __init__(self, emulator: Emulator, *steps: dict[str, Any], **params: Any) -> None:
        emr = Caller(emulator.port, "json")
        cluster_id = emr.run(Steps=list(steps), **params)
        self.cluster: Cluster = emulator.running.state.clusters[cluster_id]
        self.folder = emulator.data / "clusters" / cluster_id
        wait_until(lambda: not self.cluster.active_steps)

    @property
    def step(self) -> Step:
        return list(self.cluster.steps.values())[-1]

    @property
    def state(self) -> str:
        return self.step.state.value

    def wrote(self, name: str = "stdout") -> str:
        return (self.folder / "steps" / self.step.id / name).read_text()


@pytest.mark.parametrize(
    "jar",
    [
        SCRIPT_RUNNER,
        "s3://elasticmapreduce/libs/script-runner/script-runner.jar",
        "s3://eu-west-1.elasticmapreduce/libs/script-runner/script-runner.jar",
    ],
)
def test_script_runner_runs_a_script_of_s3_with_its_arguments(emrsim: Emulator, jar: str) -> None:
    script = put(emrsim, "bin/hello.sh", '#!/bin/bash\necho "$0 says $1, $#"\n')

    run = Run(emrsim, jar_step(jar, script, "hello you", "x"))

    assert run.state == "COMPLETED"
    assert run.wrote().rstrip().endswith("/hello.sh says hello you, 2")


def test_a_script_without_a_shebang_is_run_by_the_shell(emrsim: Emulator) -> None:
    run = Run(emrsim, jar_step(SCRIPT_RUNNER, put(emrsim, "s.sh", "echo ran\nexit 4\n")))

    assert (run.state, run.wrote()) == ("FAILED", "ran\n")
    assert "exit code 4" in run.wrote("controller")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("#!/no/such/interpreter\n", "its first line asks for '/no/such/interpreter'"),
        ("#!/bin/sh\r\necho x\r\n", "ends with a carriage return"),
        (b"\x7fNOT\0A\0PROGRAM", "error=8, Exec format error"),
    ],
)
def test_a_script_that_cannot_be_run_says_why(emrsim: Emulator, text: str | bytes, said: str) -> None:
    run = Run(emrsim, jar_step(SCRIPT_RUNNER, put(emrsim, "s.sh", text)))

    assert run.state == "FAILED"
    assert run.step.failure is not None
    assert said in run.step.failure.message


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("s3://b/none.sh", "No such file or directory: 's3://b/none.sh'"),
        ("s3://nowhere/x.sh", "The specified bucket does not exist"),
        ("/no/such/script", "error=2, No such file or directory"),
    ],
)
def test_a_script_that_is_not_there_fails_the_step(emrsim: Emulator, script: str, said: str) -> None:
    put(emrsim, "other", "")

    run = Run(emrsim, jar_step(SCRIPT_RUNNER, script))

    assert run.state == "FAILED"
    assert run.step.failure is not None
    assert said in run.step.failure.message


@pytest.mark.parametrize("jar", [SCRIPT_RUNNER, "command-runner.jar"])
def test_a_runner_without_arguments_fails(emrsim: Emulator, jar: str) -> None:
    run = Run(emrsim, jar_step(jar))

    assert run.state == "FAILED"
    assert "the first argument must be" in run.wrote("stderr")


def test_command_runner_runs_any_program_of_the_path(emrsim: Emulator) -> None:
    run = Run(emrsim, command("bash", "-c", 'echo "a $0 $1"', "b c", "d"))

    assert (run.state, run.wrote()) == ("COMPLETED", "a b c d\n")


def test_a_program_that_is_not_there_fails_in_javas_words(emrsim: Emulator) -> None:
    run = Run(emrsim, command("no-such-program", "x"))

    assert run.step.failure is not None
    assert run.step.failure.message == (
        'Cannot run program "no-such-program" (in directory "."): error=2, No such file or directory'
    )


def test_programs_of_the_cluster_are_on_the_path_of_scripts(emrsim: Emulator) -> None:
    put(emrsim, "in", "x\ny\n")
    line = (
        "hadoop jar /home/hadoop/contrib/streaming/hadoop-streaming.jar -input s3://b/in -output s3://b/out"
    )

    run = Run(emrsim, command("sh", "-c", f"{line} -mapper cat -reducer 'wc -l' && echo done"))

    assert run.state == "COMPLETED", run.wrote("stderr")
    assert (emrsim.root / "b" / "out" / "part-00000").read_text().split() == ["2"]
    assert "Running job: job_" in run.wrote("syslog")


def test_each_hadoop_job_of_a_step_has_a_number_of_its_own(emrsim: Emulator) -> None:
    put(emrsim, "in", "x\n")
    job = "hadoop-streaming -input s3://b/in -output s3://b/out{} -mapper cat"

    run = Run(emrsim, command("sh", "-c", f"{job.format(1)} && {job.format(2)}"), ReleaseLabel="emr-5.36.0")

    numbers = {line.split("_")[-1] for line in run.wrote("syslog").split() if line.startswith("job_")}
    assert {"0001", "0002"} <= numbers


def test_no_credentials_of_the_host_leak_into_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "host-secret")
    monkeypatch.setenv("GITHUB_TOKEN", "host-secret")
    monkeypatch.setenv("LC_ALL", "C")

    with Emulator(tmp_path / "s3", first_step_seconds=0) as emulator:
        run = Run(emulator, command("env"))
        seen = dict(line.split("=", 1) for line in run.wrote().splitlines())

        assert "host-secret" not in seen.values()
        assert seen["LC_ALL"] == "C"
        assert seen["AWS_ENDPOINT_URL"] == emulator.url
    assert seen["HOME"].endswith(f"{run.cluster.id}/home")


def test_variables_that_are_named_are_passed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX", "here")

    with Emulator(tmp_path / "s3", first_step_seconds=0, pass_env=["PIP_INDEX"]) as emulator:
        run = Run(emulator, command("sh", "-c", "echo $PIP_INDEX"))

    assert run.wrote() == "here\n"


def test_each_step_has_a_working_directory_of_its_own_that_goes_with_it(emrsim: Emulator) -> None:
    script = "pwd; touch litter; ls; touch $TMPDIR/t"

    run = Run(emrsim, command("sh", "-c", script), command("sh", "-c", script))

    folder, *names = run.wrote().split()
    assert names == ["litter"]
    assert folder.endswith(run.step.id)
    assert not Path(folder).exists()


def test_nothing_of_a_cluster_but_its_logs_is_left_when_it_ends(emrsim: Emulator) -> None:
    steps = [command("sh", "-c", "echo x > $HOME/file")]

    run = Run(emrsim, *steps, Instances={"MasterInstanceType": "m1.large", "InstanceCount": 1})
    wait_until(lambda: run.cluster.ended_at is not None)

    assert sorted(os.listdir(run.folder)) == ["steps"]


def test_folders_stay_where_that_is_asked_for(tmp_path: Path) -> None:
    with Emulator(tmp_path / "s3", first_step_seconds=0, keep=True) as emulator:
        instances = {"MasterInstanceType": "m1.large", "InstanceCount": 1}
        run = Run(emulator, command("sh", "-c", "touch here; touch ~/at-home"), Instances=instances)
        wait_until(lambda: run.cluster.ended_at is not None)

    assert (run.folder / "work" / run.step.id / "here").exists()
    assert (run.folder / "home" / "at-home").exists()


def test_a_missing_jar_is_told_in_the_controller_log(emrsim: Emulator) -> None:
    run = Run(emrsim, jar_step("s3://b/missing.jar"))

    assert run.state == "FAILED"
    assert "INFO Failed to download: s3://b/missing.jar" in run.wrote("controller")
    assert "java.io.FileNotFoundException: " in run.wrote("controller")


def test_configurations_reach_streaming_jobs_and_the_environment(emrsim: Emulator) -> None:
    put(emrsim, "in", "x\n")
    configurations = [
        {"Classification": "mapred-site", "Properties": {"mapreduce.job.reduces": "3"}},
        {
            "Classification": "hadoop-env",
            "Configurations": [{"Classification": "export", "Properties": {"GREETING": "hello"}}],
        },
    ]
    job = "hadoop-streaming -input s3://b/in -output s3://b/out -mapper cat -reducer cat"

    run = Run(
        emrsim,
        command("sh", "-c", f"{job}; echo $GREETING"),
        ReleaseLabel="emr-5.36.0",
        Configurations=configurations,
    )

    assert run.wrote() == "hello\n"
    assert len(list((emrsim.root / "b" / "out").glob("part-*"))) == 3


def test_properties_of_a_streaming_step_are_properties_of_its_job(emrsim: Emulator) -> None:
    put(emrsim, "in", "x\n")
    args = ["-input", "s3://b/in", "-output", "s3://b/out", "-mapper", "cat", "-reducer", "cat"]
    properties = [{"Key": "mapred.reduce.tasks", "Value": "2"}]

    run = Run(
        emrsim, jar_step("/home/hadoop/contrib/streaming/hadoop-streaming.jar", *args, Properties=properties)
    )

    assert run.state == "COMPLETED", run.wrote("stderr")
    assert len(list((emrsim.root / "b" / "out").glob("part-*"))) == 2


def bootstrap(path: str, *args: str) -> dict[str, Any]:
    return {"Name": "prepare", "ScriptBootstrapAction": {"Path": path, "Args": list(args)}}


def test_bootstrap_actions_run_in_order_before_the_first_step(emrsim: Emulator) -> None:
    first = put(emrsim, "one.sh", '#!/bin/sh\necho "one $*" >> ~/log; echo said\n')
    second = put(emrsim, "two.sh", "#!/bin/sh\necho two >> ~/log\n")

    run = Run(
        emrsim,
        command("sh", "-c", "cat ~/log"),
        BootstrapActions=[bootstrap(first, "a", "b c"), bootstrap(second)],
    )

    assert run.wrote() == "one a b c\ntwo\n"
    assert run.cluster.master is not None
    logs = run.folder / "node" / run.cluster.master.ec2_id / "bootstrap-actions"
    assert (logs / "1" / "stdout").read_text() == "said\n"
    assert "Execution ended with ret val 0" in (logs / "2" / "controller").read_text()


def test_a_bootstrap_action_that_fails_ends_the_cluster(emrsim: Emulator) -> None:
    script = put(emrsim, "bad.sh", "#!/bin/sh\necho no luck >&2\nexit 3\n")

    run = Run(emrsim, command("true"), BootstrapActions=[bootstrap(script)], LogUri="s3://b/logs")
    wait_until(lambda: run.cluster.ended_at is not None)

    assert run.cluster.master is not None
    master = run.cluster.master.ec2_id
    assert (run.cluster.state.value, run.cluster.reason.code) == ("FAILED", "BOOTSTRAP_FAILURE")
    assert run.cluster.reason.message == (
        f"On the master instance ({master}), bootstrap action 1 returned a non-zero return code"
    )
    assert run.state == "CANCELLED"
    logs = emrsim.root / "b" / "logs" / run.cluster.id / "node" / master / "bootstrap-actions" / "1"
    assert (logs / "stderr").read_text() == "no luck\n"
    assert "ERROR Execution failed with code '3'" in (logs / "controller").read_text()


def test_a_bootstrap_action_that_is_not_there_ends_the_cluster(emrsim: Emulator) -> None:
    run = Run(emrsim, command("true"), BootstrapActions=[bootstrap("s3://b/none.sh")])

    assert run.cluster.reason.message.endswith(
        "failed attempting to download bootstrap action 1 file from S3"
    )


def test_terminating_during_bootstrap_ends_the_actions_processes(emrsim: Emulator) -> None:
    script = put(emrsim, "long.sh", "#!/bin/sh\necho $$ > ~/pid\nexec sleep 600\n")
    emr = Caller(emrsim.port, "json")
    cluster_id = emr.run(BootstrapActions=[bootstrap(script)])
    cluster = emrsim.running.state.clusters[cluster_id]
    pid_file = emrsim.data / "clusters" / cluster_id / "home" / "pid"
    wait_until(lambda: pid_file.exists() and pid_file.read_text().endswith("\n"))
    pid = int(pid_file.read_text())

    emr.call("TerminateJobFlows", JobFlowIds=[cluster_id])
    wait_until(lambda: cluster.ended_at is not None)

    assert cluster.state.value == "TERMINATED"
    assert not Path(f"/proc/{pid}").exists()


@pytest.mark.parametrize(
    ("condition", "expected"), [("instance.isMaster=true", "ran\n"), ("instance.isMaster=false", "")]
)
def test_run_if_runs_its_command_where_the_condition_holds(
    emrsim: Emulator, condition: str, expected: str
) -> None:
    action = bootstrap("s3://elasticmapreduce/bootstrap-actions/run-if", condition, "echo ran >> ~/log")

    run = Run(emrsim, command("sh", "-c", "touch ~/log; cat ~/log"), BootstrapActions=[action])

    assert run.wrote() == expected


def test_configure_hadoop_settings_reach_streaming_jobs(emrsim: Emulator) -> None:
    put(emrsim, "in", "x\n")
    file = put(
        emrsim,
        "site.xml",
        "<configuration><property><name>my.own</name><value>v</value></property></configuration>",
    )
    action = bootstrap(
        "s3n://elasticmapreduce/bootstrap-actions/configure-hadoop", "-m", "mapred.reduce.tasks=2", "-M", file
    )
    args = [
        "-input",
        "s3://b/in",
        "-output",
        "s3://b/out",
        "-mapper",
        "sh -c 'echo $my_own'",
        "-reducer",
        "cat",
    ]

    run = Run(
        emrsim,
        jar_step("/home/hadoop/contrib/streaming/hadoop-streaming.jar", *args),
        BootstrapActions=[action],
    )

    parts = sorted((emrsim.root / "b" / "out").glob("part-*"))
    assert run.state == "COMPLETED", run.wrote("stderr")
    assert len(parts) == 2
    assert "v\t\n" in "".join(part.read_text() for part in parts)


def test_configure_daemons_is_taken_and_a_bad_option_refused(emrsim: Emulator) -> None:
    uri = "s3://elasticmapreduce/bootstrap-actions/configure-daemons"

    good = Run(emrsim, command("true"), BootstrapActions=[bootstrap(uri, "--namenode-heap-size=2048")])
    bad = Run(emrsim, command("true"), BootstrapActions=[bootstrap(uri, "--no-such-daemon=1")])

    assert good.state == "COMPLETED"
    assert bad.cluster.reason.code == "BOOTSTRAP_FAILURE"


def test_a_bootstrap_action_of_emrs_that_is_not_built_fails_with_its_name(emrsim: Emulator) -> None:
    uri = "s3://elasticmapreduce/bootstrap-actions/install-something"

    run = Run(emrsim, command("true"), BootstrapActions=[bootstrap(uri)])

    assert run.cluster.master is not None
    logs = run.folder / "node" / run.cluster.master.ec2_id / "bootstrap-actions" / "1"
    assert "install-something" in (logs / "stderr").read_text()


def test_the_masters_description_is_where_scripts_look(emrsim: Emulator) -> None:
    run = Run(emrsim, command("cat", "/mnt/var/lib/info/job-flow.json"))

    assert json.loads(run.wrote())["jobFlowId"] == run.cluster.id


def kernel_shows_folders() -> bool:
    """Whether this machine lets a process have mounts of its own, and has no /home/hadoop."""
    script = (
        "import sys; from emrsim.programs.view.mounts import can_show; sys.exit(not can_show(sys.argv[1]))"
    )
    with tempfile.TemporaryDirectory() as folder:
        shown = subprocess.run([sys.executable, "-c", script, folder], check=False).returncode == 0
    return shown and not Path("/home/hadoop").exists()


@pytest.mark.skipif(
    not kernel_shows_folders(),
    reason="no mount namespaces here, or there is a /home/hadoop: run as root, or on another machine",
)
def test_scripts_see_the_clusters_folders_where_emr_has_them(emrsim: Emulator) -> None:
    action = put(
        emrsim, "a.sh", "#!/bin/sh\necho kept > /home/hadoop/file; mkdir -p /mnt/data; echo m > /mnt/data/f\n"
    )
    put(emrsim, "in", "x\n")
    mapper = "sh -c 'cat > /dev/null; cat /home/hadoop/file /mnt/data/f'"
    args = ["-input", "s3://b/in", "-output", "s3://b/out", "-mapper", mapper, "-D", "mapred.map.tasks=1"]
    hosts = set(os.listdir("/home"))

    run = Run(
        emrsim,
        command("sh", "-c", "cat /home/hadoop/file /mnt/data/f; ls /home"),
        jar_step("/home/hadoop/contrib/streaming/hadoop-streaming.jar", *args[6:], *args[:6]),
        BootstrapActions=[bootstrap(action)],
    )

    first = next(iter(run.cluster.steps))
    wrote = (run.folder / "steps" / first / "stdout").read_text().split()
    assert wrote[:2] == ["kept", "m"]
    assert hosts | {"hadoop"} == set(wrote[2:])
    assert "kept" in (emrsim.root / "b" / "out" / "part-00000").read_text()
    assert not Path("/home/hadoop").exists()


def test_sudo_runs_its_command_with_the_rights_there_are(emrsim: Emulator) -> None:
    run = Run(
        emrsim, command("sh", "-c", 'sudo -u root -E GREETING=hello sh -c "echo $0 \\$GREETING"; id -u')
    )

    assert run.wrote().split() == ["sh", "hello", str(os.getuid())]


def test_a_step_that_traps_its_cancellation_and_exits_with_0_is_not_completed(emrsim: Emulator) -> None:
    script = f"trap 'exit 0' TERM; touch {emrsim.root}/ready; while :; do sleep 0.05; done"
    emr = Caller(emrsim.port, "json")
    cluster_id = emr.run(Steps=[command("bash", "-c", script)], ReleaseLabel="emr-5.36.0")
    wait_until((emrsim.root / "ready").exists)
    step = emr.call("ListSteps", ClusterId=cluster_id)["Steps"][0]["Id"]

    emr.call("CancelSteps", ClusterId=cluster_id, StepIds=[step])

    assert emrsim.wait(step) == "CANCELLED"
    controller = emrsim.data / "clusters" / cluster_id / "steps" / step / "controller"
    assert "Step succeeded" not in controller.read_text()


def test_a_jar_that_a_bootstrap_action_put_on_the_master_is_looked_for_there(emrsim: Emulator) -> None:
    action = put(emrsim, "a.sh", "#!/bin/sh\nmkdir -p ~/lib; echo no zip > ~/lib/own.jar\n")

    run = Run(emrsim, jar_step("/home/hadoop/lib/own.jar", "x"), BootstrapActions=[bootstrap(action)])

    assert run.step.failure is not None
    assert "Failed to download" not in run.wrote("controller")
    assert "No such file" not in run.step.failure.message


def test_hdfs_paths_of_commands_stay_what_they_are(emrsim: Emulator) -> None:
    run = Run(
        emrsim, command("hadoop", "fs", "-mkdir", "-p", "/mnt/out"), command("hadoop", "fs", "-ls", "/mnt")
    )

    assert run.state == "COMPLETED", run.wrote("stderr")
    assert run.wrote().endswith("/mnt/out\n")


def test_secrets_are_not_written_to_the_logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEPLOY_TOKEN", "my-token")

    with Emulator(tmp_path / "s3", first_step_seconds=0, pass_env=["DEPLOY_TOKEN"]) as emulator:
        run = Run(emulator, command("sh", "-c", "echo $DEPLOY_TOKEN"))

    assert run.wrote() == "my-token\n"
    assert "my-token" not in run.wrote("controller")


def test_logs_that_cannot_be_copied_do_not_hold_a_step_up(emrsim: Emulator) -> None:
    (emrsim.root / "b").mkdir()
    script = "mkfifo $HADOOP_LOG_DIR/pipe; ln -s nowhere $HADOOP_LOG_DIR/link; echo said"

    run = Run(emrsim, command("sh", "-c", script), LogUri="s3://b/logs", ReleaseLabel="emr-5.36.0")

    assert run.state == "COMPLETED"
    logs = emrsim.root / "b" / "logs" / run.cluster.id / "steps" / run.step.id
    names = ["controller.gz", "stderr.gz", "stdout.gz", "syslog.gz"]
    assert sorted(path.name for path in logs.iterdir()) == names


@pytest.mark.parametrize(
    ("mapper", "reason"),
    [
        ("sh -c 'kill -9 $$'", "Killed."),
        (f"{sys.executable} -c 'raise MemoryError'", "Out of memory."),
    ],
)
def test_the_reason_of_a_failed_task_is_told(emrsim: Emulator, mapper: str, reason: str) -> None:
    put(emrsim, "in", "x\n")

    run = Run(
        emrsim, command("hadoop-streaming", "-input", "s3://b/in", "-output", "s3://b/o", "-mapper", mapper)
    )

    assert run.step.failure is not None
    assert run.step.failure.reason == reason


def test_properties_of_a_step_are_added_to_javas_options_of_the_cluster(emrsim: Emulator) -> None:
    put(emrsim, "in", "x\n")
    export = {"Classification": "export", "Properties": {"HADOOP_OPTS": "-Dmapred.reduce.tasks=2"}}
    args = [
        "hadoop-streaming",
        "-input",
        "s3://b/in",
        "-output",
        "s3://b/out",
        "-mapper",
        "sh -c 'echo $my_own'",
    ]

    run = Run(
        emrsim,
        jar_step(
            "command-runner.jar", *args, "-reducer", "cat", Properties=[{"Key": "my.own", "Value": "v"}]
        ),
        ReleaseLabel="emr-5.36.0",
        Configurations=[{"Classification": "hadoop-env", "Configurations": [export]}],
    )

    parts = sorted((emrsim.root / "b" / "out").glob("part-*"))
    assert run.state == "COMPLETED", run.wrote("stderr")
    assert (len(parts), "".join(part.read_text() for part in parts).split()[0]) == (2, "v")


def test_a_daemon_that_a_bootstrap_action_starts_lives_as_long_as_the_cluster(emrsim: Emulator) -> None:
    daemon = "setsid sh -c 'echo $$ > ~/pid; exec sleep 600' > /dev/null 2>&1 &"
    action = put(emrsim, "a.sh", f"#!/bin/sh\n{daemon}\nuntil [ -s ~/pid ]; do :; done\n")
    run = Run(emrsim, command("sh", "-c", "kill -0 $(cat ~/pid)"), BootstrapActions=[bootstrap(action)])
    pid = int((run.folder / "home" / "pid").read_text())
    assert run.state == "COMPLETED", run.wrote("stderr")

    Caller(emrsim.port, "json").call("TerminateJobFlows", JobFlowIds=[run.cluster.id])
    wait_until(lambda: run.cluster.ended_at is not None)

    wait_until(lambda: not Path(f"/proc/{pid}").exists())
