"""`run_streaming`: a job in one call."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from math import floor
from pathlib import Path
from typing import Any

import pytest

from emrsim import Emulator
from emrsim.core.ports import StorageError
from emrsim.helpers.functions import NotAProgram
from emrsim.helpers.streaming import StreamingFailed
from emrsim.helpers.waiting import NotReached

WORD = re.compile(r"[a-zü]+", re.IGNORECASE)
STEP = 2
SHARED = object()
LAMBDAS = [lambda line: line, len]  # of the kind whose source is not even an expression


def words_of(line: str) -> list[str]:
    return [word.lower() for word in WORD.findall(line)]


def count_words(line: str) -> Iterator[tuple[str, int]]:
    for word in words_of(line):
        yield word, 1


def add_up(key: str, values: Iterable[str]) -> Iterator[tuple[str, int]]:
    yield key, sum(int(value) for value in values)


def test_functions_are_run_as_mapper_combiner_and_reducer(emrsim: Emulator) -> None:
    result = emrsim.run_streaming(
        mapper=count_words, combiner=add_up, reducer=add_up, input="Übel to be\nor not to BE\n"
    )

    assert result.output == "be\t2\nnot\t1\nor\t1\nto\t2\nübel\t1\n"
    assert result.pairs[0] == ("be", "2")
    assert result.state == "COMPLETED"
    assert result.counters["Map-Reduce Framework"]["Map input records"] == 2


def test_job_is_a_real_step_of_a_real_job_flow(emrsim: Emulator, emr_client: Any) -> None:
    result = emrsim.run_streaming(mapper="cat", input="a\n", output="s3://emrsim-streaming/mine")

    step = emr_client.describe_step(ClusterId=result.cluster_id, StepId=result.step_id)["Step"]
    assert step["Status"]["State"] == "COMPLETED"
    assert step["Config"]["Args"][-2:] == ["-output", "s3://emrsim-streaming/mine"]
    assert emrsim.read("s3://emrsim-streaming/mine") == "a\t\n"  # as Hadoop writes a key without a value


def test_commands_are_run(emrsim: Emulator) -> None:
    result = emrsim.run_streaming(mapper="tr ' ' '\\n'", reducer="uniq -c", input="to be to\n")

    assert [line.split() for line in result.lines] == [["1", "be"], ["2", "to"]]


def test_scripts_are_shipped_and_run(emrsim: Emulator, tmp_path: Path) -> None:
    (tmp_path / "upper.py").write_text("import sys, names\nfor line in sys.stdin: print(names.change(line))")
    (tmp_path / "names.py").write_text("def change(line): return line.strip().upper()")
    (tmp_path / "count").write_text("#!/bin/sh\nexec wc -l\n")

    result = emrsim.run_streaming(
        mapper=tmp_path / "upper.py",
        reducer=tmp_path / "count",
        files=[tmp_path / "names.py"],
        input="a\nb\n",
    )

    assert result.output.split() == ["2"]


def test_files_of_one_name_are_refused_by_both_their_paths(emrsim: Emulator, tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "run.py").write_text("")

    with pytest.raises(ValueError, match=r"/a/run\.py and .*/b/run\.py would both be run\.py"):
        emrsim.run_streaming(mapper=tmp_path / "a" / "run.py", reducer=tmp_path / "b" / "run.py", input="x")

    assert emrsim.running.state.clusters == {}


def test_one_script_may_be_both_mapper_and_reducer(emrsim: Emulator, tmp_path: Path) -> None:
    script = tmp_path / "same"
    script.write_text("#!/bin/sh\nexec cat\n")

    result = emrsim.run_streaming(mapper=script, reducer=script, files=[script], input="x\n")

    assert result.output.split() == ["x"]


def test_files_may_have_any_name_beside_functions_and_input(emrsim: Emulator, tmp_path: Path) -> None:
    names = ("mapper.py", "reducer.py", "input-00000", "output")
    for name in names:
        (tmp_path / name).write_text("not to be run")

    result = emrsim.run_streaming(
        mapper=count_words, reducer=add_up, files=[tmp_path / name for name in names], input="a b a\n"
    )

    assert result.pairs == [("a", "2"), ("b", "1")]


def test_file_of_the_name_of_a_script_of_emrsim_is_refused(emrsim: Emulator, tmp_path: Path) -> None:
    (tmp_path / "_emrsim_mapper.py").write_text("")

    with pytest.raises(
        ValueError, match=r"the script of count_words and .* would both be _emrsim_mapper\.py"
    ):
        emrsim.run_streaming(mapper=count_words, files=[tmp_path / "_emrsim_mapper.py"], input="x")


def test_input_may_be_text_bytes_files_folders_and_objects(emrsim: Emulator, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "in").write_text("folder\n")
    (tmp_path / "file").write_text("file\n")
    emrsim.put("s3://bucket/in", "object\n")
    given = ["text\n", b"bytes\n", tmp_path / "file", tmp_path / "folder", "s3n://bucket/in"]

    result = emrsim.run_streaming(mapper="cat", reducer="cat", input=given)

    assert sorted(result.output.split()) == ["bytes", "file", "folder", "object", "text"]


def test_arguments_come_first(emrsim: Emulator) -> None:
    result = emrsim.run_streaming(
        mapper="cat", reducer="cat", input="b\na\n", arguments=["-D", "mapreduce.job.reduces=3"]
    )

    parts = list((emrsim.root / result.output_uri.removeprefix("s3://")).glob("part-*"))
    assert len(parts) == 3


def test_text_is_no_list_of_arguments(emrsim: Emulator) -> None:
    with pytest.raises(TypeError, match="arguments: invalid value '-D a=b': expected a list"):
        emrsim.run_streaming(mapper="cat", input="x", arguments="-D a=b")

    assert emrsim.running.state.clusters == {}


def test_output_elsewhere_than_in_s3_is_refused_before_anything_runs(emrsim: Emulator) -> None:
    with pytest.raises(StorageError, match="output: invalid URI '/out'"):
        emrsim.run_streaming(mapper="cat", input="x", output="/out")

    assert emrsim.running.state.clusters == {}


def test_failed_task_is_told_with_what_it_wrote(emrsim: Emulator) -> None:
    def stumble(line: str) -> str:
        raise RuntimeError("no luck with " + line)

    with pytest.raises(StreamingFailed) as failed:
        emrsim.run_streaming(mapper=stumble, input="this\n")

    assert "is FAILED: PipeMapRed.waitOutputThreads(): subprocess failed" in str(failed.value)
    assert "RuntimeError: no luck with this" in str(failed.value)
    assert failed.value.result.state == "FAILED"


def test_failed_job_is_a_result_where_that_is_asked_for(emrsim: Emulator) -> None:
    result = emrsim.run_streaming(mapper="sh -c 'echo oh no >&2; exit 1'", input="x", check=False)

    assert (result.state, result.output) == ("FAILED", "")
    assert "oh no" in result.stderr


def test_job_without_end_is_told_of_in_time(emrsim: Emulator) -> None:
    with pytest.raises(NotReached, match=r"is (PENDING|RUNNING), not .*after 0\.05 seconds"):
        emrsim.run_streaming(mapper="sleep 600", input="x", timeout=0.05)


def many(line: str) -> dict[str, int]:
    return dict(Counter(line.split()))


def listed(line: str) -> list[str]:
    return line.split()


def nothing(line: str) -> None:
    floor(1.5)


def stepped(line: str, by: int = STEP) -> str:
    return line[::by]


@pytest.mark.parametrize(
    ("mapper", "output"),
    [
        (many, [("a", "2"), ("b", "1")]),
        (listed, [("a", ""), ("a", ""), ("b", "")]),
        (nothing, []),
        (stepped, [("aab", "")]),
    ],
)
def test_functions_may_give_records_in_several_ways(
    emrsim: Emulator, mapper: Any, output: list[tuple[str, str]]
) -> None:
    result = emrsim.run_streaming(mapper=mapper, input="a a b")

    assert sorted(result.pairs) == output


def three(line: str) -> tuple[str, str, str]:
    return line, line, line


def strange(line: str) -> tuple[str, object]:
    return line, [line]


@pytest.mark.parametrize(
    ("mapper", "message"),
    [
        (three, "three returned ('x', 'x', 'x'): expected text or a pair"),
        (strange, "strange returned ['x']: expected text or a number"),
    ],
)
def test_what_is_no_record_is_told(emrsim: Emulator, mapper: Any, message: str) -> None:
    with pytest.raises(StreamingFailed) as failed:
        emrsim.run_streaming(mapper=mapper, input="x", arguments=["-D", "mapreduce.map.maxattempts=1"])

    assert message in str(failed.value)


def takes_two(key: str, value: str) -> None: ...


def shares(line: str) -> str:
    return repr(SHARED)


@cache
def decorated(line: str) -> str:
    return line


@pytest.mark.parametrize(
    ("mapper", "message"),
    [
        (takes_two, r"takes_two cannot be called as takes_two\(line\)"),
        (shares, "shares uses SHARED, a object, which its process does not have"),
        (decorated, "expected one written with def"),
        (lambda line: line, "invalid function <lambda>"),
        (LAMBDAS[0], "invalid function <lambda>"),
        (len, "expected one written with def"),
    ],
)
def test_function_that_cannot_be_a_program_is_refused(emrsim: Emulator, mapper: Any, message: str) -> None:
    with pytest.raises(NotAProgram, match=message):
        emrsim.run_streaming(mapper=mapper, input="x")

    assert emrsim.running.state.clusters == {}


def test_closure_is_refused_by_the_name_of_its_variable(emrsim: Emulator) -> None:
    factor = 3

    def multiply(line: str) -> str:
        return line * factor

    with pytest.raises(NotAProgram, match="multiply uses factor of the function around it"):
        emrsim.run_streaming(mapper=multiply, input="x")
