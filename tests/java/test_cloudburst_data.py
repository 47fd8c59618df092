"""The .br form, and the made-up input of the CloudBurst sample."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

from emrsim.java import br, cloudburst_data
from emrsim.mapreduce.formats.sequencefile import read_pairs

SYNC = bytes(range(16))


def write(path: Path, sequences: Sequence[str]) -> Path:
    with open(path, "wb") as target:
        br.write_br(target, sequences, SYNC)
    return path


def test_br_form_is_that_of_cloudburst(tmp_path: Path) -> None:
    path = write(tmp_path / "a.br", ["ACGTN", "TT"])

    header = b"SEQ\x06\x20org.apache.hadoop.io.IntWritable\x22org.apache.hadoop.io.BytesWritable\0\0\0\0\0\0"
    one = bytes.fromhex("00000010 00000004 00000001 00000008 01 00000000 01248f")
    two = bytes.fromhex("0000000e 00000004 00000002 00000006 01 00000000 44")
    assert path.read_bytes() == header + SYNC + one + two


def test_a_long_sequence_is_cut_into_chunks_that_overlap(tmp_path: Path) -> None:
    sequence = "".join(random.Random(7).choices("ACGT", k=130_046))
    path = write(tmp_path / "a.br", [sequence, sequence[:65_535], sequence[:65_536]])

    pairs = chain.from_iterable(read_pairs(path))

    values = [(int(key), bytes.fromhex(value.decode())) for key, value in pairs]
    told = [(key, value[0], int.from_bytes(value[1:5]), (len(value) - 5) * 2) for key, value in values]
    assert told == [
        (1, 0, 0, 65_536),
        (1, 1, 64_511, 65_536),
        (2, 1, 0, 65_536),
        (3, 0, 0, 65_536),
        (3, 1, 64_511, 1_026),
    ]
    assert values[0][1][-1] & 0xF == 0xF
    assert values[0][1][5:].hex()[64_511:65_535] == values[1][1][5:].hex()[:1_024]


def test_sample_data_is_made_again_to_the_byte(tmp_path: Path) -> None:
    cloudburst_data.write_input(tmp_path)

    for name in ("s_suis.br", "100k.br"):
        assert (tmp_path / name).read_bytes() == (cloudburst_data.FOLDER / name).read_bytes()
