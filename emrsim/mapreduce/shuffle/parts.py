"""Map output as commands print it, before it is put into columns."""

from __future__ import annotations

from collections.abc import Sequence

from emrsim.mapreduce.formats.pairs import Batch, Lines, Pair, Pairs


class Part:
    """Map output that was not put into columns: a batch, of one partition if a combiner printed it."""

    def __init__(self, batch: Batch, partition: int | None = None) -> None:
        self.batch = batch
        self.partition = partition


def joined(parts: Sequence[Part]) -> list[Part]:
    """The parts, neighbours of one kind made one: columns like large blocks."""
    result: list[Part] = []
    group: list[Part] = []
    for part in sorted(parts, key=lambda part: -1 if part.partition is None else part.partition):
        if group and not _joinable(group[0], part):
            result.append(_join(group))
            group = []
        group.append(part)
    return [*result, _join(group)] if group else []


def _joinable(left: Part, right: Part) -> bool:
    if left.partition != right.partition or type(left.batch) is not type(right.batch):
        return False
    forms = [batch.form for batch in (left.batch, right.batch) if isinstance(batch, Lines)]
    return not forms or forms[0] is forms[1]


def _join(parts: Sequence[Part]) -> Part:
    if len(parts) == 1:
        return parts[0]
    first = parts[0].batch
    if isinstance(first, Lines):
        texts = [part.batch.text for part in parts if isinstance(part.batch, Lines)]
        return Part(Lines(b"".join(texts), first.form), parts[0].partition)
    pairs: list[Pair] = [pair for part in parts for pair in part.batch.pairs()]
    return Part(Pairs(pairs), parts[0].partition)
