"""The input files of a job."""

from __future__ import annotations

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
