"""What the inside asks of the outside, as protocols: the rooms above supply the real things."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, Protocol


class StorageError(Exception):
    """A URI cannot be used; the message says which and why, in words for the person who wrote it."""


class NoSuchBucket(StorageError):
    """The bucket of an S3 URI has no directory under the root."""


class ReadOnlyBucket(StorageError):
    """A write into a built-in bucket was asked for."""


class Storage(Protocol):
    """URIs of S3, of a cluster's HDFS and of the local machine, as local paths.

    `s3://`, `s3n://` and `s3a://` name a directory tree, `hdfs://` another, `file:` the machine itself;
    what a plain path is in depends on whether there is an HDFS. Only names are turned into paths:
    whether something is there is for the caller to see.
    """

    def path(self, uri: str) -> Path:
        """The local path to read `uri` from; glob characters are ordinary characters of a name.

        Raises NoSuchBucket, or StorageError for a name that a directory cannot hold or that would
        leave the root.
        """

    def writable_path(self, uri: str) -> Path:
        """The local path to write `uri` to. Raises what `path` raises, and ReadOnlyBucket."""

    def shipped_path(self, uri: str) -> Path:
        """The local path of a file to be shipped to tasks: as `path`, but a plain path is the machine's own.

        That is how Hadoop reads `-file`, `-files`, `-libjars` and `-archives`.
        """

    def is_s3(self, uri: str) -> bool:
        """Whether `uri` names something in S3, in whatever scheme."""

    def qualify(self, uri: str) -> str:
        """`uri` as Hadoop prints it: an absolute URI with its scheme (`file:/data/in`, `s3://b/k`)."""


class Job(NamedTuple):
    """A step made ready to run: what was asked for, the folders that are its own, what it finds around it.

    All folders but `task_log_folder` are there when an engine is asked.
    """

    cluster_id: str
    step_id: str
    jar: str
    main_class: str | None
    args: tuple[str, ...]
    properties: tuple[tuple[str, str], ...]
    hadoop_version: str
    log_folder: Path
    task_log_folder: Path  # what the attempts of the step's Hadoop jobs write
    work_folder: Path  # its working directory
    environment: Mapping[str, str]
    uses_release_label: bool


class Command(NamedTuple):
    """A program to run for a step, and what is added to the environment that the step has anyway."""

    argv: tuple[str, ...]
    environment: Mapping[str, str] = MappingProxyType({})
    is_hadoop_jar: bool = False  # whether it needs the file that the step names as its jar


class CannotRun(Exception):
    """A step that this machine cannot run; the message says what to install or change."""


class CannotAnswer(Exception):
    """A call of another service cannot be answered; the message says why."""


class Engine(Protocol):
    """One kind of step."""

    def accepts(self, job: Job) -> bool:
        """Whether this engine is the one for `job`."""

    def command(self, job: Job) -> Command:
        """The program that runs `job`. Raises CannotRun, with the reason, where none can."""
