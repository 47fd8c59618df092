"""The table of options: `EmulatorOptions`, and two small ones for what `Emulator` has no keyword for.

`emrsim.options` says how to add a row.
"""

# No `from __future__ import annotations`: the annotations are the table.

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from inspect import Parameter, Signature
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, TypedDict, get_args

from emrsim.core.ports import Engine
from emrsim.options.access import AccessOptions
from emrsim.options.kinds import (
    Choice,
    ClockPace,
    Engines,
    FileOrAddress,
    FilePath,
    NameList,
    Number,
    Seconds,
    SeedData,
    Size,
    Switch,
    Text,
)
from emrsim.options.option import NOT_OF_TESTS
from emrsim.options.option import Entrance as Entrance
from emrsim.options.option import Option as Option
from emrsim.options.record import RecordOptions
from emrsim.options.telling import TellingOptions
from emrsim.seed_files import Seed
from emrsim.settings import DATA_FOLDER_NAME, DEFAULT_PORT, SERVE_WAITERS_SECONDS, TESTS_SETTLE_SECONDS

_SECONDS_MAX = 1_000_000_000  # some 30 years: dates end later
_SIZE_MAX = 1 << 62  # setrlimit takes no more than a signed number of 64 bits


_TESTS = Entrance.MARKER | Entrance.INI


class _RootOption(TypedDict, total=False):
    root: Annotated[
        Path | str | None,
        Option(
            FilePath(),
            None,
            "The directory that is S3: ROOT/bucket/key.",
            entrances=Entrance.SERVE | Entrance.MARKER,
            setting="",
            defaults={Entrance.SERVE: Path("s3")},
            default_text="an empty folder of the emulator's own",
        ),
    ]


class EmulatorOptions(RecordOptions, AccessOptions, total=False):
    """The keywords of `Emulator`, beside the directory that is S3."""

    data: Annotated[
        Path | str | None,
        Option(
            FilePath(),
            None,
            "Where logs and work folders are.",
            entrances=NOT_OF_TESTS,
            setting="",
            default_text=f"ROOT/{DATA_FOLDER_NAME}",
        ),
    ]
    host: Annotated[
        str,
        Option(
            Text("an address or a host name of this machine", "ADDRESS"),
            "127.0.0.1",
            "The address to listen on. Anyone who can reach it can run programs on this machine.",
            entrances=NOT_OF_TESTS,
        ),
    ]
    port: Annotated[
        int,
        Option(
            Number(0, 65_535, is_whole=True),
            0,
            "The port to listen on; 0 picks a free one.",
            entrances=NOT_OF_TESTS,
            defaults={Entrance.SERVE: DEFAULT_PORT},
        ),
    ]
    clock: Annotated[
        str,
        Option(
            ClockPace(),
            "real",
            "How fast time goes: real, a pace such as 60x, instant (no wait for made-up machines), or manual "
            "(time passes by clock.advance and calls of /_emrsim/clock only).",
        ),
    ]
    boot_seconds: Annotated[
        float | None,
        Option(
            Seconds(0, _SECONDS_MAX),
            None,
            "From RunJobFlow to a ready cluster, half STARTING and half BOOTSTRAPPING.",
            setting="boot",
            default_text="0; 4 minutes unless the clock is real",
        ),
    ]
    step_seconds: Annotated[
        float | None,
        Option(
            Seconds(0, _SECONDS_MAX),
            None,
            "How long a step is RUNNING before its process starts.",
            setting="step",
            default_text="0; 1 minute unless the clock is real",
        ),
    ]
    shutdown_seconds: Annotated[
        float | None,
        Option(
            Seconds(0, _SECONDS_MAX),
            None,
            "How long a cluster stays in SHUTTING_DOWN.",
            setting="shutdown",
            default_text="0; 1 minute unless the clock is real",
        ),
    ]
    first_step_seconds: Annotated[
        float,
        Option(
            Seconds(0, _SECONDS_MAX),
            5.0,
            "How long a cluster that terminates after its last step waits for its first.",
            setting="first_step",
        ),
    ]
    settle_seconds: Annotated[
        float,
        Option(
            Seconds(0, 55),
            0.0,
            "Hold an answer that clients poll for, at most this long, while a change of state is near.",
            setting="settle",
            flag="settle",
            defaults={Entrance.MARKER: TESTS_SETTLE_SECONDS, Entrance.INI: TESTS_SETTLE_SECONDS},
        ),
    ]
    waiters_seconds: Annotated[
        float,
        Option(
            Seconds(0, 55),
            0.0,
            "The same for the requests of botocore's waiters alone, which also the AWS CLI waits with.",
            setting="waiters",
            flag="settle-waiters",
            defaults={Entrance.SERVE: SERVE_WAITERS_SECONDS},
        ),
    ]
    region: Annotated[
        str,
        Option(
            Text("a region such as us-east-1", "REGION", r"[a-z0-9]+(-[a-z0-9]+)*"),
            "us-east-1",
            "The region of calls whose signature names none.",
        ),
    ]
    strict: Annotated[bool, Option(Switch(), False, "Require roles and a version, as today's EMR does.")]
    seed: Annotated[
        Seed | None,
        Option(
            SeedData(),
            None,
            "Clusters that exist from the beginning, in any state.",
            setting="",
        ),
    ]
    engines: Annotated[
        Sequence[Engine],
        Option(
            Engines(),
            (),
            "Run kinds of steps of your own; asked before emrsim's engines.",
            entrances=Entrance.EMULATOR | Entrance.MARKER,
            setting="",
        ),
    ]
    slots: Annotated[
        int | None,
        Option(
            Number(1, 4096, is_whole=True),
            None,
            "How many tasks run at once, over all clusters.",
            default_text="the number of cores",
        ),
    ]
    step_memory_bytes: Annotated[
        int | str | None,
        Option(
            Size(_SIZE_MAX),
            None,
            "The memory that each process of a step may use.",
            flag="step-memory",
            default_text="no limit",
        ),
    ]
    step_cpu_seconds: Annotated[
        int | None,
        Option(
            Number(1, _SECONDS_MAX, is_whole=True, metavar="SECONDS"),
            None,
            "The CPU time that each process of a step may use.",
            default_text="no limit",
        ),
    ]
    pass_env: Annotated[
        Sequence[str],
        Option(NameList("environment variables"), (), "Variables of this environment that steps see."),
    ]
    missing_packages: Annotated[
        str,
        Option(
            Text("fail or ignore", "fail|ignore", r"fail|ignore"),
            "fail",
            "What `yum install` and the like do in a step where this machine lacks what a package brings.",
        ),
    ]
    keep: Annotated[
        bool, Option(Switch(), False, "Keep the folders of steps and clusters after these have ended.")
    ]
    events: Annotated[
        Path | str | None,
        Option(
            FileOrAddress(),
            None,
            "Send EMR's events to a file, one JSON object a line, or to an http address, one POST each.",
            entrances=NOT_OF_TESTS,
            default_text="nowhere; they are kept for GET /_emrsim/events",
        ),
    ]
    cache: Annotated[
        Path | str | None,
        Option(
            FilePath(),
            None,
            "The folder for what is made once, such as prepared classes of Spark.",
            default_text="$XDG_CACHE_HOME/emrsim, ~/.cache/emrsim",
        ),
    ]
    hadoop: Annotated[
        Path | str | None,
        Option(
            FilePath(must_exist=True),
            None,
            "Run jars with the Hadoop that is installed there (HADOOP_HOME).",
            setting="hadoop_home",
            default_text="the classes in pyspark",
        ),
    ]
    python2: Annotated[
        Path | str | None,
        Option(
            FilePath("file", must_exist=True),
            None,
            "Run what asks for python2, or for python where that is missing, with this Python 2.",
            default_text="none: what asks for python2 fails",
        ),
    ]
    interpreters: Annotated[
        Sequence[str],
        Option(
            NameList("NAME=PATH", "NAME=PATH"),
            (),
            "Run what asks for the interpreter NAME, where it is missing, with the program at PATH.",
        ),
    ]
    spark_master: Annotated[
        str | None,
        Option(
            Text("a URL such as spark://HOST:PORT", "URL"),
            None,
            "Run Spark on the cluster at spark://HOST:PORT.",
            default_text="this machine",
        ),
    ]


class _OtherOptions(TypedDict, total=False):
    in_memory: Annotated[
        bool,
        Option(
            Switch(),
            False,
            "Keep state in memory only: it is lost when the server stops.",
            entrances=Entrance.SERVE,
            setting="",
        ),
    ]
    fresh: Annotated[
        bool,
        Option(
            Switch(),
            False,
            "Remove the state in the data folder at the start. S3 stays.",
            entrances=Entrance.SERVE,
        ),
    ]
    files: Annotated[
        Path | str | None,
        Option(
            FilePath(must_exist=True),
            None,
            "A folder whose content is copied into the S3 directory first.",
            entrances=Entrance.MARKER,
            setting="",
        ),
    ]
    leaks: Annotated[
        str,
        Option(
            Choice(("fail", "allow")),
            "fail",
            "What happens to a call of a boto client that would leave this machine.",
            entrances=_TESTS,
            setting="",
        ),
    ]
    session: Annotated[
        bool,
        Option(
            Switch(),
            False,
            "Start one emulator before tests are collected, for all of them; as does pytest --emrsim.",
            entrances=Entrance.INI,
            setting="",
        ),
    ]
    record: Annotated[
        Path | str | None,
        Option(
            FilePath("file"),
            None,
            "Write the session to this file, as a Python program that does the same with boto3.",
            entrances=Entrance.SERVE,
            setting="",
        ),
    ]


def _rows(*tables: Any) -> Mapping[str, Option]:
    rows = {}
    for table in tables:
        for name, annotation in table.__annotations__.items():
            kind, option = get_args(annotation)
            rows[name] = _named(option, name, kind)
    return MappingProxyType(rows)


def _named(option: Option, name: str, annotation: Any) -> Option:
    setting = name if option.setting is None else option.setting
    return replace(option, name=name, annotation=annotation, setting=setting)


OPTIONS: Mapping[str, Option] = _rows(_RootOption, EmulatorOptions, _OtherOptions, TellingOptions)


@cache
def options_of(entrance: Entrance) -> Mapping[str, Option]:
    """The options that can be set by `entrance`, by name."""
    return MappingProxyType({name: one for name, one in OPTIONS.items() if entrance & one.entrances})


def emulator_signature() -> Signature:
    """The signature of `Emulator`, for `help` and documentation."""
    root = Parameter("root", Parameter.POSITIONAL_OR_KEYWORD, default=None, annotation=Path | str | None)
    keywords = [
        Parameter(name, Parameter.KEYWORD_ONLY, default=one.default, annotation=one.annotation)
        for name, one in options_of(Entrance.EMULATOR).items()
    ]
    return Signature([root, *keywords])
