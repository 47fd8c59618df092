"""The parts of a job: its ids, programs, input, output, sorting and limits."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from emrsim.mapreduce.formats.pairs import LineFormat
from emrsim.mapreduce.job import classes
from emrsim.mapreduce.job.classes import InputFormat, XmlMarks
from emrsim.mapreduce.job.keyfields import FieldRange
from emrsim.mapreduce.job.programs import Program

PARTITION_FILE = "_partition.lst"  # of TotalOrderPartitioner, in the folder of a task


class Ids(NamedTuple):
    """The ids of a job's tasks: `job_1365465111111_0001` and what is named after it."""

    job: str

    @property
    def number(self) -> str:
        """The part that all ids share."""
        return self.job.removeprefix("job_")

    def task(self, kind: str, index: int) -> str:
        """Return the id of task `index`; `kind` is `m` or `r`."""
        return f"task_{self.number}_{kind}_{index:06d}"

    def attempt(self, kind: str, index: int, attempt: int) -> str:
        """Return the id of one attempt of a task."""
        return f"attempt_{self.number}_{kind}_{index:06d}_{attempt}"


class Programs(NamedTuple):
    """What maps, combines (if anything) and reduces."""

    mapper: Program
    combiner: Program | None
    reducer: Program


class Input(NamedTuple):
    """How input is read: the input format, or the marks of the record reader in its place."""

    format: InputFormat
    marks: XmlMarks | None = None

    @property
    def key_class(self) -> str:
        """The class of the keys that a mapper gets."""
        return self.format.key_class if self.marks is None else classes.TEXT

    @property
    def hides_key(self) -> bool:
        """Whether a mapping command does not see the keys by default."""
        return self.format.hides_key and self.marks is None

    @property
    def by_lines(self) -> bool:
        """Whether splits are a number of lines."""
        return self.format.by_lines and self.marks is None

    @property
    def combines(self) -> bool:
        """Whether a split may have parts of several files."""
        return self.format.combines and self.marks is None


class Output(NamedTuple):
    """How output is written; `lazily`: no file without a record. `codec` is a class name.

    `classes`: the classes of keys and values that sequence files are made for, `binary_classes`: those that
    SequenceFileAsBinaryOutputFormat names in its files.
    """

    format: str
    lines: LineFormat
    codec: str | None
    lazily: bool
    classes: tuple[str, str]
    binary_classes: tuple[str, str]


class TotalOrder(NamedTuple):
    """What TotalOrderPartitioner goes by: its file as the job names it, and as a path once that is known."""

    name: str
    by_bytes: bool
    path: Path | None = None


class Sorting(NamedTuple):
    """The order of keys and which reducer gets them.

    `sort_by`: the ranges of a key that are compared; none: the key itself. `partition_by`: the ranges, or
    `partition_bytes`: the offsets of the first and last byte, whose hash is taken; None: of the whole key.
    `total_order`: with TotalOrderPartitioner, where its sequence file of keys is, and whether these are in
    the order of their bytes whatever the order of the keys (`by_bytes`).
    """

    separator: bytes
    sort_by: tuple[FieldRange, ...]
    partition_by: tuple[FieldRange, ...] | None
    partition_bytes: tuple[int, int] | None
    total_order: TotalOrder | None = None

    @property
    def by_whole_keys(self) -> bool:
        """Whether the hash of the whole key says which reducer gets it."""
        return self.partition_by is None and self.partition_bytes is None and self.total_order is None


class Limits(NamedTuple):
    """When attempts and tasks count as failed; by kind of task: `m` or `r`."""

    timeout_seconds: float | None
    attempts: dict[str, int]
    failures_percent: dict[str, int]
    exit_code_matters: bool
