"""Paths of S3 and HDFS as Hadoop's Path reads them, and folders that Hadoop 1 makes."""

from __future__ import annotations

import pytest

from emrsim import Emulator
from tests.service.test_steps_on_the_master import Run, command, put

RELEASE = {"ReleaseLabel": "emr-5.36.0"}


@pytest.mark.parametrize(
    "uri",
    [
        "s3://b//logs/a",
        "s3n://b///logs//a",
        "s3a://b/logs/./a",
        "s3://b/x/../logs/a",
        "s3://b/./logs/y/z/../../a",
        "s3://b//logs//",
        "s3://b/logs/a/..",
    ],
)
@pytest.mark.parametrize(
    "line", ["hadoop fs -ls {uri}", "s3-dist-cp --src {uri} --dest /copy", "hadoop fs -cp {uri} /copy"]
)
def test_slashes_and_dots_of_uris_are_resolved(emrsim: Emulator, uri: str, line: str) -> None:
    put(emrsim, "logs/a", "text\n")

    run = Run(emrsim, command("bash", "-c", line.format(uri=uri)), **RELEASE)

    assert run.state == "COMPLETED", run.wrote("stderr")


def test_a_streaming_job_takes_such_uris_for_input_output_and_files(emrsim: Emulator) -> None:
    put(emrsim, "in/a", "text\n")
    put(emrsim, "bin/m.sh", "#!/bin/sh\ncat\n")
    words = [
        "-files",
        "s3://b//bin//m.sh",
        "-mapper",
        "m.sh",
        "-input",
        "s3://b//in",
        "-output",
        "s3://b/o//x/../y",
    ]

    run = Run(emrsim, command("hadoop-streaming", *words), **RELEASE)

    assert run.state == "COMPLETED", run.wrote("stderr")
    assert (emrsim.root / "b" / "o" / "y" / "part-00000").read_text() == "text\t\n"


@pytest.mark.parametrize("uri", ["s3://b/../other/x", "s3://b/a/../../../x"])
def test_a_uri_that_leaves_its_bucket_is_rejected(emrsim: Emulator, uri: str) -> None:
    put(emrsim, "x", "")

    run = Run(emrsim, command("hadoop", "fs", "-cat", uri), **RELEASE)

    assert run.state == "FAILED"


@pytest.mark.parametrize(
    "line",
    [
        "hadoop fs -put f /no/such/folder/f && hadoop fs -cat /no/such/folder/f",
        "hadoop fs -mkdir /no/such/folder && hadoop fs -ls /no/such",
        "hadoop fs -cp s3://b/x deep/er/x && hadoop fs -cat /user/hadoop/deep/er/x",
    ],
)
def test_hadoop_1_makes_the_folders_above(emrsim: Emulator, line: str) -> None:
    put(emrsim, "x", "text\n")

    old = Run(emrsim, command("bash", "-c", f"echo x > f; {line}"))
    new = Run(emrsim, command("bash", "-c", f"echo x > f; {line}"), **RELEASE)

    assert old.state == "COMPLETED", old.wrote("stderr")
    assert new.state == "FAILED"
    assert "No such file or directory" in new.wrote("stderr")
