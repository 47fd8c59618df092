"""The shuffle against ten lines that say what it does, for arbitrary bytes, separators and reducers."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import tempfile
from collections import Counter
from contextlib import closing
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emrsim.mapreduce.errors import JobFailed
from emrsim.mapreduce.formats.exchange import exchange_for
from emrsim.mapreduce.job.arguments import parse
from emrsim.mapreduce.job.job import job_of
from emrsim.mapreduce.shuffle import shuffle as shuffles
from emrsim.mapreduce.shuffle.partition import hash_bytes

Pair = tuple[bytes, bytes]

ALPHABETS = st.sampled_from([b"ab\t,", b"a\x00\t", bytes(range(256)), b"prefix--\xff\t"])
LINES = ALPHABETS.flatmap(
    lambda alphabet: st.lists(
        st.lists(st.sampled_from(alphabet), max_size=30)
        .map(bytes)
        .filter(lambda line: not {10, 13} & set(line)),
        max_size=60,
    )
)
SMALL, COLUMNS, SPILLED = "python lists", "columns", "columns on disk"


def reference(outputs: list[list[bytes]], separator: bytes, fields: int, reduces: int) -> list[list[Pair]]:
    """Hadoop's shuffle: split, partition, sort by key."""
    pairs = []
    for line in (line for output in outputs for line in output):
        parts = line.split(separator)
        if len(parts) > fields:
            pairs.append((separator.join(parts[:fields]), separator.join(parts[fields:])))
        else:
            pairs.append((line, b""))
    pairs.sort(key=itemgetter(0))
    return [
        [pair for pair in pairs if (hash_bytes(pair[0]) & 0x7FFFFFFF) % reduces == p] for p in range(reduces)
    ]


def shuffled(
    outputs: list[list[bytes]], separator: bytes, fields: int, reduces: int, way: str, folder: Path
) -> list[tuple[bytes, int]]:
    """For each reducer: the text it reads, and the number of its groups."""
    settings = {
        "stream.map.output.field.separator": separator.decode(),
        "stream.reduce.input.field.separator": separator.decode(),
        "stream.num.map.output.key.fields": str(fields),
        "mapred.reduce.tasks": str(reduces),
    }
    generic = [f"-D{name}={value}" for name, value in settings.items()]
    job = job_of(parse([*generic, "-input", "i", "-output", "o", "-mapper", "cat", "-reducer", "cat"]))
    exchange = exchange_for(job.streams)
    shuffle = shuffles.Shuffle(job, exchange, folder, 1 << 30)
    if way != SMALL:
        shuffle.block_bytes = 100
    if way == SPILLED:
        shuffle.finished_bytes_max = shuffle.running_bytes_max = 0
    with closing(shuffle):
        for task, lines in enumerate(outputs):
            output = shuffle.output(None)
            decoder = exchange.map_decoder()
            for line in lines:
                output.add(decoder.feed(line + b"\n"))
            shuffle.put(task, output)
        shuffle.sort()
        inputs = [shuffle.partition(partition) for partition in range(reduces)]
        return [(b"".join(map(bytes, records.texts())), records.groups) for records in inputs]


# No deadline per example: the machine may have other things to do.
@pytest.mark.parametrize("way", [SMALL, COLUMNS, SPILLED])
@settings(deadline=None)
@given(
    outputs=st.lists(LINES, max_size=3),
    separator=st.sampled_from([b"\t", b",", b"::", b"a"]),
    fields=st.integers(1, 3),
    reduces=st.integers(1, 5),
    repeats=st.sampled_from([1, 1, 3, 7]),
)
def test_reducers_get_what_the_reference_says(
    way: str, outputs: list[list[bytes]], separator: bytes, fields: int, reduces: int, repeats: int
) -> None:
    outputs = [lines * repeats for lines in outputs]
    want = reference(outputs, separator, fields, reduces)

    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        if way != SMALL:
            patch.setattr(shuffles, "_PLAIN_BYTES_MAX", 0)
        got = shuffled(outputs, separator, fields, reduces, way, Path(folder))

    for (text, groups), pairs in zip(got, want, strict=True):
        lines = text.split(b"\n")[:-1]
        assert groups == len(list(groupby(pairs, key=itemgetter(0))))
        assert Counter(lines) == Counter(key + separator + value for key, value in pairs)
        # Values of one key may come in any order; the keys may not.
        for line, (key, _) in zip(lines, pairs, strict=True):
            assert line.startswith(key + separator)


def test_large_repeats_are_counted_and_written_out_again(tmp_path: Path) -> None:
    outputs = [[b"the\t1"] * 200_000 + [b"cat\t1"] * 300_000]

    (read,) = shuffled(outputs, b"\t", 1, 1, SMALL, tmp_path)

    assert read == (b"cat\t1\n" * 300_000 + b"the\t1\n" * 200_000, 2)


def test_lines_that_repeat_are_only_counted(tmp_path: Path) -> None:
    job = job_of(parse(["-input", "i", "-output", "o", "-mapper", "cat", "-reducer", "cat"]))
    exchange = exchange_for(job.streams)
    shuffle = shuffles.Shuffle(job, exchange, tmp_path, 1 << 30)
    for task in range(3):
        output = shuffle.output(None)
        for _ in range(40):
            output.add(exchange.map_decoder().feed(b"the\t1\ncat\t1\n" * 20_000))
        shuffle.put(task, output)

    assert sum(output.counted_bytes for output in shuffle._outputs.values()) < 200
    assert sum(output.held_bytes for output in shuffle._outputs.values()) == 0
    shuffle.sort()
    assert list(shuffle.partition(0).items()) == [(b"cat", b"1", 2_400_000), (b"the", b"1", 2_400_000)]


def test_a_full_disk_fails_the_job_with_that_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)

    with pytest.raises(JobFailed, match="No space left on device"):
        shuffled([[b"a", b"b"] * 100], b"\t", 1, 1, SPILLED, tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_the_arrays_are_not_loaded_for_a_small_job(tmp_path: Path) -> None:
    program = (
        "import sys; from emrsim.programs.streaming import main;"
        "code = main(sys.argv[1:]); print(code, *sorted({'numpy', 'pyarrow'} & set(sys.modules)))"
    )
    (tmp_path / "in").write_text("b\na\n")

    words = ["-input", "in", "-output", "out", "-mapper", "cat", "-reducer", "cat"]
    ended = subprocess.run(
        [sys.executable, "-c", program, *words], cwd=tmp_path, capture_output=True, text=True, check=True
    )

    assert ended.stdout == "0\n"
