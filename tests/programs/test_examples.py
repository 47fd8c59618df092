"""`hadoop-mapreduce-examples`, by command-runner's name and by the jar's."""

from __future__ import annotations

import re
import zlib
from itertools import pairwise
from pathlib import Path

import pytest

from tests.programs.cluster import Master, lines

pytestmark = pytest.mark.usefixtures("hadoop")

# The generator's recurrence, modulo 2^128, as emrsim's teragen has it.
FACTOR = 0x2360ED051FC65DA44385DF649FCCF645
SUMMAND = 0x4A696D47726179524950202020202001


def test_words_and_matches_are_counted(master: Master) -> None:
    master.put("b/in/1", "to be or not\tto be\n")
    master.put("b/more/2", "that is the question, is it\n")

    words = master.run(
        *("hadoop", "jar", "/usr/lib/hadoop-mapreduce/hadoop-mapreduce-examples.jar"),
        *("wordcount", "s3n://b/in", "s3n://b/more", "s3a://b/words"),
    )
    found = master.run("hadoop-mapreduce-examples", "grep", "s3://b/in,s3://b/more", "counts", "(t)[ho]", "1")

    assert (words.returncode, found.returncode) == (0, 0), words.stderr + found.stderr
    assert lines(master.root / "b/words") == [
        *("be\t2", "is\t2", "it\t1", "not\t1", "or\t1", "question,\t1", "that\t1", "the\t1", "to\t2"),
    ]
    assert (master.hdfs / "user/hadoop/counts/part-r-00000").read_text() == "4\tt\n"
    assert [path.name for path in (master.hdfs / "user/hadoop").iterdir()] == ["counts"]


def test_pi_is_estimated_from_the_points_of_haltons_sequence(master: Master) -> None:
    ended = master.run("hadoop-mapreduce-examples", "pi", "4", "250")

    assert ended.returncode == 0, ended.stderr
    told = ended.stdout.splitlines()
    assert told[:2] == ["Number of Maps  = 4", "Samples per Map = 250"]
    assert re.fullmatch(r"Estimated value of Pi is 3\.\d{20}", told[-1])
    assert float(told[-1].split()[-1]) == 4 * inside_circle(1000) / 1000
    assert list((master.hdfs / "user/hadoop").iterdir()) == []


def inside_circle(points: int) -> int:
    def mirrored(number: int, base: int) -> float:
        value, scale = 0.0, 1.0
        while number:
            scale /= base
            value += scale * (number % base)
            number //= base
        return value

    return sum(
        (mirrored(number, 2) - 0.5) ** 2 + (mirrored(number, 3) - 0.5) ** 2 <= 0.25
        for number in range(1, points + 1)
    )


def test_generated_records_are_sorted_and_checked(master: Master) -> None:
    run = "hadoop-mapreduce-examples"
    (master.root / "b").mkdir()

    made = master.run(run, "teragen", "-Dmapreduce.job.maps=3", "1000", "s3://b/made")
    assert made.returncode == 0, made.stderr
    records = split(master.root / "b/made", "part-m-*")
    assert records == generated(1000)

    done = master.run(run, "terasort", "-Dmapreduce.job.reduces=2", "s3://b/made", "s3://b/sorted")
    assert done.returncode == 0, done.stderr
    assert split(master.root / "b/sorted", "part-r-*") == sorted(records, key=lambda record: record[:10])
    assert all(path.stat().st_size for path in (master.root / "b/sorted").glob("part-r-*"))
    assert sorted(path.name for path in (master.root / "b").iterdir()) == ["made", "sorted"]

    good = master.run(run, "teravalidate", "s3://b/sorted", "s3://b/good")
    bad = master.run(run, "teravalidate", "s3://b/made", "s3://b/bad")
    checksum = f"checksum\t{sum(map(zlib.crc32, records)):x}"
    assert (good.returncode, bad.returncode) == (0, 0), good.stderr + bad.stderr
    assert lines(master.root / "b/good") == [checksum]
    parts = [split(master.root / "b/made", path.name) for path in (master.root / "b/made").glob("part-m-*")]
    out_of_order = sum(one[:10] > other[:10] for part in parts for one, other in pairwise(part))
    errors = [line for line in lines(master.root / "b/bad") if line.startswith("error\tmisorder in part-m-0")]
    assert len(errors) == out_of_order


def split(folder: Path, pattern: str) -> list[bytes]:
    content = b"".join(path.read_bytes() for path in sorted(folder.glob(pattern)))
    return [content[place : place + 100] for place in range(0, len(content), 100)]


def generated(rows: int) -> list[bytes]:
    records, number = [], 0
    for row in range(rows):
        number = (number * FACTOR + SUMMAND) % 2**128
        letters = "".join(4 * digit for digit in f"{number % 2**48:012X}").encode()
        head = number.to_bytes(16, "big")[:10] + b"\x00\x11" + f"{row:032X}".encode()
        records.append(head + b"\x88\x99\xaa\xbb" + letters + b"\xcc\xdd\xee\xff")
    return records


def test_mistakes_are_told_with_hadoops_exit_codes(master: Master) -> None:
    unknown = master.run("hadoop-mapreduce-examples", "frobnicate")
    few = master.run("hadoop-mapreduce-examples", "wordcount", "s3://b/in")

    assert unknown.returncode == 255
    assert re.search(
        r"Unknown program 'frobnicate' chosen\.\nValid program names are:\n  grep: ", unknown.stdout
    )
    assert few.returncode == 2
    assert "Usage: wordcount <in> [<in>...] <out>" in few.stderr
