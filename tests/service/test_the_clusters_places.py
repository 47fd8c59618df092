"""What jobs find at the places that EMR's machines have: seen there, or mapped where words name them."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest

from emrsim import Emulator
from emrsim.service.world import World
from tests.service.test_steps_on_the_master import (
    SCRIPT_RUNNER,
    Run,
    bootstrap,
    command,
    jar_step,
    kernel_shows_folders,
    put,
)

RELEASE: dict[str, Any] = {"ReleaseLabel": "emr-5.36.0"}


@pytest.fixture(params=["shown", "mapped"])
def places(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """A kernel that allows private mounts, and one that allows none."""
    if request.param == "shown" and not kernel_shows_folders():
        pytest.skip("no mount namespaces here: run as root, or on another machine")
    if request.param == "mapped":
        monkeypatch.setattr(World, "is_shown", lambda world: False)
    return str(request.param)


@pytest.mark.parametrize(
    "name",
    [
        "hadoop/conf/core-site.xml",
        "hadoop/conf/yarn-site.xml",
        "hive/conf/hive-site.xml",
        "spark/conf/spark-defaults.conf",
        "spark/conf/spark-env.sh",
    ],
)
def test_each_cluster_has_its_settings_files(emrsim: Emulator, places: str, name: str) -> None:
    run = Run(emrsim, command("cat", f"/etc/{name}"), **RELEASE)

    assert run.state == "COMPLETED", said_failed(run)


def said_failed(run: Run) -> str:
    return f"{run.wrote('stderr')}\n{run.wrote('controller')}"


@pytest.mark.parametrize(
    "words",
    [
        ("cat", "/etc/hadoop/conf/core-site.xml"),
        ("bash", "-c", "cat </etc/hadoop/conf/core-site.xml"),
        ("bash", "-c", "x=/etc/hadoop/conf/core-site.xml; cat $x"),
        ("sudo", "cat", "/etc/hadoop/conf/core-site.xml"),
        ("sudo", "-u", "hadoop", "bash", "-c", "cd /etc/hadoop/conf && cat core-site.xml"),
        ("/bin/cat", "/etc/hadoop/conf/../conf/core-site.xml"),
    ],
)
def test_settings_are_where_emr_has_them(emrsim: Emulator, places: str, words: tuple[str, ...]) -> None:
    site = [{"Classification": "core-site", "Properties": {"my.own": "v"}}]

    run = Run(emrsim, command(*words), Configurations=site, **RELEASE)

    assert run.state == "COMPLETED", said_failed(run)
    assert "my.own" in run.wrote()


def test_settings_that_a_bootstrap_action_edits_are_obeyed(emrsim: Emulator, places: str) -> None:
    if places == "mapped":
        pytest.skip("a path inside a script cannot be mapped there")
    put(emrsim, "in", "x\n")
    action = put(
        emrsim,
        "edit.sh",
        "#!/bin/bash -e\n"
        "sudo sed -i 's/<value>1</<value>3</' /etc/hadoop/conf/mapred-site.xml\n"
        "echo 'export GREETING=hello' | sudo tee -a /etc/hadoop/conf/hadoop-env.sh\n",
    )
    site = [{"Classification": "mapred-site", "Properties": {"mapreduce.job.reduces": "1"}}]
    job = ["-input", "s3://b/in", "-output", "s3://b/out", "-mapper", "cat", "-reducer", "cat"]

    run = Run(
        emrsim,
        command("hadoop-streaming", *job),
        BootstrapActions=[bootstrap(action)],
        Configurations=site,
        **RELEASE,
    )

    assert run.state == "COMPLETED", said_failed(run)
    assert len(list((emrsim.root / "b" / "out").glob("part-*"))) == 3


@pytest.mark.parametrize(
    "words",
    [
        ("/usr/bin/hadoop", "fs", "-ls", "/"),
        ("/home/hadoop/bin/hadoop", "fs", "-ls", "/"),
        ("/usr/lib/hadoop/bin/hadoop", "fs", "-ls", "/"),
        ("/usr/bin/hdfs", "dfs", "-ls", "/"),
        ("sudo", "/usr/bin/hdfs", "dfs", "-ls", "/"),
        ("bash", "-c", "/usr/bin/hadoop fs -ls / && true"),
        ("bash", "-lc", "hadoop fs -ls /"),
        ("su", "-", "hadoop", "-c", "hadoop fs -ls /"),
        ("env", "/usr/bin/hadoop", "fs", "-ls", "/"),
    ],
)
def test_programs_are_there_by_their_paths(emrsim: Emulator, places: str, words: tuple[str, ...]) -> None:
    by_command, by_script = (
        Run(emrsim, command(*words), **RELEASE),
        Run(emrsim, jar_step(SCRIPT_RUNNER, *words)) if words[0].startswith("/") else None,
    )

    assert by_command.state == "COMPLETED", said_failed(by_command)
    assert "/user" in by_command.wrote()
    assert by_script is None or by_script.state == "COMPLETED"


@pytest.mark.parametrize(
    "jar",
    [
        "/home/hadoop/contrib/streaming/hadoop-*streaming*.jar",
        "/usr/lib/hadoop-mapreduce/hadoop-streaming-*.jar",
        "/usr/lib/hadoop-mapreduce/hadoop-streaming*.jar",
        "/usr/lib/hadoop*/hadoop-streaming.jar",
        "/home/hadoop/contrib/streaming/*.jar",
        "$HADOOP_HOME/contrib/streaming/hadoop-*streaming*.jar",
        "$(ls /home/hadoop/contrib/streaming/hadoop-streaming*.jar | head -1)",
        "$(find /usr/lib/hadoop-mapreduce /home/hadoop -name 'hadoop*streaming*.jar' -type f | tail -1)",
        "$(find $HADOOP_HOME/ -name 'hadoop*streaming*.jar' | head -1)",
    ],
)
@pytest.mark.parametrize("era", [{}, RELEASE], ids=["AMI", "release"])
def test_the_streaming_jar_is_found(emrsim: Emulator, places: str, jar: str, era: dict[str, Any]) -> None:
    if era and "ls /home/hadoop/contrib" in jar:
        pytest.skip("an AMI's place")
    put(emrsim, "in", "x\n")
    line = f"hadoop jar {jar} -input s3://b/in -output s3://b/out -mapper cat"

    run = Run(emrsim, command("bash", "-c", line), **era)

    assert run.state == "COMPLETED", said_failed(run)
    assert (emrsim.root / "b" / "out" / "part-00000").read_text() == "x\t\n"


def test_hadoops_examples_are_run_though_there_is_a_file_of_their_name(emrsim: Emulator, places: str) -> None:
    run = Run(emrsim, jar_step("/usr/lib/hadoop-mapreduce/hadoop-mapreduce-examples.jar"), **RELEASE)

    assert "Unknown program" not in run.wrote("stderr")
    assert "RunJar" not in said_failed(run)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("grep isMaster /mnt/var/lib/info/instance.json | grep false || echo master", "master"),
        ("grep isMaster /mnt/var/lib/info/instance.json | cut -d: -f2 | tr -d ' ,'", "true"),
        ("grep -q 'isMaster.*false' /mnt/var/lib/info/instance.json; echo $?", "1"),
        ("grep -c region /mnt/var/lib/info/extraInstanceData.json", "1"),
        ("grep -o 'status: SUCCESSFUL' /mnt/var/lib/info/job-flow-state.txt", "status: SUCCESSFUL"),
        ("grep -c jobFlowId /emr/instance-controller/lib/info/job-flow.json", "1"),
        ("grep -q '^  .state.: .RUNNING.' /mnt/var/lib/info/steps/1.json; echo $?", "0"),
        ("cd /home/hadoop && pwd -P | grep -o hadoop || pwd | grep -o home", None),
        ("touch /mnt/tmp/x /mnt/x && ls /mnt/tmp", "x"),
    ],
)
def test_scripts_are_told_of_the_cluster(
    emrsim: Emulator, places: str, line: str, expected: str | None
) -> None:
    run = Run(emrsim, command("bash", "-c", line), **RELEASE)

    assert run.state == "COMPLETED", said_failed(run)
    assert expected is None or run.wrote().strip() == expected


def test_a_step_that_has_ended_is_told_with_its_times(emrsim: Emulator) -> None:
    run = Run(emrsim, command("true"), command("cat", "/mnt/var/lib/info/steps/1.json"), **RELEASE)

    first = json.loads(run.wrote())
    assert first["id"] == next(iter(run.cluster.steps))
    assert first["state"] == "COMPLETED"
    assert first["args"] == ["true"]
    assert first["startDateTime"] <= first["endDateTime"]


@pytest.mark.parametrize(
    "line",
    [
        "hadoop fs -ls",
        "hadoop fs -put f .",
        "hadoop fs -put f f2 && hadoop fs -cat f2",
        "hadoop fs -mkdir input",
        "hadoop fs -put f /tmp/f",
        "hadoop fs -put f /user/hadoop/f",
        "hadoop fs -put /home/hadoop/.bashrc /tmp/profile && hadoop fs -cat /tmp/profile",
        "hadoop fs -put file:///home/hadoop/.bashrc x && hadoop fs -get x /mnt/tmp/y && cat /mnt/tmp/y",
        "hadoop fs -ls /var/log/spark/apps",
        "hadoop fs -mkdir /mnt && hadoop fs -put f /mnt/f && hadoop fs -ls /mnt | grep -q /mnt/f",
    ],
)
def test_hdfs_has_a_home_and_places_for_all(emrsim: Emulator, places: str, line: str) -> None:
    run = Run(emrsim, command("bash", "-e", "-c", f"echo x > f; {line}"), **RELEASE)

    assert run.state == "COMPLETED", said_failed(run)


@pytest.mark.parametrize(
    "script", ["file:/home/hadoop/x.sh", "file:///home/hadoop/x.sh", "/home/hadoop/x.sh"]
)
def test_script_runner_takes_scripts_of_the_master(emrsim: Emulator, places: str, script: str) -> None:
    made = command("bash", "-c", "echo 'echo ran $1' > ~/x.sh; chmod +x ~/x.sh")

    run = Run(emrsim, made, jar_step(SCRIPT_RUNNER, script, "it"))

    assert (run.state, run.wrote()) == ("COMPLETED", "ran it\n"), said_failed(run)


def test_what_the_machine_has_stays_what_it_is(emrsim: Emulator, places: str) -> None:
    run = Run(emrsim, command("sh", "-c", "cat /etc/passwd | grep -c ^root; ls /usr/bin/env /etc/hosts"))

    assert run.wrote().split() == ["1", "/etc/hosts", "/usr/bin/env"]


@pytest.mark.skipif(os.path.exists("/usr/bin/python"), reason="this machine has /usr/bin/python")
@pytest.mark.parametrize(
    "words",
    [
        ("/usr/bin/python", "-c", "print(1)"),
        ("sudo", "/usr/bin/python", "-c", "print(1)"),
        ("/usr/local/bin/python3.2", "-c", "print(1)"),
    ],
)
def test_a_python_that_the_machine_lacks_is_replaced_and_that_is_said(
    emrsim: Emulator, words: tuple[str, ...]
) -> None:
    run = Run(emrsim, command(*words))

    assert (run.state, run.wrote()) == ("COMPLETED", "1\n"), said_failed(run)
    assert "is not on this machine" in run.wrote("stderr")
    assert "is not on this machine" in run.wrote("controller")


@pytest.mark.skipif(os.path.exists("/usr/bin/python"), reason="this machine has /usr/bin/python")
def test_scripts_and_bootstrap_actions_that_ask_for_python_run(emrsim: Emulator) -> None:
    script = put(
        emrsim, "s.py", "#!/usr/bin/python\nimport os\nopen(os.path.expanduser('~/ran'), 'a').write('x')\n"
    )

    run = Run(
        emrsim,
        jar_step(SCRIPT_RUNNER, script),
        command("cat", "/home/hadoop/ran"),
        BootstrapActions=[bootstrap(script)],
    )

    assert run.wrote() == "xx"


def test_a_script_of_python_2_is_not_run_by_python_3(emrsim: Emulator) -> None:
    script = put(emrsim, "s.py", "#!/no/such/python2.7\nprint 7/2\n")

    run = Run(emrsim, jar_step(SCRIPT_RUNNER, script))

    assert run.state == "FAILED"
    assert "Python 3 is not run in its place" in run.wrote("stderr")


def test_a_path_in_a_script_that_could_not_be_shown_is_told(
    emrsim: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(World, "is_shown", lambda world: False)
    script = put(emrsim, "s.sh", "#!/bin/bash -e\ncat /usr/lib/spark/jars/none.jar\n")

    run = Run(emrsim, jar_step(SCRIPT_RUNNER, script))

    assert run.step.failure is not None
    assert "/usr/lib/spark/jars/none.jar is a place of EMR's machines" in run.step.failure.message
    assert "emrsim doctor" in run.wrote("controller")
