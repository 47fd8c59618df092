"""The input of the CloudBurst sample: a made-up genome and reads of it, the same ones each time.

`python -m emrsim.java.cloudburst_data` writes the files of the sample bucket. Their names are those
of the files on AWS, which hold the genome of Streptococcus suis and 100,000 reads of 36 bases; these are
smaller, so that the step of the tutorial ends within seconds on one machine.
"""

from __future__ import annotations

import random
from pathlib import Path

from emrsim.java.br import write_br

FOLDER = Path(__file__).parents[1] / "samples/elasticmapreduce/samples/cloudburst/input"

GENOME_BASES = 200_000
READS = 4_000
READ_BASES = 36

_SEED = 20_090_402
_GC_SHARE = 0.41
_REPEAT_BASES = 1_500
_REPEAT_COPIES = (30_000, 64_000, 150_000)  # the second one lies across the end of a chunk
_REVERSED_COPY = 110_000
_RUNS = {20_000: "A" * 60, 90_000: "AC" * 40, 170_000: "N" * 200}
_SUBSTITUTIONS_PER_BASE = 0.02
_COMPLEMENTS = str.maketrans("ACGT", "TGCA")


class _Dice:
    """Choices by `random.random` only, the one method that Python promises never to change."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def happens(self, probability: float) -> bool:
        return self._random.random() < probability

    def below(self, limit: int) -> int:
        return int(self._random.random() * limit)

    def base(self) -> str:
        return ("GC" if self.happens(_GC_SHARE) else "AT")[self.below(2)]


def reverse_complement(bases: str) -> str:
    """The other strand, read in its own direction."""
    return bases[::-1].translate(_COMPLEMENTS)


def make_genome(seed: int = _SEED) -> str:
    """One sequence with what makes mapping hard: repeats on both strands, runs of few bases, a gap of N."""
    dice = _Dice(seed)
    genome = "".join(dice.base() for _ in range(GENOME_BASES))
    repeat = "".join(dice.base() for _ in range(_REPEAT_BASES))
    pieces = dict.fromkeys(_REPEAT_COPIES, repeat) | {_REVERSED_COPY: reverse_complement(repeat)} | _RUNS
    for at, piece in pieces.items():
        genome = genome[:at] + piece + genome[at + len(piece) :]
    return genome


def make_reads(genome: str, seed: int = _SEED) -> list[str]:
    """Reads of either strand with errors, some with an insertion, a deletion or an N; some of elsewhere."""
    dice = _Dice(seed + 1)
    return [_read(genome, dice) for _ in range(READS)]


def _read(genome: str, dice: _Dice) -> str:
    if dice.happens(0.05):
        return "".join(dice.base() for _ in range(READ_BASES))
    start = dice.below(len(genome) - READ_BASES)
    read = genome[start : start + READ_BASES + 1]  # one base more than needed, for a deletion
    read = "".join(_called(base, dice) for base in read)
    at = dice.below(READ_BASES)
    if dice.happens(0.03):
        read = read[:at] + read[at + 1 :]
    elif dice.happens(0.03):
        read = read[:at] + dice.base() + read[at:]
    elif dice.happens(0.03):
        read = read[:at] + "N" + read[at + 1 :]
    read = read[:READ_BASES]
    return reverse_complement(read) if dice.happens(0.5) else read


def _called(base: str, dice: _Dice) -> str:
    """The base that the sequencer takes `base` for; one that the genome does not know may be any."""
    if base == "N":
        return dice.base()
    if not dice.happens(_SUBSTITUTIONS_PER_BASE):
        return base
    others = "ACGT".replace(base, "")
    return others[dice.below(len(others))]


def write_input(folder: Path = FOLDER) -> None:
    """Write `s_suis.br` and `100k.br` into the folder, making it."""
    folder.mkdir(parents=True, exist_ok=True)
    genome = make_genome()
    sequences = {"s_suis.br": [genome], "100k.br": make_reads(genome)}
    for name, content in sequences.items():
        with open(folder / name, "wb") as target:
            write_br(target, content, sync=f"emrsim {name}".encode().ljust(16)[:16])


if __name__ == "__main__":
    write_input()
