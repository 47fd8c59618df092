"""The input files of a job."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.mapreduce.jobs import Jobs


def test_the_input_file_has_the_scheme_that_was_written(jobs: Jobs) -> None:
    jobs.write("s3/data/in/0001", "a\n")

    ended = jobs.words(
        *("-D", "mapred.map.tasks=1", "-input", "s3n://data/in/*", "-output", "out"),
        *("-mapper", "printenv mapreduce_map_input_file", "-numReduceTasks", "0"),
    )

    assert ended.text() == b"s3n://data/in/0001\t\n"


def test_a_link_out_of_the_root_is_refused(jobs: Jobs) -> None:
    jobs.write("secret/file", "a\n")
    (jobs.root / "data").mkdir()
    (jobs.root / "data/link").symlink_to(jobs.folder / "secret")

    ended = jobs.words("-input", "s3://data/link/*", "-output", "out", "-mapper", "cat")

    assert ended.code == 5
    assert not ended.output.exists()


def test_a_missing_bucket_is_a_missing_input(jobs: Jobs) -> None:
    ended = jobs.words("-input", "s3://nowhere/in", "-output", "out", "-mapper", "cat")

    assert ended.code == 5
    assert "Input path does not exist" in ended.said


@pytest.mark.parametrize("recursive", [False, True])
@pytest.mark.parametrize("pattern", ["s3://data/in", "s3://data/in/*", "s3://data/{in,in}", "s3://data/i?/"])
def test_a_link_in_an_input_folder_that_leads_out_is_refused(
    jobs: Jobs, pattern: str, recursive: bool
) -> None:
    secret = jobs.write("secret/file", "TOPSECRET\n")
    jobs.write("s3/data/in/0001", "a\n")
    link = jobs.root / "data/in/evil"
    link.symlink_to(secret.parent if recursive else secret)

    ended = jobs.words(
        *("-D", f"mapred.input.dir.recursive={str(recursive).lower()}"),
        *("-input", pattern, "-output", "out", "-mapper", "cat"),
    )

    assert ended.code == 5
    assert "symbolic link" in ended.said
    assert not ended.output.exists()


def test_links_that_lead_back_to_their_own_folder_end(jobs: Jobs) -> None:
    jobs.write("s3/data/in/0001", "a\n")
    for name in ("one", "two"):
        (jobs.root / "data/in" / name).symlink_to(jobs.root / "data/in")

    ended = jobs.words(
        *("-D", "mapred.input.dir.recursive=true", "-numReduceTasks", "0"),
        *("-input", "s3://data/in", "-output", "out", "-mapper", "cat"),
    )

    assert ended.code == 0, ended.said
    assert ended.text() == b"a\t\n"


def test_a_link_that_stays_within_is_followed(jobs: Jobs) -> None:
    jobs.write("s3/data/other/file", "a\n")
    (jobs.root / "data/in").mkdir()
    (jobs.root / "data/in/link").symlink_to(jobs.root / "data/other/file")

    ended = jobs.words("-input", "s3://data/in", "-output", "out", "-mapper", "cat", "-numReduceTasks", "0")

    assert ended.code == 0, ended.said
    assert ended.text() == b"a\t\n"


def _dangling(path: Path) -> None:
    path.symlink_to("nowhere")


@pytest.mark.parametrize("make", [os.mkfifo, _dangling])
def test_what_is_no_file_is_refused_and_not_waited_for(jobs: Jobs, make: Callable[[Path], None]) -> None:
    jobs.write("in/0001", "a\n")
    make(jobs.folder / "in/odd")

    ended = jobs.run("-mapper", "cat")

    assert ended.code == 5
    assert "in/odd" in ended.said
