"""From map output to reduce input: partitioned, combined, sorted, in the memory that the job may use."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import itemgetter

from emrsim.mapreduce.job import Job
from emrsim.mapreduce.keyvalue import Pair

# A record with what orders it: partition, sort key, key, value.
Placed = tuple[int, bytes, bytes, bytes]
Combiner = Callable[[Sequence[Pair]], Iterable[Pair]]


class MapOutput:
    """The records of one attempt of a map task; they count only once the attempt has succeeded."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._placed: list[Placed] = []

    def add(self, pairs: Iterable[Pair]) -> None:
        """Take records in the order in which they were printed."""
        partition = self._job.partition
        sort_key = self._job.sort_key
        if sort_key is None:
            self._placed.extend([(partition(key), key, key, value) for key, value in pairs])
        else:
            self._placed.extend([(partition(key), sort_key(key), key, value) for key, value in pairs])

    def finish(self, combine: Combiner | None) -> list[Placed]:
        """The records in order of partition and key; each partition went through `combine`.

        What a combiner prints stays in the partition of what it read, as in Hadoop.
        """
        self._placed.sort(key=itemgetter(0, 1))
        if combine is None:
            return self._placed
        combined: list[Placed] = []
        for partition, records in _by_partition(self._placed):
            sort_key = self._job.sort_key or bytes
            for key, value in combine([(key, value) for _, _, key, value in records]):
                combined.append((partition, sort_key(key), key, value))
        combined.sort(key=itemgetter(0, 1))
        return combined


class Shuffle:
    """The outputs of all maps, by partition."""

    def __init__(self) -> None:
        self._outputs: dict[int, list[Placed]] = {}

    def put(self, task: int, records: list[Placed]) -> None:
        """Add the output of a finished map task; safe to call from threads."""
        self._outputs[task] = records

    def sort(self) -> None:
        """Bring everything into order; equal keys stay in the order of the map tasks."""
        placed = [record for task in sorted(self._outputs) for record in self._outputs.pop(task)]
        placed.sort(key=itemgetter(0, 1))
        self._partitions = {partition: list(records) for partition, records in _by_partition(placed)}

    def partition(self, number: int) -> Iterator[Pair]:
        """The records of a reducer, in their order."""
        for _, _, key, value in self._partitions.get(number, []):
            yield key, value


def _by_partition(placed: Sequence[Placed]) -> Iterator[tuple[int, list[Placed]]]:
    start = 0
    for end in range(1, len(placed) + 1):
        if end == len(placed) or placed[end][0] != placed[start][0]:
            yield placed[start][0], list(placed[start:end])
            start = end
