"""The CloudBurst sample on Hadoop's own classes, compared with a matcher that tries every place."""

from __future__ import annotations

import random
import re
import subprocess
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import pytest

from emrsim.java import br, cloudburst_data
from emrsim.java.build import shipped_jar
from emrsim.mapreduce.formats.sequencefile import read_pairs
from tests.programs.cluster import Master
from tests.programs.read_matcher import Match, matches, unambiguous

pytestmark = pytest.mark.usefixtures("hadoop")

JAR = shipped_jar("cloudburst")
SAMPLE = "s3n://elasticmapreduce/samples/cloudburst/input"
SYNC = bytes(range(16))


class Case(NamedTuple):
    """One run: what is looked for, and how."""

    seed: int
    read_bases: int
    k: int
    indels: bool
    filtered: bool
    tasks: str = "5 3 2 2"
    block_size: int = 128
    redundancy: int = 16


CASES = [
    Case(1, 15, 0, indels=False, filtered=False, redundancy=1),
    Case(2, 24, 1, indels=True, filtered=True, block_size=1),
    Case(3, 25, 2, indels=False, filtered=True, tasks="1 1 1 1", redundancy=3),
    Case(4, 25, 2, indels=True, filtered=False, block_size=7),
    Case(5, 36, 3, indels=False, filtered=True, redundancy=300),
    Case(6, 36, 3, indels=True, filtered=True, tasks="2 7 1 3"),
]


@pytest.fixture
def bucket(master: Master) -> Path:
    """The bucket `b`."""
    (master.root / "b").mkdir()
    return master.root / "b"


def write(path: Path, sequences: Sequence[str]) -> None:
    path.parent.mkdir(exist_ok=True)
    with open(path, "wb") as target:
        br.write_br(target, sequences, SYNC)


def records(folder: Path) -> Iterator[Match]:
    """The results in a folder; every value must be of 17 bytes."""
    assert (folder / "_SUCCESS").exists()
    for part in sorted(folder.glob("part-*")):
        for key, value in chain.from_iterable(read_pairs(part)):
            raw = bytes.fromhex(value.decode())
            assert len(raw) == 17
            assert raw[0] in (0, 1)
            yield Match(int(key), bool(raw[0]), *(int.from_bytes(raw[i : i + 4]) for i in (1, 5, 9, 13)))


def map_reads(
    master: Master, case: Case, reference: str, reads: str, out: str
) -> subprocess.CompletedProcess[str]:
    options = [case.read_bases, case.k, int(case.indels), int(case.filtered)]
    arguments = [reference, reads, out, *options, *case.tasks.split(), case.block_size, case.redundancy]
    return master.run("hadoop", "jar", JAR, *arguments)


def make_references(dice: random.Random, read_bases: int) -> list[str]:
    """A long one with repeats, runs of one base and N; one as long as a read; one shorter than that."""

    def bases(count: int) -> str:
        return "".join(dice.choices("ACGT", k=count))

    repeat = bases(70)
    long = (
        bases(200) + repeat + "A" * 60 + bases(400) + "CA" * 30 + bases(100) + "N" * 9 + bases(500) + repeat
    )
    long += bases(150) + cloudburst_data.reverse_complement(repeat) + "N" + bases(300)
    return [long, bases(read_bases), bases(read_bases - 1)]


def make_reads(dice: random.Random, references: Sequence[str], read_bases: int, k: int) -> list[str]:
    """Reads from all over, with up to one error more than will be found, of both strands."""
    long = references[0]
    last = len(long) - read_bases
    starts = [0, 1, last - 1, last, 200, 275, 290, 680, *(dice.randrange(last) for _ in range(30))]
    # Around the ends of the chunks.
    starts += [at + off for at in range(1024, last, 176) for off in (-read_bases, -read_bases // 2, 0)]
    reads = [long[start : start + read_bases + k + 1] for start in starts if start <= last]
    reads = [damaged(dice, read, dice.randrange(k + 2))[:read_bases] for read in reads]
    reads = [read.ljust(read_bases, "A") for read in reads]
    reads += [references[1], "A" * read_bases, "N" * read_bases, "".join(dice.choices("ACGT", k=read_bases))]
    return [cloudburst_data.reverse_complement(read) if dice.random() < 0.5 else read for read in reads]


def damaged(dice: random.Random, read: str, errors: int) -> str:
    for _ in range(errors):
        at = dice.randrange(len(read) - 8)
        put = dice.choice(["", "A", "C", "G", "T", "N", read[at] + dice.choice("ACGT")])
        read = read[:at] + put + read[at + 1 :]
    return read


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"k{case.k}-indels{case.indels:d}")
def test_results_are_those_of_trying_every_place(
    case: Case, master: Master, bucket: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(br, "CHUNK_BASES", 1_200)
    dice = random.Random(case.seed)
    references = make_references(dice, case.read_bases)
    reads = make_reads(dice, references, case.read_bases, case.k)
    write(bucket / "references" / "all.br", references)
    write(bucket / "reads.br", reads)

    ended = map_reads(master, case, "s3n://b/references", "s3n://b/reads.br", "s3n://b/out")

    assert ended.returncode == 0, ended.stderr + master.log()
    expected = sorted(matches(references, enumerate(reads, 1), case.k, case.indels))
    assert {match.reverse for match in expected} == {False, True}
    if case.filtered:
        assert sorted(records(bucket / "out-alignments")) == expected
        best = sorted(unambiguous(expected))
        assert 0 < len(best) < len({match.read for match in expected})
        assert sorted(records(bucket / "out")) == best
    else:
        assert sorted(records(bucket / "out")) == expected
        assert not (bucket / "out-alignments").exists()


def test_sample_data_is_mapped_by_the_step_of_the_tutorial(master: Master, bucket: Path) -> None:
    """With its arguments but for the numbers of tasks; some of the reads are looked up everywhere."""
    for name in ("out", "out-alignments"):
        master.put(f"b/{name}/part-00099", "of an earlier run")
    case = Case(0, 36, 3, indels=False, filtered=True, tasks="24 5 3 4")

    ended = map_reads(master, case, f"{SAMPLE}/s_suis.br", f"{SAMPLE}/100k.br", "s3n://b/out")

    assert ended.returncode == 0, ended.stderr + master.log()
    assert re.sub(r"\d+\.\d+\n", "SECONDS\n", ended.stderr).splitlines() == [
        "  Removing old results",
        "CloudBurst Finished",
        "Alignment time: SECONDS",
        "  Removing old results",
        "FilterAlignments Finished",
        "Filtering time: SECONDS",
        "Total Running time:  SECONDS",
    ]
    assert sorted(path.name for path in bucket.glob("out/part-*")) == [f"part-{i:05}" for i in range(4)]
    genome = cloudburst_data.make_genome()
    reads = cloudburst_data.make_reads(genome)
    all_found = list(records(bucket / "out-alignments"))
    best = list(records(bucket / "out"))
    tried = {number: reads[number - 1] for number in range(1, len(reads) + 1, 20)}
    expected = sorted(matches([genome], tried.items(), 3, indels=False))
    assert sorted(match for match in all_found if match.read in tried) == expected
    assert sorted(match for match in best if match.read in tried) == sorted(unambiguous(expected))
    # All sorts of reads are there: with one best place, with several, with none.
    mapped = len({match.read for match in all_found})
    assert len(reads) * 0.8 < len(best) < mapped < len(reads)


def test_a_result_is_17_bytes_as_cloudburst_writes_them(master: Master, bucket: Path) -> None:
    genome = "ACGTTGCATGCCGATTAGCAACCAGT" * 2 + "GGATCCATTAACGCGTACGTATTGCC"
    write(bucket / "reference.br", ["N", genome])
    write(bucket / "reads.br", ["N" * 12, "GGCAATACGTAG"])
    case = Case(0, 12, 1, indels=False, filtered=False, tasks="1 1 1 1")

    ended = map_reads(master, case, "s3n://b/reference.br", "s3n://b/reads.br", "s3n://b/out")

    assert "Filter" not in ended.stderr
    part = (bucket / "out" / "part-00000").read_bytes()
    assert part.startswith(
        b"SEQ\x06\x20org.apache.hadoop.io.IntWritable\x22org.apache.hadoop.io.BytesWritable"
    )
    # Sizes, key 2, size of the value; the other strand, reference 2, from 66 to 78, one mismatch.
    record = "00000019 00000004 00000002 00000011 01 00000002 00000042 0000004e 00000001"
    assert part.endswith(bytes.fromhex(record))


def test_too_few_arguments_are_told_the_usage(master: Master) -> None:
    ended = master.run("hadoop", "jar", JAR, "in", "reads", "out", 36, 3)

    assert ended.returncode == 0
    assert ended.stderr.startswith("Usage: CloudBurst refpath qrypath outpath readlen k allowdifferences ")


@pytest.mark.parametrize(
    ("read_bases", "k", "out", "reason"),
    [
        (11, 1, "out", "Read 1 has 12 bases, but readlen is 11"),
        (12, 12, "out", "readlen must be greater than k"),
        (900, 1, "out", "readlen is too large for chunks of the reference that overlap by 1024 bases"),
        (12, 1, "in", "s3n://b/in would be deleted, and with it the input s3n://b/in/reference.br"),
    ],
)
def test_what_cannot_be_mapped_fails_with_the_reason_and_without_results(
    read_bases: int, k: int, out: str, reason: str, master: Master, bucket: Path
) -> None:
    write(bucket / "in" / "reference.br", ["ACGT" * 20])
    write(bucket / "in" / "reads.br", ["ACGTACGTACGA"])
    case = Case(0, read_bases, k, indels=False, filtered=False, tasks="1 1 1 1")

    ended = map_reads(master, case, "s3n://b/in/reference.br", "s3n://b/in/reads.br", f"s3n://b/{out}")

    assert ended.returncode == 1
    assert reason in ended.stderr + master.log()
    assert sorted(path.name for path in bucket.rglob("*") if path.is_file()) == ["reads.br", "reference.br"]
