"""Why a step failed, read from what it wrote."""

from __future__ import annotations

import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from emrsim.service.failures import explain


def explained(folder: Path, stderr: str, **others: str) -> Any:
    for name, text in {"stderr": stderr, **others}.items():
        (folder / name).write_text(text)
    job: Any = SimpleNamespace(log_folder=folder, task_log_folder=folder / "tasks")
    return explain(job, 1, str)


@pytest.mark.parametrize(
    "written",
    [
        "a" * 65_000,
        "a." * 32_000,
        "Output directory " * 3_800,
        "Input Pattern " * 4_600,
        "-x" * 32_000,
        'Exception in thread "' * 3_000,
        'Exception in thread "\n' * 3_000,
        "Traceback (most recent call last):\n" * 1_800,
        "Traceback (most recent call last):\n" + " x\n" * 20_000,
        "ERROR " * 10_000,
        "ERROR a (" * 7_000,
    ],
    ids=lambda text: text[:20].strip(),
)
def test_whatever_a_program_writes_is_read_in_no_time(tmp_path: Path, written: str) -> None:
    used = time.process_time()

    explained(tmp_path, written)

    assert time.process_time() - used < 1


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (
            "x org.apache.hadoop.mapred.FileAlreadyExistsException: Output directory s3://b/o already exists",
            "org.apache.hadoop.mapred.FileAlreadyExistsException: Output directory s3://b/o already exists",
        ),
        ("Output directory s3://b/o already exists", "Output directory s3://b/o already exists"),
        (
            "ERROR: org.apache.InvalidInputException: Input Pattern s3://b/* matches 0 files",
            "org.apache.InvalidInputException: Input Pattern s3://b/* matches 0 files",
        ),
    ],
)
def test_the_message_has_the_name_of_the_exception(tmp_path: Path, said: str, message: str) -> None:
    assert explained(tmp_path, said).message == message


def task_failure(error: str, attempt: str = "attempt_1_0001_m_000000_3") -> str:
    head = "2026-05-03 21:14:02,123 INFO org.apache.hadoop.mapreduce.Job (main): "
    end = "2026-05-03 21:14:02,123 ERROR org.apache.hadoop.streaming.StreamJob (main): Job not Successful!\n"
    return f"{head}Task Id : {attempt}, Status : FAILED\nError: {error}\n{end}"


@pytest.mark.parametrize(
    ("error", "message"),
    [
        ("java.io.IOException: not a gzip file: /s3/b/x.gz", None),
        ("failed to report status for 600 seconds. Killing!", None),
        ("java.io.IOException: Broken pipe", None),
        ('java.lang.NumberFormatException: For input string: "x"', None),
        (
            "java.lang.RuntimeException: Error in configuring object\nCaused by: java.io.IOException: "
            'Cannot run program "x": error=2, No such file or directory: why',
            'java.io.IOException: Cannot run program "x": error=2, No such file or directory: why',
        ),
    ],
)
def test_the_error_of_a_task_is_the_message(tmp_path: Path, error: str, message: str | None) -> None:
    said = explained(tmp_path, "Streaming Command Failed!\n", syslog=task_failure(error))

    assert said.message == (message or error)


def test_the_attempt_that_failed_the_job_is_the_one_that_is_told_of(tmp_path: Path) -> None:
    error = "java.lang.RuntimeException: PipeMapRed.waitOutputThreads(): subprocess failed with code 1"
    for number, text in enumerate(("Traceback (most recent call last):\n  x\nKeyError: 'first'\n", "last\n")):
        folder = tmp_path / f"tasks/attempt_{number}"
        folder.mkdir(parents=True)
        (folder / "stderr").write_text(f"{text}26/11/30 08:53:26 INFO x: nothing\nemrsim: a note\n")
    syslog = task_failure(error, "attempt_0") + task_failure(error, "attempt_1")

    said = explained(tmp_path, "", syslog=syslog)

    assert said.message == "PipeMapRed.waitOutputThreads(): subprocess failed with code 1: last"


CHAIN = """Traceback (most recent call last):
  File "x.py", line 1, in <module>
KeyError: 'a'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "x.py", line 3, in <module>
ValueError: the data is wrong
"""
INFO = "26/11/30 08:53:26 INFO SparkContext: Successfully stopped SparkContext\n"


@pytest.mark.parametrize(
    ("stderr", "stdout", "message"),
    [
        (INFO, CHAIN, "ValueError: the data is wrong"),
        (f'Exception in thread "main" org.apache.spark.SparkException: exited with 1\n{INFO}', CHAIN,
         "ValueError: the data is wrong"),
        (f"disk is full\n{INFO}", "", "disk is full"),
        ("disk is full\nINFO:root:done\n2026-05-03 21:14:02,123 WARN a.B (main): x\n", "", "disk is full"),
        (INFO, "the reason\n", "the reason"),
        (INFO, "", "The step ended with exit code 1."),
        (
            "[TABLE_OR_VIEW_NOT_FOUND] The table `nosuch` cannot be found. SQLSTATE: 42P01; line 1 pos 14;\n"
            "'Project [*]\n+- 'UnresolvedRelation [nosuch], [], false\n\n", "",
            "[TABLE_OR_VIEW_NOT_FOUND] The table `nosuch` cannot be found. SQLSTATE: 42P01; line 1 pos 14;",
        ),
        ("FAILED: ParseException line 1:0 cannot recognize input\n" + INFO, "",
         "FAILED: ParseException line 1:0 cannot recognize input"),
    ],
)  # fmt: skip
def test_the_error_is_told_and_not_the_log_around_it(
    tmp_path: Path, stderr: str, stdout: str, message: str
) -> None:
    assert explained(tmp_path, stderr, stdout=stdout).message == message
