"""The .br form of CloudBurst: DNA sequences in a sequence file, by their numbers.

Layout (source: CloudBurst's ConvertFastaForCloud, and ports of its records): a SequenceFile of IntWritable,
the number of the sequence from 1, and BytesWritable: a byte that is 1 in the last chunk of the sequence, the
chunk's offset (4 bytes, big-endian), and two bases in every other byte.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from typing import IO

from emrsim.mapreduce.formats.sequencefile import RecordWriter

CHUNK_BASES = 65_535
CHUNK_OVERLAP = 1_024

_NIBBLES = str.maketrans({"A": "0", "C": "1", "G": "2", "T": "4", "N": "8"})
_PADDING = "f"


def write_br(target: IO[bytes], sequences: Iterable[str], sync: bytes) -> None:
    """Write sequences of A, C, G, T and N; `sync` is the file's mark of 16 bytes."""
    writer = RecordWriter(
        target, b"org.apache.hadoop.io.IntWritable", b"org.apache.hadoop.io.BytesWritable", sync=sync
    )
    for number, sequence in enumerate(sequences, 1):
        key = struct.pack(">i", number)
        writer.write_serialised((key, struct.pack(">i", len(value)) + value) for value in _values(sequence))


def _values(sequence: str) -> Iterator[bytes]:
    last = min(len(sequence), max(1, len(sequence) - CHUNK_OVERLAP))
    for offset in range(0, last, CHUNK_BASES - CHUNK_OVERLAP):
        end = offset + CHUNK_BASES
        yield struct.pack(">bi", end >= len(sequence), offset) + _packed(sequence[offset:end])


def _packed(bases: str) -> bytes:
    return bytes.fromhex(bases.translate(_NIBBLES) + _PADDING * (len(bases) % 2))
