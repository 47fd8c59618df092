"""Why a step failed, read from what it wrote."""

from __future__ import annotations

import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from emrsim.service.failures import explain


def explained(folder: Path, stderr: str) -> Any:
    (folder / "stderr").write_text(stderr)
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
