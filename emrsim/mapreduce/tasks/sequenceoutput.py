"""SequenceFileOutputFormat and SequenceFileAsBinaryOutputFormat: records as their classes serialise them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import IO

from emrsim.mapreduce.errors import TaskFailed
from emrsim.mapreduce.formats.pairs import Pair
from emrsim.mapreduce.formats.sequencefile import RecordWriter
from emrsim.mapreduce.formats.serialised import serialiser
from emrsim.mapreduce.job import classes
from emrsim.mapreduce.job.fieldselection import FieldSelection
from emrsim.mapreduce.job.job import Job

_BINARY = {classes.BYTES, classes.TYPED_BYTES}


class _Serialised(RecordWriter):
    """Writes keys and values of the classes that the job puts out, if the file is made for them."""

    def __init__(self, job: Job, target: IO[bytes]) -> None:
        self._given, self._wanted = job.output_classes, job.output.classes
        self._has_nulls = (
            bool(job.reduces)
            and job.programs.reducer.java_class == classes.FIELD_SELECTION
            and FieldSelection.of_reducer(job.configuration).has_nulls
        )
        self._is_unknown = job.keeps_classes_of_files
        names = [name.encode() for name in self._wanted]
        super().__init__(target, names[0], names[1], job.output.codec)

    def write(self, pairs: Iterable[Pair]) -> None:
        """Add records. Raises TaskFailed for a class that is not the file's."""
        if self._has_nulls:
            raise TaskFailed("java.lang.NullPointerException")
        key_bytes = self._serialiser("key", self._given[0], self._wanted[0])
        value_bytes = self._serialiser("value", self._given[1], self._wanted[1])
        self.write_serialised((key_bytes(key), value_bytes(value)) for key, value in pairs)

    def _serialiser(self, what: str, given: str, wanted: str) -> Callable[[bytes], bytes]:
        if given != wanted and not self._is_unknown:
            raise TaskFailed(f"java.io.IOException: wrong {what} class: {given} is not class {wanted}")
        try:
            return serialiser(wanted)
        except KeyError:
            raise TaskFailed(f"{wanted} is not supported by emrsim in the output of Java's mappers") from None


class _Binary(RecordWriter):
    """Writes BytesWritables as what they hold: the serialised form of the classes that the job names."""

    def __init__(self, job: Job, target: IO[bytes]) -> None:
        self._given = job.output_classes
        names = [name.encode() for name in job.output.binary_classes]
        super().__init__(target, names[0], names[1], job.output.codec)

    def write(self, pairs: Iterable[Pair]) -> None:
        """Add records. Raises TaskFailed for others than BytesWritable."""
        for given in self._given:
            if given not in _BINARY:
                raise TaskFailed(f"java.lang.ClassCastException: {given} cannot be cast to {classes.BYTES}")
        self.write_serialised(pairs)


def writer_for(job: Job, target: IO[bytes]) -> _Serialised | _Binary:
    """Return what writes the records of a job into a file."""
    if job.output.format == classes.SEQUENCE_FILE_AS_BINARY_OUTPUT:
        return _Binary(job, target)
    return _Serialised(job, target)
