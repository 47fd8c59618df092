"""Raw and typed bytes: well formed, torn at any place, and malformed."""

from __future__ import annotations

import resource
import struct
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emrsim.mapreduce.errors import TaskFailed
from emrsim.mapreduce.formats import bounds, rawbytes, typedbytes
from emrsim.mapreduce.formats.rawbytes import ItemDecoder
from tests.mapreduce.jobs import Jobs

Typed = Any


def typed(value: Typed) -> bytes:
    """A value as typed bytes: an encoder of its own."""
    if isinstance(value, bytes):
        return b"\0" + struct.pack(">i", len(value)) + value
    if isinstance(value, bool):
        return b"\2" + bytes([value])
    if isinstance(value, int):
        return b"\4" + struct.pack(">q", value)
    if isinstance(value, float):
        return b"\6" + struct.pack(">d", value)
    if isinstance(value, str):
        return b"\7" + struct.pack(">i", len(value.encode())) + value.encode()
    if isinstance(value, tuple):
        return b"\x08" + struct.pack(">i", len(value)) + b"".join(map(typed, value))
    if isinstance(value, list):
        return b"\x09" + b"".join(map(typed, value)) + b"\xff"
    assert isinstance(value, dict)
    items = b"".join(typed(key) + typed(item) for key, item in value.items())
    return b"\x0a" + struct.pack(">i", len(value)) + items


SIMPLE = st.one_of(
    st.binary(max_size=9), st.booleans(), st.integers(-(2**63), 2**63 - 1), st.floats(), st.text(max_size=5)
)
VALUES = st.recursive(
    SIMPLE,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(st.text(max_size=3), inner, max_size=3),
    ),
    max_leaves=12,
)


def fed(decoder: ItemDecoder, data: bytes, sizes: list[int]) -> list[tuple[bytes, bytes]]:
    pairs, turn = [], 0
    while data:
        size = sizes[turn % len(sizes)]
        pairs += decoder.feed(data[:size]).pairs()
        data, turn = data[size:], turn + 1
    return pairs + decoder.finish().pairs()


@given(values=st.lists(st.tuples(VALUES, VALUES), max_size=4), sizes=st.lists(st.integers(1, 30), min_size=1))
@settings(deadline=None)
def test_typed_bytes_are_cut_at_their_ends_however_they_come(
    values: list[tuple[Typed, Typed]], sizes: list[int]
) -> None:
    pairs = [(typed(key), typed(value)) for key, value in values]

    read = fed(typedbytes.decoder(), b"".join(key + value for key, value in pairs), sizes)

    assert read == pairs


@given(data=st.binary(max_size=200), sizes=st.lists(st.integers(1, 30), min_size=1))
@settings(deadline=None)
@pytest.mark.parametrize("module", [rawbytes, typedbytes])
def test_any_bytes_are_records_or_an_error(module: Any, data: bytes, sizes: list[int]) -> None:
    try:
        whole = fed(module.decoder(), data, [len(data) or 1])
    except TaskFailed:
        with pytest.raises(TaskFailed):
            fed(module.decoder(), data, sizes)
    else:
        assert fed(module.decoder(), data, sizes) == whole


@pytest.mark.parametrize(
    "data",
    [
        *(bytes([code]) + struct.pack(">i", -5) for code in (0, 7, 8, 10, 50, 200)),
        *(b"\x08\0\0\0\x02" + bytes([code]) + struct.pack(">i", -5) for code in (0, 7, 8, 10, 99)),
        b"\x09\x07" + struct.pack(">i", -1),
        b"\x0a\0\0\0\1\x07" + struct.pack(">i", -1),
        b"\x08" + struct.pack(">i", -(2**31)),
        b"\x07" + struct.pack(">i", 2**31 - 1),
        b"\xff",
        bytes([11]) * 9,
        b"\x09" * 200_000,
        b"\x08\0\0\0\1" * 200_000,
    ],
)
def test_impossible_typed_bytes_are_rejected_at_once(data: bytes) -> None:
    with pytest.raises(TaskFailed):
        typedbytes.decoder().feed(data * 2)


@pytest.mark.parametrize("size", [-1, -(2**31), 2**31 - 1])
def test_impossible_raw_bytes_are_rejected_at_once(size: int) -> None:
    with pytest.raises(TaskFailed):
        rawbytes.decoder().feed(struct.pack(">i", size))


def test_a_vector_that_announces_much_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "RECORD_BYTES_MAX", 2_000_000)
    decoder = typedbytes.decoder()
    decoder.feed(b"\x08" + struct.pack(">i", 2**31 - 1))
    began = time.process_time()

    with pytest.raises(TaskFailed, match="heap space"):
        fed(decoder, b"\1\1" * 1_280_000, [256])

    assert time.process_time() - began < 10  # 0.5 s; anew from the start each time would be an hour


@pytest.mark.parametrize(
    "text", ["'\\x07\\xff\\xff\\xff\\xfb' * 2", "'\\x08\\xff\\xff\\xff\\xff' * 2", "'\\x09' * 10 ** 6"]
)
def test_a_mapper_that_prints_impossible_typed_bytes_fails(jobs: Jobs, text: str) -> None:
    jobs.script("bad.py", f"import sys\nsys.stdin.read()\nsys.stdout.buffer.write(b{text})\n")

    ended = jobs.run(
        *("-D", "mapred.map.max.attempts=1", "-io", "typedbytes", "-mapper", "bad.py", "-file", "bad.py"),
        lines=b"x\n",
    )

    assert ended.code == 1


@pytest.mark.parametrize("begin", ["", "a\\r\\n", "a\\n"])
@pytest.mark.parametrize("reducers", ["0", "1"])
def test_a_mapper_without_newlines_fails_in_bounded_memory(jobs: Jobs, begin: str, reducers: str) -> None:
    jobs.script(
        "endless.py", f"import sys\nsys.stdout.write('{begin}')\nwhile True: sys.stdout.write('x' * 65536)\n"
    )

    ended = jobs.run(
        *("-D", "mapred.map.max.attempts=1", "-mapper", "endless.py", "-file", "endless.py"),
        *("-numReduceTasks", reducers),
        lines=b"x\n",
    )

    assert ended.code == 1
    assert "Java heap space: a line of more than 128 MB" in ended.said
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 1 << 20  # KB
