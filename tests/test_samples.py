"""The sample bucket that comes with emrsim."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from emrsim.storage import BUILT_IN_BUCKETS

BUCKET = BUILT_IN_BUCKETS["elasticmapreduce"]
WORDCOUNT = BUCKET / "samples" / "wordcount"
WORD_SPLITTER = WORDCOUNT / "wordSplitter.py"
INPUTS = sorted((WORDCOUNT / "input").iterdir())
CLOUDBURST = BUCKET / "samples" / "cloudburst"
HIVE_ADS = BUCKET / "samples" / "hive-ads"
HIVE_ADS_FILES = [
    *(HIVE_ADS / "libs" / name for name in ("jsonserde.jar", "model-build.q", "response-time-stats.q")),
    *(
        HIVE_ADS / "tables" / table / f"dt=2009-04-12-{time}" / f"{table}-{number}.log"
        for table in ("impressions", "clicks")
        for number, time in enumerate(("13-00", "13-30", "14-00", "14-30"), 1)
    ),
]
CLOUDBURST_FILES = [CLOUDBURST / name for name in ("cloudburst.jar", "input/s_suis.br", "input/100k.br")]


def split_words(text: bytes) -> list[bytes]:
    """The lines that the mapper writes for `text`."""
    done = subprocess.run([sys.executable, WORD_SPLITTER], input=text, capture_output=True, check=True)
    assert done.stderr == b""
    return done.stdout.splitlines()


def test_bucket_holds_the_samples_and_nothing_else() -> None:
    # Python leaves __pycache__ beside a module that pip installed; it is not ours.
    files = {path for path in BUCKET.rglob("*") if path.is_file() and path.parent.name != "__pycache__"}

    containers = BUCKET / "emr-containers" / "samples" / "wordcount"
    words = {containers / "input" / "words", containers / "scripts" / "wordcount.py"}
    assert files == {WORD_SPLITTER, *INPUTS, *CLOUDBURST_FILES, *HIVE_ADS_FILES, *words}
    assert [path.name for path in INPUTS] == [f"{number:04}" for number in range(1, 13)]


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: path.name)
def test_input_is_a_few_kilobytes_of_ascii_lines(path: Path) -> None:
    text = path.read_text(encoding="ascii")

    assert 3_000 <= len(text) <= 4_096
    assert text.endswith("\n")
    assert max(map(len, text.splitlines())) <= 100


def test_mapper_runs_as_a_command() -> None:
    done = subprocess.run([WORD_SPLITTER], input=b"one\n", capture_output=True, check=True)

    assert done.stdout == b"LongValueSum:one\t1\n"


def test_mapper_lowers_words_and_drops_what_is_no_word() -> None:
    assert split_words(b"The 3rd B2B, it's\t42\n\nend") == [
        b"LongValueSum:the\t1",
        b"LongValueSum:rd\t1",
        b"LongValueSum:b2b\t1",
        b"LongValueSum:it\t1",
        b"LongValueSum:s\t1",
        b"LongValueSum:end\t1",
    ]


def test_mapper_survives_bytes_that_are_not_utf8() -> None:
    every_byte = bytes(range(256))

    assert split_words(b"caf\xe9 \xff\xfe" + every_byte) == [
        b"LongValueSum:caf\t1",
        b"LongValueSum:abcdefghijklmnopqrstuvwxyz\t1",
        b"LongValueSum:abcdefghijklmnopqrstuvwxyz\t1",
    ]


def test_mapper_counts_every_word_of_the_inputs() -> None:
    text = b"".join(path.read_bytes() for path in INPUTS)
    words = re.findall(r"[a-zA-Z][a-zA-Z0-9]*", text.decode("ascii"))

    counted = Counter(split_words(text))

    assert counted == Counter(f"LongValueSum:{word.lower()}\t1".encode() for word in words)


@pytest.mark.parametrize(
    "bucket",
    [
        "elasticmapreduce",
        "us-east-1.elasticmapreduce",
        "ap-southeast-2.elasticmapreduce",
        "us-gov-west-1.elasticmapreduce",
    ],
)
def test_the_bucket_of_each_region_has_the_samples(bucket: str) -> None:
    assert BUILT_IN_BUCKETS[bucket] == BUCKET
    assert (BUILT_IN_BUCKETS[f"{bucket}.samples"] / "cloudfront" / "code" / "Hive_CloudFront.q").is_file()


@pytest.mark.parametrize("bucket", ["x.elasticmapreduce", "us-east-1.elasticmapreduce.logs", "us-east-1"])
def test_no_other_bucket_is_built_in(bucket: str) -> None:
    assert bucket not in BUILT_IN_BUCKETS


def test_the_cloudfront_log_is_what_its_program_writes() -> None:
    from tools.cloudfront_data import FILE, LINES, lines

    assert FILE.read_text().splitlines() == list(lines())
    assert len(list(lines())) == LINES + 2
