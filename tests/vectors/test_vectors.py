"""The recorded results of real Hadoop streaming: of this folder, or of the one that EMRSIM_VECTORS names."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.vectors.cases import CASES, Case, File, pack, read_cases
from tests.vectors.checker import ONE_ATTEMPT, RETRIES, check, groups, parse_counters

ALL = read_cases(Path(os.environ.get("EMRSIM_VECTORS") or CASES))
TOPICS = sorted({case.topic for case in ALL})


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.timeout(600)
def test_results_are_those_of_hadoop(topic: str, tmp_path: Path) -> None:
    assert _failures(f"{sys.executable} -m emrsim streaming {{args}}", topic, RETRIES, tmp_path) == {}


@pytest.mark.timeout(600)
def test_failures_are_those_of_hadoop_with_one_attempt(tmp_path: Path) -> None:
    runner = f"{sys.executable} -m emrsim streaming --one-attempt {{args}}"

    assert _failures(runner, "failure", ONE_ATTEMPT, tmp_path) == {}


def test_a_runner_that_does_nothing_fails_every_case_of_a_topic(tmp_path: Path) -> None:
    topic = [case for case in ALL if case.topic == "wordcount"]

    assert len(_failures("true", "wordcount", RETRIES, tmp_path)) == len(topic) > 0


def test_there_are_as_many_cases_as_were_recorded() -> None:
    assert len(read_cases(CASES)) == 348


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"text\n",
        b"no end",
        b"\xff\x00\n",
        b"a\r\nb\rc\n",
        b"=== x\n",
        b"a\n--- b\n",
        b"3 * x\n\xff",
        b"--- \xff\n",
        b"\\n\n",
        b"x" * 300 + b"\n" + b"\xff",
        "é\u2028\n".encode(),
    ],
    ids=repr,
)
def test_any_content_can_be_packed(content: bytes, tmp_path: Path) -> None:
    cases = [Case("a-b", {"exit": 0}, (File("in/x", content), File("run.sh", content, True)))] * 2
    (tmp_path / "a.txt").write_text(pack(cases), encoding="utf-8", newline="")

    assert read_cases(tmp_path) == cases


def test_a_folder_of_case_folders_can_be_read(tmp_path: Path) -> None:
    case = read_cases(CASES)[0]
    case.unpack(tmp_path / case.name)
    (tmp_path / case.name / "case.json").write_text('{"exit": 0}')

    (read,) = read_cases(tmp_path)

    assert sorted(read.files, key=str) == sorted(case.files, key=str)


def test_lines_of_one_key_may_come_in_any_order_but_keys_not() -> None:
    assert groups(b"a\t1\na\t2\nb\t1\n", r"[^\t]*") == groups(b"a\t2\na\t1\nb\t1\n", r"[^\t]*")
    assert groups(b"a\t1\nb\t1\n", r"[^\t]*") != groups(b"b\t1\na\t1\n", r"[^\t]*")


def test_the_last_block_of_counters_counts() -> None:
    text = "Counters: 1\n\tG\n\t\ta=1\nmore\nCounters: 2\n\tG \n\t\ta=2\n\t\tb=c=3\nend\n"

    assert parse_counters(text) == {"G ": {"a": 2, "b=c": 3}}


def _failures(runner: str, topic: str, attempts: str, folder: Path) -> dict[str, list[str]]:
    """The differences of each case of a topic that has some."""
    failures = {}
    for case in ALL:
        work = folder / case.name
        if case.topic == topic:
            work.mkdir()
            if differences := check(case, runner, work, attempts):
                failures[case.name] = differences
    return failures
