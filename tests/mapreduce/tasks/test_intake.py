"""The output of commands on its way in."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from emrsim.mapreduce.formats.lines import normalised
from emrsim.mapreduce.formats.pairs import Batch, LineFormat, Lines
from emrsim.mapreduce.tasks.intake import LineIntake

TEXT = st.lists(st.sampled_from([b"a", b"\r", b"\n", b"\r\n", b"bb\t", b"", b"c" * 50]), max_size=40).map(
    b"".join
)


@given(text=TEXT, sizes=st.lists(st.integers(1, 9), min_size=1), block_bytes=st.integers(1, 20))
def test_an_intake_passes_on_whole_lines_in_their_order(
    text: bytes, sizes: list[int], block_bytes: int
) -> None:
    blocks: list[bytes] = []

    def keep(batch: Batch) -> None:
        assert isinstance(batch, Lines)
        blocks.append(bytes(batch.text))

    intake = LineIntake(LineFormat(), keep, block_bytes)
    rest, turn = text, 0
    while rest:
        room = intake.room()
        count = min(len(room), sizes[turn % len(sizes)], len(rest))
        room[:count], rest = rest[:count], rest[count:]
        intake.took(count)
        turn += 1
    intake.finish()

    assert b"".join(blocks) == b"".join(normalised([text]))
    assert all(block.endswith(b"\n") for block in blocks if block)


def test_a_kept_batch_outlives_the_buffer() -> None:
    kept: list[Batch] = []
    intake = LineIntake(LineFormat(), lambda batch: kept.append(batch.kept()), 3)

    for text in (b"ab\n", b"cd\n", b"ef\n"):
        intake.room()[:] = text
        intake.took(3)
    intake.finish()

    assert b"".join(LineFormat().join(batch.pairs()) for batch in kept) == b"ab\t\ncd\t\nef\t\n"
